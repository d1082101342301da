"""`room-siglip`: a small image-text model trained with SigLIP's sigmoid loss and an attention-pooled head.

The head reads any set of patches: all of an image for its summary, those of an object for the object, a single one for
the dense grid. Attention over one token is its value, so a patch of the grid has passed the head's value path, and
lives in the space of the texts as the summary does.
"""

import dataclasses
import json
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.base import EncoderCard, Features
from vantage.encoders.room_vit import PREPROCESSING, room_weights, to_patches
from vantage.encoders.text import TextSettings, TextTower, Vocabulary
from vantage.encoders.tower import Tower, TowerEncoder, stacked_layers
from vantage.encoders.vit import Vit, VitSettings, initialize
from vantage.errors import DataError, MissingError
from vantage.storage import content_hash, load_tensors, parse_json, save_tensors

NAME = "room-siglip"
FORMAT = "vantage-room-siglip-1"
"""Written into the file's metadata; a file without it is not one of ours."""

ROOM_SIGLIP_CARD = EncoderCard(
    name=NAME,
    family="image-text",
    dim=128,
    patch=8,
    parameters=3_350_000,
    licence="Apache-2.0",
    source="shipped with vantage",
    summary="attention-pooled head",
    text=True,
)
"""The shipped model, described without loading it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class RoomSiglipSettings:
    """Shape of the whole model."""

    dim: int = 128
    """Width of the joint space of texts, patches and summaries."""
    vit: VitSettings = dataclasses.field(default_factory=VitSettings)
    text: TextSettings = dataclasses.field(default_factory=TextSettings)


class AttentionPool(nn.Module):
    """SigLIP's head (Zhai et al. 2023): one learned query attends to patches, then a feed-forward part."""

    def __init__(self, width: int, heads: int, dim: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Parameter(torch.zeros(width))
        self.keys_values = nn.Linear(width, 2 * width)
        self.proj = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        # As wide as the tokens, not four times, so that all weights that come with the package stay under 30 MB.
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))
        self.out = nn.Linear(width, dim, bias=False)
        self.apply(initialize)
        nn.init.normal_(self.query, std=1.0)
        nn.init.normal_(self.out.weight, std=width**-0.5)

    def forward(self, patches: Float[Tensor, "p d"], coverage: Float[Tensor, "p r"]) -> Float[Tensor, "r k"]:
        """Return a unit vector for each set of patches; a patch counts by the share of it that the set covers."""
        keys, values = self.keys_values(patches).chunk(2, dim=-1)
        query = self.query.view(self.heads, -1)
        scores = torch.einsum("hc,phc->hp", query, keys.unflatten(-1, (self.heads, -1)).float())
        scores = scores[:, :, None] * (keys.shape[-1] // self.heads) ** -0.5 + coverage.clamp_min(1e-9).log()
        weights = scores.masked_fill(coverage <= 0, float("-inf")).softmax(dim=1).to(values.dtype)
        read = torch.einsum("hpr,phc->rhc", weights, values.unflatten(-1, (self.heads, -1))).flatten(1)
        return self._finish(read)

    def each(self, patches: Float[Tensor, "*b d"]) -> Float[Tensor, "*b k"]:
        """Return the unit vector of each patch by itself."""
        return self._finish(self.keys_values(patches).chunk(2, dim=-1)[1])

    def _finish(self, read: Float[Tensor, "*b d"]) -> Float[Tensor, "*b k"]:
        x = self.proj(read)
        x = x + self.mlp(self.norm(x))
        return nn.functional.normalize(self.out(x).float(), dim=-1)


class RoomSiglip(nn.Module):
    """Image tower, attention-pooled head and text tower."""

    def __init__(self, vocabulary: Vocabulary, settings: RoomSiglipSettings | None = None) -> None:
        super().__init__()
        self.settings = settings = settings or RoomSiglipSettings()
        self.vocabulary = vocabulary
        self.vision = Vit(settings.vit)
        self.pool = AttentionPool(settings.vit.width, settings.vit.heads, settings.dim)
        self.text = TextTower(len(vocabulary), settings.dim, settings.text)
        # SigLIP starts at 10 and -10: its bias is minus the log of how many negatives stand beside each positive
        # (32 768 there, some 20 here).
        self.log_scale_view = nn.Parameter(torch.tensor(2.3))
        self.log_scale_patch = nn.Parameter(torch.tensor(2.3))
        self.bias_view = nn.Parameter(torch.tensor(-3.0))
        self.bias_patch = nn.Parameter(torch.tensor(-3.0))

    def encode_images(
        self, images: Float[Tensor, "n 3 h w"]
    ) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n gh gw d"]]:
        """Return unit summaries and unit patch vectors of images whose sides are multiples of the patch size."""
        grid = self.vision(images).grid
        return self.summaries(grid), self.pool.each(grid)

    def summaries(self, grid: Float[Tensor, "n gh gw d"]) -> Float[Tensor, "n k"]:
        """Return each image's pooled vector from the tower's patch tokens."""
        count, cells = len(grid), grid.shape[1] * grid.shape[2]
        whole = torch.eye(count, device=grid.device).repeat_interleave(cells, dim=0)
        return self.pool(grid.flatten(0, 2), whole)

    def encode_texts(self, texts: list[str]) -> Float[Tensor, "n d"]:
        """Return unit vectors of texts.

        Raises:
            UsageError: a text holds no word.
        """
        numbers = self.vocabulary.encode(texts, self.settings.text.max_words)
        return nn.functional.normalize(self.text(numbers.to(self.text.places.device)).float(), dim=-1)


def save_room_siglip(model: RoomSiglip, path: Path, *, notes: dict[str, str] | None = None) -> None:
    """Write the model as float16 safetensors, its shape and vocabulary in the metadata."""
    metadata = {
        "format": FORMAT,
        "settings": json.dumps(dataclasses.asdict(model.settings)),
        "vocabulary": json.dumps(model.vocabulary.words),
        **(notes or {}),
    }
    save_tensors(path, {name: tensor.half() for name, tensor in model.state_dict().items()}, metadata)


def read_room_siglip(path: Path) -> RoomSiglip:
    """Read a model that `save_room_siglip` wrote.

    Raises:
        DataError: the file is damaged, holds NaN, or is not a room-siglip of this format.
    """
    tensors, metadata = load_tensors(path)
    if metadata.get("format") != FORMAT:
        raise DataError(f"{path}: format {metadata.get('format')!r} is not {FORMAT!r}; expected room-siglip weights")
    try:
        shape = parse_json(metadata["settings"], where=f"{path}, metadata 'settings'")
        words = parse_json(metadata["vocabulary"], where=f"{path}, metadata 'vocabulary'")
        settings = RoomSiglipSettings(
            dim=shape["dim"], vit=VitSettings(**shape["vit"]), text=TextSettings(**shape["text"])
        )
        model = RoomSiglip(Vocabulary(tuple(words)), settings)
        model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, strict=True)
    except (KeyError, TypeError, RuntimeError) as error:
        detail = " ".join(str(error).split())[:300]
        raise DataError(
            f"{path}: not the architecture its metadata names ({detail}); train or copy it again"
        ) from error
    return model.eval()


class RoomSiglipEncoder(TowerEncoder):
    """`room-siglip` as an `Encoder` and a `TextEncoder`: grid, summary and texts live in one space of unit vectors."""

    def __init__(self, model: RoomSiglip, *, source: str, device: str = "cpu", short_side: int | None = None) -> None:
        self.model = model.to(device).eval()
        self.device = device
        self.short_side = short_side
        self.card = dataclasses.replace(
            ROOM_SIGLIP_CARD,
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
        return Tower(root=vit, layers=stacked_layers(vit), norm=vit.norm, prefix=1 + vit.settings.registers)

    @property
    def logit_scale(self) -> float:
        """The inverse temperature the patches were trained with."""
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


def load_room_siglip(
    path: Path | None = None, *, device: str = "cpu", short_side: int | None = None
) -> RoomSiglipEncoder:
    """Load the shipped weights, or those of a file; `short_side` resizes images to that many pixels first.

    Raises:
        MissingError: the package came without these weights.
        DataError: the file is damaged.
    """
    if path is None and not room_weights(NAME).is_file():
        raise MissingError(f"{NAME}: no weights at {room_weights(NAME)}; make them: vantage pretrain {NAME} --out DIR")
    source = ROOM_SIGLIP_CARD.source if path is None else str(path)
    return RoomSiglipEncoder(
        read_room_siglip(path or room_weights(NAME)), source=source, device=device, short_side=short_side
    )
