"""From a room to its cells of the scorecard: one field for all encoders, and every measure of each."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vantage.captures import Capture
from vantage.encoders import Encoder, Features, TextEncoder, encode_capture, load_encoder, load_text_encoder
from vantage.errors import MissingError, UsageError
from vantage.fields import DistilledScene
from vantage.inversion import SiftDescriber, SpineFine
from vantage.studies.cells import CellName, StudyCell, read_cell, write_cell
from vantage.studies.score_floor import ConstantEncoder
from vantage.studies.score_heads import HeadFitter, head_values
from vantage.studies.score_images import image_values
from vantage.studies.score_poses import pose_values
from vantage.studies.score_rooms import ScoreRoom
from vantage.studies.score_settings import FLOOR, ORACLE, ScoreSettings
from vantage.studies.score_words import neutral_values, true_features, true_words, word_values
from vantage.studies.side_by_side import distill_side_by_side, field_settings

WORDS = "words"
"""What the oracle's features of texts are called in the field."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Models:
    """All that is loaded once."""

    encoders: Mapping[str, Encoder]
    """By name: all rows, and the language encoder."""
    texts: Mapping[str, TextEncoder]
    """The text towers of those that have one."""
    no_fine: str
    """Why poses are not refined; empty where they are."""

    def asked(self, name: str, language: str) -> str:
        """Return who answers texts in an encoder's place: itself where it can, else the language encoder."""
        return name if name in self.texts or name in (FLOOR, ORACLE) else language


def load_models(settings: ScoreSettings) -> Models:
    """Load everything that is needed, so that what is missing is said before anything begins.

    The extra `sfm` alone may be absent; poses are then not refined, and the page says why.

    Raises:
        UsageError: no encoder has this name, one is named twice, or the language encoder reads no text.
        MissingError: weights are not here.
    """
    names = dict.fromkeys([*settings.rows, settings.language])
    encoders = {name: ConstantEncoder() if name == FLOOR else load_encoder(name) for name in names}
    first: dict[str, str] = {}
    for name in settings.encoders:
        other = first.setdefault(encoders[name].fingerprint, name)
        if other != name:
            raise UsageError(f"{other} and {name} are one encoder; name it once")
    texts = {
        name: load_text_encoder(name) for name in encoders if encoders[name].card.text or name == settings.language
    }
    try:
        SiftDescriber()
    except MissingError as error:
        return Models(encoders=encoders, texts=texts, no_fine=str(error))
    return Models(encoders=encoders, texts=texts, no_fine="")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell(StudyCell):
    """All measures of one encoder in one room."""

    fingerprints: Mapping[str, str]
    """Of the encoder, and of the one that is asked in its place."""
    values: Mapping[str, float | None]
    """By measure; None where there is nothing to measure on."""

    @property
    def weights(self) -> Mapping[str, str]:
        """Fingerprints by name, as every study's cells have them."""
        return self.fingerprints

    def save(self, folder: Path) -> None:
        """Write the cell."""
        write_cell(
            folder, self.name, {"cell": self.name.to_json(), "weights": self.fingerprints, "values": self.values}
        )

    @classmethod
    def load(cls, folder: Path, name: CellName) -> "Cell | None":
        """Read a cell, or return None where it is not done.

        Raises:
            DataError: its file is damaged.
        """

        def parse(content: Any, _tensors: object) -> "Cell":
            return cls(name=name, fingerprints=dict(content["weights"]), values=dict(content["values"]))

        return read_cell(folder, name, parse, tensors=False)


def make_cells(
    names: Sequence[CellName],
    room: ScoreRoom,
    models: Models,
    settings: ScoreSettings,
    heads: HeadFitter,
    *,
    cache: Path,
    after_step: Callable[[], None],
) -> list[Cell]:
    """Measure several encoders in one room.

    Args:
        names: the cells, which differ in their encoders alone.
        room: theirs.
        models: as `load_models` returns them.
        settings: the scorecard's.
        heads: where linear heads come from.
        cache: folder of the feature cache.
        after_step: called often; may raise to stop.

    Raises:
        DataError: a view is damaged.
    """
    rows = [name.encoder for name in names]
    asked = {row: models.asked(row, settings.language) for row in rows}
    views: dict[str, list[Features]] = {}
    for key in dict.fromkeys([*rows, *asked.values()]):
        views[key] = _encode(room.field, models.encoders[key], cache)
        after_step()
    scenes = _distill(room, views, asked, settings, after_step)
    fine = None if models.no_fine else SpineFine(next(iter(scenes.values())), None)
    cells = []
    for name in names:
        encoder = models.encoders[name.encoder]
        values = image_values(room, _encode(room.images, encoder, cache), seed=name.seed)
        values |= head_values(room, encoder, heads.heads(name.encoder, encoder))
        values |= _word_values(room, name.encoder, asked[name.encoder], scenes, models)
        after_step()
        values |= pose_values(room.field, views[name.encoder], fine, seed=name.seed)
        after_step()
        fingerprints = {key: models.encoders[key].fingerprint for key in (name.encoder, asked[name.encoder])}
        cells.append(Cell(name=name, fingerprints=fingerprints, values=values))
    return cells


def _encode(capture: Capture, encoder: Encoder, cache: Path) -> list[Features]:
    return list(encode_capture(capture, encoder, cache, strict=True))


def _distill(
    room: ScoreRoom,
    views: Mapping[str, list[Features]],
    asked: Mapping[str, str],
    settings: ScoreSettings,
    after_step: Callable[[], None],
) -> dict[str, DistilledScene]:
    """Train one field, with the features of each row in a hash grid of its own; the floor's need none."""
    groups: dict[str, dict[str, list[Features]]] = {}
    for row, other in asked.items():
        if row == ORACLE:
            groups[row] = {WORDS: true_features(room.field, true_words(room.field))}
        elif row != FLOOR:
            groups[row] = {key: views[key] for key in dict.fromkeys([row, other])}
    if not groups:
        # Only the floor's cell is missing; its poses are refined in the field all the same.
        groups = {FLOOR: {FLOOR: views[FLOOR]}}
    wishes = dataclasses.replace(
        field_settings(room.field, settings.fields[0], settings.steps, settings.seeds[0]),
        semantic_points=settings.semantic_points,
    )
    return distill_side_by_side(room.field, groups, wishes, after_step=after_step)


def _word_values(
    room: ScoreRoom, row: str, asked: str, scenes: Mapping[str, DistilledScene], models: Models
) -> dict[str, float | None]:
    if row == FLOOR:
        return neutral_values(room)
    if row == ORACLE:
        return word_values(room, scenes[row], WORDS, true_words(room.field))
    return word_values(room, scenes[row], asked, models.texts[asked])
