"""`room-clip`: a small image-text model whose patches, not only its summary, live in the space of its texts.

Trained from scratch on rooms by `vantage pretrain room-clip`; its weights come with the package.
"""

import dataclasses
import json
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard, Features
from vantage.encoders.preprocessing import check_images
from vantage.encoders.text import TextSettings, TextTower, Vocabulary
from vantage.encoders.tower import Tower, TowerEncoder, stacked_layers
from vantage.encoders.vit import Vit, VitSettings
from vantage.errors import DataError, MissingError
from vantage.storage import content_hash, load_tensors, parse_json, save_tensors

NAME = "room-clip"
WEIGHTS = Path(__file__).parent / "weights" / "room-clip.safetensors"
FORMAT = "vantage-room-clip-1"
"""Written into the file's metadata; a file without it is not one of ours."""

PREPROCESSING = "rgb [0,1], bottom and right padded by repeating the border to a multiple of the patch"

ROOM_CLIP_CARD = EncoderCard(
    name=NAME,
    family="image-text",
    dim=128,
    patch=8,
    parameters=3_200_000,
    licence="Apache-2.0",
    source="shipped with vantage",
    summary="class token, projected to the text space",
    text=True,
)
"""The shipped model, described without loading it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class RoomClipSettings:
    """Shape of the whole model."""

    dim: int = 128
    """Width of the joint space of texts, patches and summaries."""
    vit: VitSettings = dataclasses.field(default_factory=VitSettings)
    text: TextSettings = dataclasses.field(default_factory=TextSettings)


class RoomClip(nn.Module):
    """Image tower, text tower and the projections of both into one space."""

    def __init__(self, vocabulary: Vocabulary, settings: RoomClipSettings | None = None) -> None:
        super().__init__()
        self.settings = settings = settings or RoomClipSettings()
        self.vocabulary = vocabulary
        self.vision = Vit(settings.vit)
        self.summary_head = nn.Linear(settings.vit.width, settings.dim, bias=False)
        self.patch_head = nn.Linear(settings.vit.width, settings.dim, bias=False)
        self.text = TextTower(len(vocabulary), settings.dim, settings.text)
        # exp(2.66) = 1 / 0.07, CLIP's initial inverse temperature (Radford et al. 2021, section 2.5).
        self.log_scale_view = nn.Parameter(torch.tensor(2.66))
        self.log_scale_patch = nn.Parameter(torch.tensor(2.66))
        for head in (self.summary_head, self.patch_head):
            nn.init.normal_(head.weight, std=settings.vit.width**-0.5)

    def encode_images(
        self, images: Float[Tensor, "n 3 h w"]
    ) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n gh gw d"]]:
        """Return unit summaries and unit patch vectors of images whose sides are multiples of the patch size."""
        tokens = self.vision(images)
        summary = nn.functional.normalize(self.summary_head(tokens.summary).float(), dim=-1)
        return summary, nn.functional.normalize(self.patch_head(tokens.grid).float(), dim=-1)

    def encode_texts(self, texts: list[str]) -> Float[Tensor, "n d"]:
        """Return unit vectors of texts.

        Raises:
            UsageError: a text holds no word.
        """
        numbers = self.vocabulary.encode(texts, self.settings.text.max_words)
        vectors = self.text(numbers.to(self.text.places.device))
        return nn.functional.normalize(vectors.float(), dim=-1)


def save_room_clip(model: RoomClip, path: Path, *, notes: dict[str, str] | None = None) -> None:
    """Write the model as float16 safetensors, its shape and vocabulary in the metadata."""
    metadata = {
        "format": FORMAT,
        "settings": json.dumps(dataclasses.asdict(model.settings)),
        "vocabulary": json.dumps(model.vocabulary.words),
        **(notes or {}),
    }
    save_tensors(path, {name: tensor.half() for name, tensor in model.state_dict().items()}, metadata)


def read_room_clip(path: Path) -> RoomClip:
    """Read a model that `save_room_clip` wrote.

    Raises:
        DataError: the file is damaged, holds NaN, or is not a room-clip of this format.
    """
    tensors, metadata = load_tensors(path)
    if metadata.get("format") != FORMAT:
        raise DataError(f"{path}: format {metadata.get('format')!r} is not {FORMAT!r}; expected room-clip weights")
    try:
        shape = parse_json(metadata["settings"], where=f"{path}, metadata 'settings'")
        words = parse_json(metadata["vocabulary"], where=f"{path}, metadata 'vocabulary'")
        settings = RoomClipSettings(
            dim=shape["dim"], vit=VitSettings(**shape["vit"]), text=TextSettings(**shape["text"])
        )
        model = RoomClip(Vocabulary(tuple(words)), settings)
        model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, strict=True)
    except (KeyError, TypeError, RuntimeError) as error:
        detail = " ".join(str(error).split())[:300]
        raise DataError(
            f"{path}: not the architecture its metadata names ({detail}); train or copy it again"
        ) from error
    return model.eval()


class RoomClipEncoder(TowerEncoder):
    """`room-clip` as an `Encoder` and a `TextEncoder`: grid, summary and texts live in one space of unit vectors."""

    def __init__(self, model: RoomClip, *, source: str, device: str = "cpu", short_side: int | None = None) -> None:
        self.model = model.to(device).eval()
        self.device = device
        self.short_side = short_side
        self.card = dataclasses.replace(
            ROOM_CLIP_CARD,
            dim=model.settings.dim,
            patch=model.settings.vit.patch,
            parameters=sum(parameter.numel() for parameter in model.parameters()),
            source=source,
        )

    def _hash(self) -> str:
        state = self.model.state_dict()
        digest = content_hash(*(part for name in sorted(state) for part in (name, state[name].cpu().numpy().tobytes())))
        return content_hash(NAME, PREPROCESSING, f"short side {self.short_side}", digest)

    @property
    def tower(self) -> Tower:
        """The image tower's parts; its tokens become vectors of the text space behind its final norm."""
        vit = self.model.vision
        prefix = 1 + vit.settings.registers
        return Tower(root=vit, layers=stacked_layers(vit), norm=vit.norm, prefix=prefix)

    @property
    def logit_scale(self) -> float:
        """The inverse temperature the patches were trained with: `softmax(logit_scale * cosine)`."""
        return float(self.model.log_scale_patch.detach().exp())

    def encode_for_training(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1]; sides that are no multiple of the patch are padded, never cropped.

        Raises:
            DataError: an image is smaller than one patch.
        """
        check_images(images)
        patch = self.model.settings.vit.patch
        height, width = images.shape[-2:]
        if min(height, width) < patch:
            raise DataError(f"image of {width}x{height} pixels is smaller than one patch ({patch} pixels); enlarge it")
        images = images.to(self.device)
        if self.short_side is not None:
            zoom = self.short_side / min(height, width)
            size = (max(patch, round(height * zoom)), max(patch, round(width * zoom)))
            images = nn.functional.interpolate(images, size, mode="bicubic", antialias=True).clamp(0, 1)
        rows, columns = images.shape[-2:]
        padded = nn.functional.pad(images, (0, -columns % patch, 0, -rows % patch), mode="replicate")
        summary, grid = self.model.encode_images(padded)
        stride = (patch * width / columns, patch * height / rows)
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


def load_room_clip(path: Path | None = None, *, device: str = "cpu", short_side: int | None = None) -> RoomClipEncoder:
    """Load the shipped weights, or those of a file; `short_side` resizes images to that many pixels first.

    Raises:
        MissingError: the package came without weights.
        DataError: the file is damaged.
    """
    if path is None and not WEIGHTS.is_file():
        raise MissingError(f"{NAME}: no weights at {WEIGHTS}; make them: vantage pretrain {NAME} --out runs/{NAME}")
    source = ROOM_CLIP_CARD.source if path is None else str(path)
    return RoomClipEncoder(read_room_clip(path or WEIGHTS), source=source, device=device, short_side=short_side)
