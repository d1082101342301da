"""What a scorecard says in plain words. All rules stand here, and every word is backed by an interval over rooms.

An encoder's place on an axis is told by two differences, each compared room by room: to the floor, a constant, and to
`pixels`, colour and place in the picture. Where the interval of a difference holds zero, nothing is claimed of it.
"""

import dataclasses
from typing import Literal

from vantage.metrics import Metric
from vantage.studies.score_axes import AXES, Axis
from vantage.studies.score_summary import Scorecard

Verdict = Literal["sees", "partly", "little", "pixels", "behind", "floor", "open"]

SEES = 0.5
"""Surely at least half of the way from floor to ceiling: nearer to knowing than to not knowing."""
PARTLY = 0.2
"""Surely at least a fifth of it. Below that an encoder that is ahead of `pixels` has a trace: on the linear depth of
rooms, a fifth of the way is some 20 cm of an error of a metre."""

NOUNS = {
    "objects": "objects",
    "depth": "depth",
    "surfaces": "how surfaces are turned",
    "edges": "edges",
    "likeness": "the same point from two sides",
    "words": "what words name",
    "place": "where the camera stood",
}
OUTCOMES: dict[Verdict, str] = {
    "sees": "over half of the way to the ceiling, and ahead of pixels",
    "partly": "a part of the way, and ahead of pixels",
    "little": "a trace, but ahead of pixels",
    "pixels": "above the floor, but not told from pixels",
    "behind": "above the floor, but behind pixels",
    "floor": "not told from the floor",
    "open": "not decided: one room, or not measured",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class AxisReading:
    """What is said of an encoder on one axis."""

    axis: Axis
    verdict: Verdict
    share: Metric
    """How far it comes from the floor to the ceiling."""
    over_pixels: Metric
    """By how much of that way it is ahead of `pixels`."""
    through: str = ""
    """The encoder that was asked in its place; empty where it was asked itself."""

    @property
    def outcome(self) -> str:
        """The verdict in words, and who was asked."""
        if not self.through:
            return OUTCOMES[self.verdict]
        return f"{OUTCOMES[self.verdict]}; {self.through} beside it answered, so this says little of the encoder itself"

    @property
    def text(self) -> str:
        """The verdict with its numbers."""
        if self.share.value is None:
            return self.outcome
        shares = f"{percent(self.share)} of the way, {percent(self.over_pixels, sign=True)} against pixels"
        return f"{self.outcome}: {shares}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reading:
    """What is said of an encoder."""

    encoder: str
    headline: str
    """One sentence."""
    axes: tuple[AxisReading, ...]

    def to_json(self) -> dict[str, object]:
        """Return the form this takes in `result.json`."""
        axes = {one.axis.key: {"verdict": one.verdict, "text": one.text} for one in self.axes}
        return {"encoder": self.encoder, "headline": self.headline, "axes": axes}


def verdict_of(share: Metric, over_pixels: Metric) -> Verdict:
    """Judge an encoder on an axis.

    Args:
        share: how far it comes from the floor to the ceiling.
        over_pixels: by how much of that way it is ahead of `pixels`.
    """
    if share.ci95 is None:
        return "open"
    if share.ci95[0] <= 0:
        return "floor"
    if over_pixels.ci95 is None or over_pixels.ci95[0] <= 0:
        return "behind" if over_pixels.ci95 is not None and over_pixels.ci95[1] < 0 else "pixels"
    if share.ci95[0] >= SEES:
        return "sees"
    return "partly" if share.ci95[0] >= PARTLY else "little"


def read_encoder(card: Scorecard, encoder: str) -> Reading:
    """Say of one encoder what the scorecard shows, and nothing that it does not."""
    axes = tuple(_read_axis(card, encoder, axis) for axis in AXES)
    # What another encoder answered is no knowledge of this one's.
    own = [one for one in axes if not one.through]
    return Reading(encoder=encoder, headline=headline({one.axis.key: one.verdict for one in own}), axes=axes)


def headline(verdicts: dict[str, Verdict]) -> str:
    """Return verdicts, by axis, as a sentence such as "Sees objects, not edges".

    "Not" is said of what surely lies behind pixels. What is not told apart is said to be that, and no more.
    """
    found = {kind: [NOUNS[key] for key, one in verdicts.items() if one == kind] for kind in OUTCOMES}
    kinds = (("sees", "sees"), ("partly", "partly"), ("little", "a trace of"))
    parts = [f"{word} {_listed(found[kind])}" for kind, word in kinds if found[kind]]
    behind = _listed(found["behind"], "nor")
    tails = [("not told from pixels", "pixels"), ("not told from the floor", "floor"), ("not decided", "open")]
    if parts and behind:
        parts.append(f"not {behind}")
    elif behind:
        tails.insert(0, ("behind pixels", "behind"))
    texts = [", ".join(parts), *(f"{said}: {_listed(found[kind])}" for said, kind in tails if found[kind])]
    text = "; ".join(part for part in texts if part)
    return f"{text[:1].upper()}{text[1:]}."


def _read_axis(card: Scorecard, encoder: str, axis: Axis) -> AxisReading:
    share, lead = card.share(encoder, axis), card.over_pixels(encoder, axis)
    asks_another = axis.key == "words" and encoder not in card.readers
    return AxisReading(
        axis=axis,
        verdict=verdict_of(share, lead),
        share=share,
        over_pixels=lead,
        through=card.settings.language if asks_another else "",
    )


def percent(metric: Metric, *, sign: bool = False) -> str:
    """Return a share as '35% (29% to 40%)'."""

    def one(value: float) -> str:
        # What rounds to nothing has no sign.
        return f"{round(100 * value) + 0:{'+' if sign and round(100 * value) else ''}d}%".replace("-", "\N{MINUS SIGN}")

    if metric.value is None:
        return "not measured"
    if metric.ci95 is None:
        return f"{one(metric.value)} (n = {metric.n})"
    return f"{one(metric.value)} ({one(metric.ci95[0])} to {one(metric.ci95[1])})"


def _listed(words: list[str], joined: str = "and") -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joined} {words[-1]}"
