"""The embedded family by name or by file: which of the `room-*` encoders weights are for is told by the file itself."""

from pathlib import Path

from vantage.encoders import room_siglip, room_vit
from vantage.encoders.base import EncoderCard
from vantage.encoders.room_clip import ROOM_CLIP_CARD, load_room_clip
from vantage.encoders.room_siglip import ROOM_SIGLIP_CARD, load_room_siglip
from vantage.encoders.room_vit import ROOM_VIT_CARDS, load_room_vit, room_weights
from vantage.encoders.tower import TowerEncoder
from vantage.storage import load_tensors

ROOM_CARDS: tuple[EncoderCard, ...] = (ROOM_CLIP_CARD, ROOM_SIGLIP_CARD, *ROOM_VIT_CARDS)
"""All embedded encoders."""


def is_room_model(name: str) -> bool:
    """Tell whether a name is one of the family's."""
    return any(card.name == name for card in ROOM_CARDS)


def room_model_present(name: str) -> str | None:
    """Return where the shipped weights lie, or None where the package came without."""
    path = room_weights(name)
    return str(path) if path.is_file() else None


def how_to_get_room_model(name: str) -> str:
    """Return in one line how to come by the weights."""
    made = f"DIR/{name}.safetensors"
    return f"vantage pretrain {name} --out DIR; the encoder is {made}, or copy that to {room_weights(name)}"


def load_room_model(name: str, *, device: str = "cpu", short_side: int | None = None) -> TowerEncoder:
    """Load an embedded encoder by its name, or by the path of its weights.

    Raises:
        MissingError: the package came without these weights.
        DataError: the file is damaged, or of no encoder of the family.
    """
    path = None if is_room_model(name) else Path(name)
    kind = _format_of(path) if path else None
    if name == room_siglip.NAME or kind == room_siglip.FORMAT:
        return load_room_siglip(path, device=device, short_side=short_side)
    if kind == room_vit.FORMAT or any(card.name == name for card in ROOM_VIT_CARDS):
        return load_room_vit(name, path, device=device, short_side=short_side)
    return load_room_clip(path, device=device, short_side=short_side)


def _format_of(path: Path) -> str | None:
    """Return what format the file says it has.

    Raises:
        DataError: the file is missing or damaged.
    """
    return load_tensors(path)[1].get("format")
