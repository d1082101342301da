"""Where geometric fine-tuning begins: the weights of `room-dino`, checked by their hash when a run is gone on with."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from vantage.encoders.room_vit import read_room_vit, room_weights
from vantage.encoders.vit import Vit
from vantage.errors import DataError, MissingError, UsageError
from vantage.pretraining.room_views import RoomViews
from vantage.pretraining.training import TrainingSettings
from vantage.pretraining.view_sets import overlaps
from vantage.storage import content_hash

BASE = "room-dino"


@dataclasses.dataclass(frozen=True, kw_only=True)
class GeometricSettings(TrainingSettings):
    """Settings of a training that begins with other weights."""

    base: str = ""
    """Weights of room-dino to begin with; the shipped ones where empty."""
    base_hash: str = ""
    """Hash of these weights' file: a run is gone on with from the same ones only."""


def base_path(base: str) -> Path:
    """Return where the weights to begin with lie.

    Raises:
        MissingError: they are not there.
    """
    path = Path(base) if base else room_weights(BASE)
    if not path.is_file():
        raise MissingError(f"{path}: no weights of {BASE} to begin with; make them: vantage pretrain {BASE} --out DIR")
    return path


def hash_of_base(base: str) -> str:
    """Return the hash of the weights' file.

    Raises:
        MissingError: it is not there.
    """
    return content_hash(base_path(base).read_bytes())


def load_base(settings: GeometricSettings) -> Vit:
    """Return the tower to fine-tune.

    Raises:
        MissingError: the weights are not there.
        UsageError: the file has changed since the settings were made.
        DataError: it is damaged, or of another encoder.
    """
    path = base_path(settings.base)
    if settings.base_hash and settings.base_hash != hash_of_base(settings.base):
        raise UsageError(f"{path} has changed since this run began; give the same weights, or start anew")
    vision, name, _ = read_room_vit(path)
    if name != BASE:
        raise DataError(f"{path}: weights of {name}; fine-tuning begins with {BASE}")
    return vision


def pool_overlaps(rooms: Sequence[RoomViews]) -> list[Float32[np.ndarray, "v v"]]:
    """Return the overlaps of all rooms' views.

    Raises:
        UsageError: a room has a single view.
    """
    alone = [room.seed for room in rooms if len(room.images) < 2]
    if alone:
        raise UsageError(f"room {alone[0]} of the pool has one view; training on several views needs at least two")
    return [overlaps(room) for room in rooms]
