"""From a scene to cells of the localization study: distill, ask, and hold the answers against the truth."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float

from vantage.captures import Capture, View
from vantage.encoders import Encoder, Features, TextEncoder, encode_capture
from vantage.errors import DataError
from vantage.fields import DistilledScene
from vantage.localization import (
    MaskTruth,
    SceneQuery,
    TrueCase,
    continuous_mask,
    position_error,
    score_mask,
    true_cases,
)
from vantage.localization.measures import NEUTRAL
from vantage.localization.perceptual import MaskDistance
from vantage.studies.cells import CellName
from vantage.studies.localization_cells import Asked, Cell, Number, Placed, Shown
from vantage.studies.localization_settings import LocalizationSettings
from vantage.studies.side_by_side import distill_side_by_side, field_settings

SHOWN = 4
"""Queries of a scene that are drawn: a row of pictures for each."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Models:
    """All that is loaded once for a study."""

    encoders: Mapping[str, Encoder]
    """By name, the language encoder among them."""
    text: TextEncoder
    """The language encoder's."""
    lpips: MaskDistance | None
    no_lpips: str
    """Why LPIPS is not measured; empty where it is."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class AskedScene:
    """A scene with what is asked of it in its held-out views."""

    name: str
    capture: Capture
    cases: tuple[TrueCase, ...]

    @classmethod
    def of(cls, name: str, capture: Capture, truth: MaskTruth) -> "AskedScene":
        """Find what can be asked.

        Raises:
            DataError: nothing that the texts name is seen in a held-out view.
        """
        views = [(index, capture[index]) for index in capture.test_indices]
        cases = tuple(true_cases(truth, views))
        if not cases:
            raise DataError(
                f"{name}: none of {len(truth.texts)} texts names what covers a visible part of a held-out view; "
                "ask for what is there, or hold out more views"
            )
        return cls(name=name, capture=capture, cases=cases)

    @property
    def texts(self) -> tuple[str, ...]:
        """What is asked for, in a fixed order."""
        return tuple(sorted({case.text for case in self.cases}))

    def next_text(self, text: str) -> str:
        """Return the text whose answer stands for another's: the next in order."""
        return self.texts[(self.texts.index(text) + 1) % len(self.texts)]

    @property
    def shown(self) -> tuple[TrueCase, ...]:
        """What is drawn: of the texts with the largest masks the view that shows each best; the same in all cells."""
        best: dict[str, TrueCase] = {}
        for case in self.cases:
            if case.text not in best or case.mask.sum() > best[case.text].mask.sum():
                best[case.text] = case
        return tuple(sorted(best.values(), key=lambda case: -int(case.mask.sum()))[:SHOWN])


def make_cells(
    names: Sequence[CellName],
    scene: AskedScene,
    models: Models,
    settings: LocalizationSettings,
    *,
    cache: Path,
    after_step: Callable[[], None],
) -> list[Cell]:
    """Make the cells of several encoders in one field of one scene with one seed; the field is trained once.

    Args:
        names: which cells; they differ in their encoders alone.
        scene: theirs.
        models: of the study.
        settings: the study's.
        cache: folder of the feature cache.
        after_step: called after each step of the distillation; may raise to stop.

    Raises:
        DataError: a view is damaged.
    """
    language = settings.language
    features = {
        name: list(encode_capture(scene.capture, models.encoders[name], cache, strict=True))
        for name in dict.fromkeys([language, *(name.encoder for name in names)])
    }
    groups: dict[str, dict[str, list[Features]]] = {}
    for name in names:
        # The language encoder comes last, as in the paper's figure; alone it is the group's only one.
        groups[name.encoder] = {key: features[key] for key in dict.fromkeys([name.encoder, language])}
    wishes = field_settings(scene.capture, names[0].field, settings.steps, names[0].seed)
    distilled = distill_side_by_side(scene.capture, groups, wishes, after_step=after_step)
    return [_make_cell(name, scene, distilled[name.encoder], models, settings) for name in names]


def _make_cell(
    name: CellName, scene: AskedScene, distilled: DistilledScene, models: Models, settings: LocalizationSettings
) -> Cell:
    query = SceneQuery(distilled, settings.language, models.text, settings.query)
    maps = _relevancy_maps(scene, query, settings.language)
    asked = tuple(_asked(case, scene, maps, models.lpips, settings.query.threshold) for case in scene.cases)
    shown = tuple(
        Shown(
            text=case.text,
            view=scene.capture.sources[case.view_index].name,
            photo=scene.capture[case.view_index].image.astype(np.float64),
            true=case.mask,
            relevancy=maps[case.view_index, case.text],
        )
        for case in scene.shown
    )
    return Cell(
        name=name,
        fingerprints={key: models.encoders[key].fingerprint for key in (name.encoder, settings.language)},
        family=models.encoders[name.encoder].card.family,
        asked=asked,
        placed=_placed(scene, query),
        shown=shown,
    )


def _relevancy_maps(
    scene: AskedScene, query: SceneQuery, language: str
) -> dict[tuple[int, str], Float[np.ndarray, "h w"]]:
    """Return the relevancy of every text in every held-out view that is asked in."""
    maps = {}
    for index in sorted({case.view_index for case in scene.cases}):
        source = scene.capture.sources[index]
        rendering, features = query.scene.render_features(source.camera, source.world_from_camera, language)
        for text in scene.texts:
            answer = query.image_of(text, rendering, features)
            maps[index, text] = answer.relevancy.numpy().astype(np.float64)
    return maps


def _asked(
    case: TrueCase,
    scene: AskedScene,
    maps: Mapping[tuple[int, str], Float[np.ndarray, "h w"]],
    lpips: MaskDistance | None,
    threshold: float,
) -> Asked:
    def scores(relevancy: Float[np.ndarray, "h w"], mask: Bool[np.ndarray, "h w"]) -> dict[str, Number]:
        found: dict[str, Number] = dict(dataclasses.asdict(score_mask(relevancy, mask, threshold=threshold)))
        return found | {"lpips": None if lpips is None else lpips(continuous_mask(relevancy), mask)}

    other = scene.next_text(case.text)
    own = maps[case.view_index, case.text]
    return Asked(
        text=case.text,
        view=scene.capture.sources[case.view_index].name,
        pixels=int(case.mask.sum()),
        scores=scores(own, case.mask),
        shuffled=scores(maps[case.view_index, other], case.mask) if other != case.text else {},
        empty=scores(np.full_like(own, NEUTRAL), case.mask),
    )


def _placed(scene: AskedScene, query: SceneQuery) -> tuple[Placed, ...]:
    """Ask for each text in space; texts whose true place is not known, and scenes without metres, are left out."""
    if not scene.capture.metric:
        return ()
    places = {text: query.points(text).best_point for text in scene.texts}
    found = []
    for text, place in places.items():
        error = position_error(place, text, scene.capture, scene.cases)
        if error is not None:
            other = scene.next_text(text)
            shuffled = position_error(places[other], text, scene.capture, scene.cases) if other != text else None
            found.append(Placed(text=text, error=error, shuffled=shuffled))
    return tuple(found)


def has_names(view: View, capture: Capture) -> bool:
    """Tell whether a capture itself says where its captioned objects are."""
    return view.instances is not None and bool(capture.objects)
