"""What `room-clip` and `room-siglip` share: two towers with one space for their vectors, and how they come to disk.

Each of the two files holds a model of its own, which is a `RoomTextModel`; here is all that needs to know no more.
"""

import abc
import dataclasses
import json
from pathlib import Path
from typing import ClassVar, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard, Features
from vantage.encoders.room_vit import room_hash, room_weights, to_patches
from vantage.encoders.text import TextSettings, TextTower, Vocabulary
from vantage.encoders.tower import TowerEncoder
from vantage.encoders.tower_parts import Tower, stacked_layers
from vantage.encoders.vit import Vit, VitSettings
from vantage.errors import DataError, MissingError
from vantage.storage import load_tensors, parse_json, save_tensors


@dataclasses.dataclass(frozen=True, kw_only=True)
class RoomTextSettings:
    """Shape of the whole model."""

    dim: int = 128
    """Width of the joint space of texts, patches and summaries."""
    vit: VitSettings = dataclasses.field(default_factory=VitSettings)
    text: TextSettings = dataclasses.field(default_factory=TextSettings)


class RoomTextModel(nn.Module, abc.ABC):
    """An image tower and a text tower with one space.

    A model makes its parts itself: their order decides what is drawn for them, and in which order they are trained.
    """

    card: ClassVar[EncoderCard]
    """The shipped model, described without loading it."""
    format: ClassVar[str]
    """Written into the file's metadata; a file without it is not one of ours."""
    vision: Vit
    text: TextTower
    log_scale_patch: nn.Parameter
    """Logarithm of the inverse temperature the patches are trained with."""

    def __init__(self, vocabulary: Vocabulary, settings: RoomTextSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or RoomTextSettings()
        self.vocabulary = vocabulary

    @abc.abstractmethod
    def encode_images(
        self, images: Float[Tensor, "n 3 h w"]
    ) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n gh gw d"]]:
        """Return unit summaries and unit patch vectors of images whose sides are multiples of the patch size."""

    def encode_texts(self, texts: list[str]) -> Float[Tensor, "n d"]:
        """Return unit vectors of texts.

        Raises:
            UsageError: a text holds no word.
        """
        numbers = self.vocabulary.encode(texts, self.settings.text.max_words)
        vectors = self.text(numbers.to(self.text.places.device))
        return nn.functional.normalize(vectors.float(), dim=-1)


Model = TypeVar("Model", bound=RoomTextModel)


def save_room_text(model: RoomTextModel, path: Path, *, notes: dict[str, str] | None = None) -> None:
    """Write the model as float16 safetensors, its shape and vocabulary in the metadata."""
    metadata = {
        "format": model.format,
        "settings": json.dumps(dataclasses.asdict(model.settings)),
        "vocabulary": json.dumps(model.vocabulary.words),
        **(notes or {}),
    }
    save_tensors(path, {name: tensor.half() for name, tensor in model.state_dict().items()}, metadata)


def read_room_text(kind: type[Model], path: Path) -> Model:
    """Read a model of this kind that `save_room_text` wrote.

    Raises:
        DataError: the file is damaged, holds NaN, or is not of the kind's format.
    """
    tensors, metadata = load_tensors(path)
    if (found := metadata.get("format")) != kind.format:
        raise DataError(f"{path}: format {found!r} is not {kind.format!r}; expected {kind.card.name} weights")
    try:
        shape = parse_json(metadata["settings"], where=f"{path}, metadata 'settings'")
        words = parse_json(metadata["vocabulary"], where=f"{path}, metadata 'vocabulary'")
        settings = RoomTextSettings(
            dim=shape["dim"], vit=VitSettings(**shape["vit"]), text=TextSettings(**shape["text"])
        )
        model = kind(Vocabulary(tuple(words)), settings)
        model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, strict=True)
    except (KeyError, TypeError, RuntimeError) as error:
        detail = " ".join(str(error).split())[:300]
        raise DataError(
            f"{path}: not the architecture its metadata names ({detail}); train or copy it again"
        ) from error
    return model.eval()


class RoomTextEncoder(TowerEncoder):
    """A model as an `Encoder` and a `TextEncoder`: grid, summary and texts live in one space of unit vectors."""

    def __init__(
        self, model: RoomTextModel, *, source: str, device: str = "cpu", short_side: int | None = None
    ) -> None:
        self.model = model.to(device).eval()
        self.device = device
        self.short_side = short_side
        self.card = dataclasses.replace(
            model.card,
            dim=model.settings.dim,
            patch=model.settings.vit.patch,
            parameters=sum(parameter.numel() for parameter in model.parameters()),
            source=source,
        )

    def _hash(self) -> str:
        return room_hash(self.model.card.name, self.model, self.short_side)

    @property
    def tower(self) -> Tower:
        """The image tower's parts; its tokens become vectors of the text space behind its final norm."""
        vit = self.model.vision
        return Tower(root=vit, layers=stacked_layers(vit), norm=vit.norm, prefix=1 + vit.settings.registers)

    @property
    def logit_scale(self) -> float:
        """The inverse temperature the patches were trained with: `softmax(logit_scale * cosine)`."""
        return float(self.model.log_scale_patch.detach().exp())

    def encode_for_training(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1]; sides that are no multiple of the patch are padded, never cropped.

        Raises:
            DataError: an image is smaller than one patch.
        """
        height, width = images.shape[-2:]
        ready, stride = to_patches(images.to(self.device), self.model.settings.vit.patch, self.short_side)
        summary, grid = self.model.encode_images(ready)
        return Features(grid=grid, summary=summary, stride=stride, image_size=(width, height))

    @torch.no_grad()
    def encode_text(self, texts: list[str]) -> Float[Tensor, "n d"]:
        """Encode texts to unit vectors of the space the grid lives in.

        Raises:
            UsageError: a text holds no word.
        """
        return self.model.encode_texts(texts)

    def unknown_words(self, text: str) -> list[str]:
        """Return the words of a query that the model never saw, worth a warning to the user."""
        return self.model.vocabulary.unknown_words(text)


def load_room_text(
    kind: type[RoomTextModel], path: Path | None = None, *, device: str = "cpu", short_side: int | None = None
) -> RoomTextEncoder:
    """Load the shipped weights of a kind, or those of a file; `short_side` resizes images to that many pixels first.

    Raises:
        MissingError: the package came without these weights.
        DataError: the file is damaged.
    """
    name = kind.card.name
    place = path or room_weights(name)
    if path is None and not place.is_file():
        raise MissingError(f"{name}: no weights at {place}; make them: vantage pretrain {name} --out DIR")
    source = kind.card.source if path is None else str(path)
    return RoomTextEncoder(read_room_text(kind, place), source=source, device=device, short_side=short_side)
