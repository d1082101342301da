"""`vantage complete` and `vantage find`: one RGB-D image and words, a run folder with what is where."""

import dataclasses
import time
from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.abstraction import PRESETS, EncoderExtractor
from vantage.abstraction.completion import Completer
from vantage.abstraction.labels import BACKGROUND, check_labels
from vantage.abstraction.network_files import NAME
from vantage.abstraction.relations_language import Description, parse_description
from vantage.abstraction.relevancy import Extractor, RelevancyMap
from vantage.abstraction.rgbd import RgbdView
from vantage.abstraction.settings import Evidence, Preset
from vantage.encoders import Encoder, load_encoder
from vantage.errors import UsageError
from vantage.rooms.words.vocabulary import with_article
from vantage.runs import RunFolder, progress
from vantage.studies.completing_output import completion_answer, found_answer, write_answer
from vantage.studies.rgbd_input import RgbdSource, read_rgbd

DETERMINERS = ("a", "an", "the", "some", "two", "three", "four", "five", "several", "my", "your", "this", "that")
"""Words before which no article stands."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CompletingSettings:
    """What to read, what to ask for, and with what."""

    source: RgbdSource
    labels: tuple[str, ...] = ()
    """What to complete; for `find` the description alone."""
    model: str = NAME
    """Name or file of the 3D network's weights."""
    encoder: str | None = None
    """Image-text encoder; None takes the one that the network was trained on."""
    extractor: Evidence | None = None
    """How relevancy is read from it; None as in training, or `gradient` of another encoder."""
    preset: Preset | None = None
    """Crops of the relevancy maps; None as in training, or `fast`."""
    least_presence: float | None = None
    """Of completion: presence below which a label is taken to be absent; None as chosen for the extractor of training,
    and 0, which silences nobody, with another."""

    def __post_init__(self) -> None:
        """Refuse a presence that is no share.

        Raises:
            UsageError: it is outside 0 to 1.
        """
        if self.least_presence is not None and not 0 <= self.least_presence <= 1:
            raise UsageError(
                f"--least-presence {self.least_presence}: expected a share from 0, which completes every label, to 1"
            )

    @property
    def own_extractor(self) -> bool:
        """Whether relevancy is made as in the network's training."""
        return self.encoder is None and self.extractor is None and self.preset is None


@dataclasses.dataclass(frozen=True)
class MatchedExtractor:
    """Another extractor, its maps multiplied by a number so that they spread as those of training do."""

    extractor: EncoderExtractor
    factor: float

    def relevancy(self, image: Float[Tensor, "3 h w"], labels: Sequence[str]) -> RelevancyMap:
        """Return the relevancy of an RGB image in [0, 1] to labels."""
        maps = self.extractor.relevancy(image, labels)
        return dataclasses.replace(maps, values=maps.values * self.factor)


def run_complete(run: RunFolder, settings: CompletingSettings, *, quiet: bool = False) -> dict[str, Any]:
    """Complete the objects of labels; return the content of `result.json`.

    Raises:
        UsageError: there is no label, one is empty, too long or given twice, or flags do not belong together.
        DataError: the RGB-D image cannot be used, or weights are damaged.
        MissingError: weights are not here.
    """
    labels = check_labels(settings.labels)
    view, completer, notes, timings = _prepare(settings, labels)
    with progress("completing", 1, quiet=quiet) as bar:
        start = time.monotonic()
        asked = completer.complete(view, as_asked(completer.extractor, labels))
        completion = dataclasses.replace(asked, labels=tuple(labels))
        bar.advance(1)
    done = timings | {"complete": time.monotonic() - start}
    return write_answer(run, view, completion_answer(view, completion), notes, done)


def run_find(run: RunFolder, settings: CompletingSettings, *, quiet: bool = False) -> dict[str, Any]:
    """Find what a description tells of; return the content of `result.json`.

    Raises:
        UsageError: the description cannot be read, or flags do not belong together.
        DataError: the RGB-D image cannot be used, or weights are damaged.
        MissingError: weights are not here.
    """
    description = described(settings)
    labels = [description.target, description.reference]
    view, completer, notes, timings = _prepare(settings, labels)
    with progress("finding", 1, quiet=quiet) as bar:
        start = time.monotonic()
        target, reference = as_asked(completer.extractor, labels)
        asked = completer.find(view, target, description.relation, reference)
        found = dataclasses.replace(asked, target=description.target, reference=description.reference)
        bar.advance(1)
    done = timings | {"find": time.monotonic() - start}
    return write_answer(run, view, found_answer(view, found), notes, done)


def described(settings: CompletingSettings) -> Description:
    """Return what the settings' one description says.

    Raises:
        UsageError: there is not exactly one, or it cannot be read.
    """
    if len(settings.labels) != 1:
        raise UsageError(
            f'{len(settings.labels)} descriptions; expected one in quotes, such as "the mug behind the laptop"'
        )
    return parse_description(settings.labels[0])


def _prepare(
    settings: CompletingSettings, labels: Sequence[str]
) -> tuple[RgbdView, Completer, list[str], dict[str, float]]:
    """Read the image and load the networks; return them with notes and seconds."""
    start = time.monotonic()
    view = read_rgbd(settings.source)
    completer = Completer.load(settings.model)
    notes = []
    if not settings.own_extractor:
        completer.extractor, factor = other_extractor(settings, completer.extractor, view)
        notes.append(
            "relevancy is made otherwise than in the network's training; its values were multiplied by "
            f"{factor:.3g} to spread alike, and the threshold was not chosen for it"
        )
        completer.least_presence = 0.0
    if settings.least_presence is not None:
        completer.least_presence = settings.least_presence
    return view, completer, [*notes, *unknown_notes(completer.extractor, labels)], {"load": time.monotonic() - start}


def other_extractor(settings: CompletingSettings, trained: Extractor, view: RgbdView) -> tuple[MatchedExtractor, float]:
    """Return the extractor that was asked for, and by what its maps are multiplied.

    Encoders differ in the size of their relevancies by orders of magnitude, and the network knows but one. What two
    extractors say of one image and fixed labels tells the ratio.

    Raises:
        UsageError: the encoder reads no text, or not in this way.
        MissingError: its weights are not here.
    """
    known = trained if isinstance(trained, EncoderExtractor) else None
    fallback = known.settings.evidence if known is not None and settings.encoder is None else "gradient"
    made = dataclasses.replace(PRESETS[settings.preset or "fast"], evidence=settings.extractor or fallback)
    encoder = known.encoder if known and settings.encoder is None else load_encoder(settings.encoder or "room-clip")
    extractor = EncoderExtractor(encoder, made)
    image = torch.from_numpy(view.image).permute(2, 0, 1)
    usual, other = (float(one.relevancy(image, BACKGROUND).values.std()) for one in (trained, extractor))
    factor = usual / other if other > 0 else 1.0
    return MatchedExtractor(extractor, factor), factor


def as_asked(extractor: Extractor, labels: Sequence[str]) -> list[str]:
    """Return labels as the encoder is asked for them.

    The room-* encoders and the 3D networks behind them were trained on "a red mug", never on "red mug".
    """
    encoder = _encoder_of(extractor)
    if encoder is None or not encoder.card.name.startswith("room-"):
        return list(labels)
    return [label if _has_article(label) else with_article(label) for label in labels]


def _has_article(label: str) -> bool:
    """Tell whether a label is said without a further article: it has one or a number, or is a plural."""
    words = label.lower().split()
    plural = words[-1].endswith("s") and not words[-1].endswith(("ss", "us"))
    return plural or words[0] in DETERMINERS


def _encoder_of(extractor: Extractor) -> Encoder | None:
    inner = extractor.extractor if isinstance(extractor, MatchedExtractor) else extractor
    return inner.encoder if isinstance(inner, EncoderExtractor) else None


def unknown_notes(extractor: Extractor, labels: Sequence[str]) -> list[str]:
    """Return warnings about words that the encoder was never trained on."""
    encoder = _encoder_of(extractor)
    tell = getattr(encoder, "unknown_words", None)
    if encoder is None or tell is None:
        return []
    notes = []
    for label in labels:
        words = list(dict.fromkeys(tell(label)))
        if words:
            quoted = ", ".join(repr(word[:30]) for word in words[:5])
            notes.append(f"{encoder.card.name} does not know {quoted} in {label[:40]!r}; expect little of this label")
    return notes
