"""Two views through the encoder of `room-dust3r` and its decoder: both views' point maps in the first one's frame.

The shape of DUSt3R (Wang et al. 2024, section 3.1), small: one encoder for both views, one decoder for each, whose
blocks attend to the other's tokens. The encoder's features are what is measured; the decoder has a file of its own.
"""

import dataclasses
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.croco import DecoderBlock, places_of, rotation_of
from vantage.encoders.room_vggt import confidence, signed_expm1, unfold_patches
from vantage.encoders.room_vit import read_room_vit
from vantage.encoders.vit import Vit, initialize
from vantage.errors import DataError
from vantage.storage import load_tensors, save_tensors

NAME = "room-dust3r"
DECODER_FORMAT = "vantage-room-dust3r-decoder-1"


@dataclasses.dataclass(frozen=True, kw_only=True)
class DecoderSettings:
    """Shape of the two decoders."""

    width: int = 96
    """Half the encoder's, as DUSt3R's 768 are of 1024 and more so, to stay small."""
    depth: int = 2
    heads: int = 3


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TwoViewOutput:
    """Point maps of n pairs, both in the first view's camera frame, up to one scale per pair."""

    points: tuple[Float[Tensor, "n h w 3"], Float[Tensor, "n h w 3"]]
    confidence: tuple[Float[Tensor, "n h w"], Float[Tensor, "n h w"]]
    """At least 1."""


class StereoDecoder(nn.Module):
    """Two decoders that read each other's tokens, and their linear heads."""

    def __init__(self, encoder_width: int, patch: int, settings: DecoderSettings) -> None:
        super().__init__()
        self.settings, self.patch = settings, patch
        width = settings.width
        self.embed = nn.Linear(encoder_width, width)
        self.first = nn.ModuleDict(self._side(patch))
        self.second = nn.ModuleDict(self._side(patch))
        self.apply(initialize)

    def _side(self, patch: int) -> dict[str, nn.Module]:
        settings = self.settings
        return {
            "blocks": nn.ModuleList(DecoderBlock(settings.width, settings.heads) for _ in range(settings.depth)),
            "norm": nn.LayerNorm(settings.width),
            "head": nn.Linear(settings.width, 4 * patch * patch),
        }

    def forward(
        self, first: Float[Tensor, "n gh gw d"], second: Float[Tensor, "n gh gw d"]
    ) -> tuple[Float[Tensor, "n h w 4"], Float[Tensor, "n h w 4"]]:
        """Return each view's raw points and confidence from both views' encoder tokens."""
        rows, columns = first.shape[1:3]
        a, b = self.embed(first).flatten(1, 2), self.embed(second).flatten(1, 2)
        rotation = rotation_of(places_of(rows, columns, a.device), self.settings.width // self.settings.heads)
        for block_a, block_b in zip(self.first["blocks"], self.second["blocks"], strict=True):  # pyright: ignore
            offered_a, offered_b = block_a.keys_values(b), block_b.keys_values(a)
            a, b = block_a(a, rotation, *offered_a, rotation), block_b(b, rotation, *offered_b, rotation)
        cells = []
        for side, x in ((self.first, a), (self.second, b)):
            raw = side["head"](side["norm"](x)).unflatten(1, (rows, columns))
            cells.append(unfold_patches(raw, self.patch).float())
        return cells[0], cells[1]


class RoomDust3r(nn.Module):
    """Encoder and decoder."""

    def __init__(self, vision: Vit, decoder: DecoderSettings | None = None) -> None:
        super().__init__()
        self.vision = vision
        self.decoder = StereoDecoder(vision.settings.width, vision.settings.patch, decoder or DecoderSettings())

    def forward(self, first: Float[Tensor, "n 3 h w"], second: Float[Tensor, "n 3 h w"]) -> TwoViewOutput:
        """Look at n pairs of views, RGB in [0, 1], sides multiples of the patch.

        Raises:
            DataError: a side is not a multiple of the patch size.
        """
        grid = self.vision(torch.cat([first, second])).grid
        raw_a, raw_b = self.decoder(*grid.chunk(2))
        return TwoViewOutput(
            points=(signed_expm1(raw_a[..., :3]), signed_expm1(raw_b[..., :3])),
            confidence=(confidence(raw_a[..., 3]), confidence(raw_b[..., 3])),
        )


def save_decoder(decoder: StereoDecoder, path: Path) -> None:
    """Write the decoder as float16 safetensors."""
    settings = {key: str(value) for key, value in dataclasses.asdict(decoder.settings).items()}
    tensors = {key: tensor.half() for key, tensor in decoder.state_dict().items()}
    save_tensors(path, tensors, {"format": DECODER_FORMAT, **settings})


def load_room_dust3r(encoder: Path, decoder: Path) -> RoomDust3r:
    """Load the whole model from the encoder's and the decoder's files.

    Raises:
        DataError: a file is damaged or of another model.
    """
    vision, name, _ = read_room_vit(encoder)
    tensors, metadata = load_tensors(decoder)
    if name != NAME or metadata.get("format") != DECODER_FORMAT:
        raise DataError(f"{encoder} and {decoder}: expected the encoder and the decoder of {NAME}")
    try:
        shape = DecoderSettings(
            **{field.name: int(metadata[field.name]) for field in dataclasses.fields(DecoderSettings)}
        )
        model = RoomDust3r(vision, shape)
        model.decoder.load_state_dict({key: value.float() for key, value in tensors.items()}, strict=True)
    except (KeyError, ValueError, RuntimeError) as error:
        detail = " ".join(str(error).split())[:300]
        raise DataError(f"{decoder}: not the decoder its metadata names ({detail})") from error
    return model.eval()
