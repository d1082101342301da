"""What DUSt3R, MASt3R and MUSt3R share: CroCo's transformer blocks with rotary positions, and what an encoder returns.

Module names equal the keys of the released checkpoints. Sources: Weinzaepfel et al. 2023 (CroCo v2), section 3; Wang et
al. 2024 (DUSt3R), section 3.1; Su et al. 2021 (rotary positions).
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from vantage.errors import DataError, UsageError

ROPE_BASE = 100.0
"""Longest over shortest rotary wavelength: the "100" in the checkpoints' `pos_embed='RoPE100'`."""

EPSILON = 1e-6
"""Of every norm in these models (as in ViT, Dosovitskiy et al. 2021), but MUSt3R's feedback norm."""

MLP_RATIO = 4
"""Hidden width of the feed-forward part over the tokens' width."""

Rotation = tuple[Float[Tensor, "_ c"], Float[Tensor, "_ c"]]
"""Cosine and sine for each token and each channel of a head."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Encoding:
    """What an encoder knows of images of one size, each by itself; decoders read it, as often as they like."""

    grid: Float[Tensor, "n h w d"]
    """Tokens after the final norm; cell (i, j) covers `patch` x `patch` pixels from (j, i) * `patch`."""
    patch: int
    layers: Mapping[int, Float[Tensor, "n t d"]]
    """The wanted layers' tokens, row by row, before the final norm; -1 stands for what enters the first block."""

    @property
    def tokens(self) -> Float[Tensor, "n t d"]:
        """The grid, row by row."""
        return self.grid.flatten(1, 2)

    @property
    def image_size(self) -> tuple[int, int]:
        """(width, height) of the encoded images in pixels."""
        return self.grid.shape[2] * self.patch, self.grid.shape[1] * self.patch

    @property
    def places(self) -> Int[Tensor, "t 2"]:
        """(row, column) of every token."""
        return places_of(self.grid.shape[1], self.grid.shape[2], self.grid.device)

    def rotation(self, head_dim: int) -> Rotation:
        """Return the rotation of the tokens in heads of `head_dim` channels."""
        return rotation_of(self.places, head_dim)


def places_of(rows: int, columns: int, device: torch.device) -> Int[Tensor, "t 2"]:
    """Return (row, column) of a grid's cells, row by row, from 0."""
    return torch.cartesian_prod(torch.arange(rows, device=device), torch.arange(columns, device=device))


def rotation_of(places: Int[Tensor, "t 2"], head_dim: int) -> Rotation:
    """Return the rotation of tokens at `places`.

    The first half of a head's channels turns with the row, the second with the column; within each half of `c`
    channels, channel i is paired with channel i + c / 2.
    """
    quarter = head_dim // 4
    exponents = torch.arange(quarter, dtype=torch.float32, device=places.device) / quarter
    angles = places.float()[..., None] / ROPE_BASE**exponents
    angles = torch.cat([angles, angles], dim=-1).flatten(1)
    return angles.cos(), angles.sin()


def rotate(x: Float[Tensor, "n heads t c"], rotation: Rotation) -> Float[Tensor, "n heads t c"]:
    """Turn each channel pair of queries or keys by its token's angle."""
    cosine, sine = rotation
    a, b, c, d = x.chunk(4, dim=-1)
    return x * cosine.to(x.dtype) + torch.cat([-b, a, -d, c], dim=-1) * sine.to(x.dtype)


def _attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Attend in every head (n heads t c) and put the heads side by side again."""
    return nn.functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)


class Mlp(nn.Module):
    """The feed-forward part of a block."""

    def __init__(self, width: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, outputs)

    def forward(self, x: Float[Tensor, "n t d"]) -> Float[Tensor, "n t d2"]:
        """Transform each token by itself."""
        return self.fc2(nn.functional.gelu(self.fc1(x)))


class Attention(nn.Module):
    """Self-attention whose queries and keys are rotated by their tokens' places."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Float[Tensor, "n t d"], rotation: Rotation) -> Float[Tensor, "n t d"]:
        """Mix the tokens of one image."""
        query, key, value = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return self.proj(_attend(rotate(query, rotation), rotate(key, rotation), value))


class CrossAttention(nn.Module):
    """Attention of one image's tokens to keys and values of others, rotated only where places are given."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.projq = nn.Linear(width, width)
        self.projk = nn.Linear(width, width)
        self.projv = nn.Linear(width, width)
        self.proj = nn.Linear(width, width)

    def forward(
        self,
        x: Float[Tensor, "n t d"],
        key: Float[Tensor, "n s d"],
        value: Float[Tensor, "n s d"],
        rotations: tuple[Rotation, Rotation] | None = None,
    ) -> Float[Tensor, "n t d"]:
        """Read from projected keys and values; `rotations` are those of the reader and of what is read."""
        query, key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (self.projq(x), key, value)
        )
        if rotations is not None:
            query, key = rotate(query, rotations[0]), rotate(key, rotations[1])
        return self.proj(_attend(query, key, value))


class Block(nn.Module):
    """A pre-norm transformer block of the encoder."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=EPSILON)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=EPSILON)
        self.mlp = Mlp(width, MLP_RATIO * width, width)

    def forward(self, x: Float[Tensor, "n t d"], rotation: Rotation) -> Float[Tensor, "n t d"]:
        """Attend, then transform each token; both are added to the input."""
        x = x + self.attn(self.norm1(x), rotation)
        return x + self.mlp(self.norm2(x))


class DecoderBlock(nn.Module):
    """A pre-norm block of a decoder: attention to the own image, then to others, then the feed-forward part."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=EPSILON)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=EPSILON)
        self.norm_y = nn.LayerNorm(width, eps=EPSILON)
        self.cross_attn = CrossAttention(width, heads)
        self.norm3 = nn.LayerNorm(width, eps=EPSILON)
        self.mlp = Mlp(width, MLP_RATIO * width, width)

    def keys_values(self, y: Float[Tensor, "n s d"]) -> tuple[Float[Tensor, "n s d"], Float[Tensor, "n s d"]]:
        """Project what other images' tokens offer to this block."""
        y = self.norm_y(y)
        return self.cross_attn.projk(y), self.cross_attn.projv(y)

    def forward(
        self,
        x: Float[Tensor, "n t d"],
        rotation: Rotation,
        key: Float[Tensor, "n s d"],
        value: Float[Tensor, "n s d"],
        other_rotation: Rotation | None = None,
    ) -> Float[Tensor, "n t d"]:
        """Mix one image's tokens with themselves and with `key` and `value` of others.

        Args:
            x: the image's tokens.
            rotation: of the image's own tokens.
            key: of the others, from `keys_values`.
            value: of the others, from `keys_values`.
            other_rotation: of the others' tokens; without it the reading knows no places.
        """
        x = x + self.attn(self.norm1(x), rotation)
        rotations = None if other_rotation is None else (rotation, other_rotation)
        x = x + self.cross_attn(self.norm2(x), key, value, rotations)
        return x + self.mlp(self.norm3(x))


class PatchEmbedding(nn.Module):
    """The linear map of a patch's pixels; its own module because the checkpoints call it `patch_embed.proj`."""

    def __init__(self, width: int, patch: int) -> None:
        super().__init__()
        self.patch = patch
        self.proj = nn.Conv2d(3, width, patch, stride=patch)

    def forward(self, images: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n gh gw d"]:
        """Return one vector per patch.

        Raises:
            DataError: a side is no multiple of the patch size.
        """
        height, width = images.shape[-2:]
        if height % self.patch or width % self.patch or not height or not width:
            raise DataError(f"image of {width}x{height} pixels: both sides must be multiples of the patch {self.patch}")
        return self.proj(images).permute(0, 2, 3, 1)


def encode_images(
    images: Float[Tensor, "n 3 h w"],
    embedding: PatchEmbedding,
    blocks: Iterable[nn.Module],
    norm: nn.Module,
    head_dim: int,
    layers: Collection[int] = (),
) -> Encoding:
    """Run an encoder over images in [-1, 1] and keep only the wanted layers beside the result."""
    patches = embedding(images)
    rows, columns = patches.shape[1:3]
    x, kept = patches.flatten(1, 2), {}
    rotation = rotation_of(places_of(rows, columns, x.device), head_dim)
    if -1 in layers:
        kept[-1] = x
    for number, block in enumerate(blocks):
        x = block(x, rotation)
        if number in layers:
            kept[number] = x
    return Encoding(grid=norm(x).unflatten(1, (rows, columns)), patch=embedding.patch, layers=kept)


def check_layers(layers: Collection[int], known: range, what: str) -> None:
    """Raise where a wanted layer does not exist.

    Raises:
        UsageError: a number outside of `known`.
    """
    wrong = sorted(number for number in layers if number not in known)
    if wrong:
        raise UsageError(f"{what} has layers {known[0]} to {known[-1]}; asked for {wrong[0]}")
