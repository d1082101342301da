"""Linear heads of a scorecard: fitted once per encoder on training rooms, kept in the run, and asked in every room."""

import functools
from collections.abc import Callable
from pathlib import Path

from torch import nn

from vantage.encoders import Encoder
from vantage.errors import DataError
from vantage.pretraining import RoomViews, render_room
from vantage.pretraining.probing import TESTING_STEP, TRAINING_STEP, Heads, Places, fit_heads, look, measure
from vantage.rooms import CLASS_NAMES, VALIDATION_SEEDS
from vantage.storage import load_tensors, save_tensors
from vantage.studies.cells import CellName
from vantage.studies.score_rooms import ScoreRoom, pool_settings
from vantage.studies.score_settings import FIT_SEEDS, ScoreSettings

MEASURES = ("miou", "depth_rmse_m", "normal_error_deg")


class HeadFitter:
    """Fits heads, or finds those of an earlier session; renders the rooms for it once, when they are first needed."""

    def __init__(self, folder: Path, settings: ScoreSettings, after_room: Callable[[], None]) -> None:
        """Keep heads in a folder; `after_room` is called after each room that is rendered or encoded."""
        self.folder, self.settings, self.after_room = folder, settings, after_room

    @functools.cached_property
    def rooms(self) -> tuple[list[RoomViews], list[RoomViews]]:
        """The rooms to fit on, and those to choose rates and dampings on."""
        settings = self.settings
        seeds = range(FIT_SEEDS, FIT_SEEDS + settings.fit_rooms)
        others = range(VALIDATION_SEEDS.start, VALIDATION_SEEDS.start + settings.tune_rooms)
        return [self._render(seed) for seed in seeds], [self._render(seed) for seed in others]

    def _render(self, seed: int) -> RoomViews:
        found = render_room(seed, pool_settings(self.settings))
        self.after_room()
        return found

    def heads(self, name: str, encoder: Encoder) -> Heads:
        """Return an encoder's heads.

        Raises:
            DataError: the heads that are kept belong to other weights, or are damaged.
        """
        path = self.folder / f"{CellName(scene='heads', encoder=name, seed=self.settings.seeds[0]).stem}.safetensors"
        if not path.is_file():
            fit, tune = ([self._look(encoder, room) for room in rooms] for rooms in self.rooms)
            save_heads(path, fit_heads(fit, tune, len(CLASS_NAMES)), encoder.fingerprint)
        # Read back when just fitted, too: rows and columns then lie in memory as in a later session, to the last digit.
        return load_heads(path, encoder.fingerprint)

    def _look(self, encoder: Encoder, room: RoomViews) -> Places:
        places = look(encoder, room, CLASS_NAMES, step=TRAINING_STEP, views=range(len(room.images)))
        self.after_room()
        return places


def head_values(room: ScoreRoom, encoder: Encoder, heads: Heads) -> dict[str, float | None]:
    """Return the measures of an encoder's heads in a room."""
    places = look(encoder, room.heads, CLASS_NAMES, step=TESTING_STEP, views=range(len(room.heads.images)))
    found = measure(heads, places)
    return {name: found[name] for name in MEASURES}


def save_heads(path: Path, heads: Heads, fingerprint: str) -> None:
    """Write heads, with the fingerprint of the encoder they belong to."""
    tensors = {"mean": heads.mean, "scale": heads.scale, "depth": heads.depth, "normals": heads.normals}
    tensors |= {"weight": heads.classifier.weight, "bias": heads.classifier.bias}
    save_tensors(path, {name: tensor.detach().contiguous() for name, tensor in tensors.items()}, {"of": fingerprint})


def load_heads(path: Path, fingerprint: str) -> Heads:
    """Read heads.

    Raises:
        DataError: they belong to other weights, or are damaged.
    """
    tensors, metadata = load_tensors(path)
    try:
        if metadata["of"] != fingerprint:
            raise DataError(f"{path}: fitted with other weights of the encoder; give --overwrite to start anew")
        classes, dim = tensors["weight"].shape
        classifier = nn.Linear(dim, classes)
        classifier.load_state_dict({"weight": tensors["weight"], "bias": tensors["bias"]})
        return Heads(
            mean=tensors["mean"],
            scale=tensors["scale"],
            classifier=classifier.requires_grad_(False),
            depth=tensors["depth"],
            normals=tensors["normals"],
        )
    except (KeyError, ValueError, RuntimeError) as error:
        raise DataError(f"{path}: no linear heads ({error}); remove it to fit them again") from error
