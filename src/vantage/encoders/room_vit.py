"""`room-dino`, `room-dust3r` and `room-vggt` as encoders: one ViT, three trainings.

Their features are the tokens after the final norm; what differs is the training, and which vector the papers take as
the summary of an image: the class token, the mean patch, or the camera token.
"""

import dataclasses
import json
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard, Family, Features
from vantage.encoders.preprocessing import check_images
from vantage.encoders.tower import TowerEncoder
from vantage.encoders.tower_parts import Tower, stacked_layers
from vantage.encoders.vit import Vit, VitSettings
from vantage.errors import DataError, MissingError
from vantage.storage import content_hash, load_tensors, parse_json, save_tensors

WEIGHTS_FOLDER = Path(__file__).parent / "weights"
FORMAT = "vantage-room-vit-1"
"""Written into the file's metadata; a file without it is not one of these."""
PREPROCESSING = "rgb [0,1], bottom and right padded by repeating the border to a multiple of the patch"
PARAMETERS = 2_709_696
"""Of the ViT of width 192, depth 6, patch 8 with 4 registers."""


def _card(name: str, family: Family, summary: str) -> EncoderCard:
    return EncoderCard(
        name=name,
        family=family,
        dim=192,
        patch=8,
        parameters=PARAMETERS,
        licence="Apache-2.0",
        source="shipped with vantage",
        summary=summary,
    )


ROOM_VIT_CARDS: tuple[EncoderCard, ...] = (
    _card("room-dino", "visual-semantic", "class token after the final norm"),
    _card("room-dust3r", "geometry-grounded", "mean patch token after the final norm"),
    _card("room-vggt", "geometry-grounded", "camera token after the final norm"),
)
"""The shipped models, described without loading them."""


def find_room_vit(name: str) -> EncoderCard | None:
    """Return the card of this name, or None."""
    return next((card for card in ROOM_VIT_CARDS if card.name == name), None)


def room_weights(name: str) -> Path:
    """Return where the shipped weights of a `room-*` encoder lie, whether they are there or not."""
    return WEIGHTS_FOLDER / f"{name}.safetensors"


def save_room_vit(
    vision: Vit, path: Path, *, name: str, extra: nn.Module | None = None, notes: dict[str, str] | None = None
) -> None:
    """Write a tower as float16 safetensors, its name and shape in the metadata; `extra` holds heads to go with it."""
    tensors = {f"vision.{key}": tensor.half() for key, tensor in vision.state_dict().items()}
    if extra is not None:
        tensors |= {f"extra.{key}": tensor.half() for key, tensor in extra.state_dict().items()}
    settings = json.dumps(dataclasses.asdict(vision.settings))
    save_tensors(path, tensors, {"format": FORMAT, "name": name, "settings": settings, **(notes or {})})


def read_room_vit(path: Path) -> tuple[Vit, str, dict[str, Tensor]]:
    """Read what `save_room_vit` wrote: the tower, the encoder's name, and the tensors of its heads.

    Raises:
        DataError: the file is damaged, holds NaN, or is of another format or architecture.
    """
    tensors, metadata = load_tensors(path)
    if metadata.get("format") != FORMAT:
        raise DataError(
            f"{path}: format {metadata.get('format')!r} is not {FORMAT!r}; expected weights of a room-* ViT"
        )
    card = find_room_vit(metadata.get("name", ""))
    if card is None:
        known = ", ".join(card.name for card in ROOM_VIT_CARDS)
        raise DataError(f"{path}: metadata names the encoder {metadata.get('name')!r}; expected one of {known}")
    try:
        shape = parse_json(metadata["settings"], where=f"{path}, metadata 'settings'")
        vision = Vit(VitSettings(**shape))
        own = {key.removeprefix("vision."): value.float() for key, value in tensors.items() if key[:7] == "vision."}
        vision.load_state_dict(own, strict=True)
    except (KeyError, TypeError, RuntimeError) as error:
        detail = " ".join(str(error).split())[:300]
        raise DataError(
            f"{path}: not the architecture its metadata names ({detail}); train or copy it again"
        ) from error
    extra = {key.removeprefix("extra."): value.float() for key, value in tensors.items() if key[:6] == "extra."}
    return vision.eval(), card.name, extra


def to_patches(
    images: Float[Tensor, "n 3 h w"], patch: int, short_side: int | None = None
) -> tuple[Float[Tensor, "n 3 h2 w2"], tuple[float, float]]:
    """Return images ready for a tower, and the (x, y) pixels of the given images per patch.

    Sides are padded to multiples of the patch, never cropped; `short_side` resizes to that many pixels first.

    Raises:
        DataError: an image is smaller than one patch, or no RGB image in [0, 1].
    """
    check_images(images)
    height, width = images.shape[-2:]
    if min(height, width) < patch:
        raise DataError(f"image of {width}x{height} pixels is smaller than one patch ({patch} pixels); enlarge it")
    if short_side is not None:
        zoom = short_side / min(height, width)
        size = (max(patch, round(height * zoom)), max(patch, round(width * zoom)))
        images = nn.functional.interpolate(images, size, mode="bicubic", antialias=True).clamp(0, 1)
    rows, columns = images.shape[-2:]
    padded = nn.functional.pad(images, (0, -columns % patch, 0, -rows % patch), mode="replicate")
    return padded, (patch * width / columns, patch * height / rows)


def room_hash(name: str, model: nn.Module, short_side: int | None) -> str:
    """Return the fingerprint of an encoder of the family: its name, its weights, and how images become patches."""
    state = model.state_dict()
    digest = content_hash(*(part for key in sorted(state) for part in (key, state[key].cpu().numpy().tobytes())))
    return content_hash(name, PREPROCESSING, f"short side {short_side}", digest)


class RoomVitEncoder(TowerEncoder):
    """One of the towers as an `Encoder`."""

    def __init__(
        self, vision: Vit, *, name: str, source: str, device: str = "cpu", short_side: int | None = None
    ) -> None:
        card = find_room_vit(name)
        if card is None:
            raise DataError(f"{name!r} is none of the room-* ViTs")
        self.model = vision.to(device)
        self.device = device
        self.short_side = short_side
        self.card = dataclasses.replace(
            card,
            dim=vision.settings.width,
            patch=vision.settings.patch,
            parameters=sum(parameter.numel() for parameter in vision.parameters()),
            source=source,
        )

    def _hash(self) -> str:
        return room_hash(self.card.name, self.model, self.short_side)

    @property
    def tower(self) -> Tower:
        """The tower's parts."""
        vit = self.model
        return Tower(root=vit, layers=stacked_layers(vit), norm=vit.norm, prefix=1 + vit.settings.registers)

    def encode_for_training(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1] with gradients.

        Raises:
            DataError: an image is smaller than one patch.
        """
        height, width = images.shape[-2:]
        ready, stride = to_patches(images.to(self.device), self.model.settings.patch, self.short_side)
        tokens = self.model(ready)
        # A camera token is the class token of a view that has no views beside it.
        mean = self.card.name == "room-dust3r"
        summary = tokens.grid.mean(dim=(1, 2)) if mean else tokens.summary
        return Features(grid=tokens.grid, summary=summary, stride=stride, image_size=(width, height))


def load_room_vit(
    name: str, path: Path | None = None, *, device: str = "cpu", short_side: int | None = None
) -> RoomVitEncoder:
    """Load the shipped weights of an encoder by name, or those of a file.

    Raises:
        MissingError: the package came without these weights.
        DataError: the file is damaged or of another architecture.
    """
    if path is None and not room_weights(name).is_file():
        raise MissingError(f"{name}: no weights at {room_weights(name)}; make them: vantage pretrain {name} --out DIR")
    vision, found, _ = read_room_vit(path or room_weights(name))
    source = ROOM_VIT_CARDS[0].source if path is None else str(path)
    return RoomVitEncoder(vision, name=found, source=source, device=device, short_side=short_side)


def random_room_vit(settings: VitSettings | None = None, *, seed: int = 0) -> RoomVitEncoder:
    """Return a tower of the same shape that has learned nothing: the floor of what its shape alone gives."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        vision = Vit(settings).eval()
    return RoomVitEncoder(vision, name="room-dino", source=f"random weights, seed {seed}")
