"""The transformer block that every part of VGGT is built of, and the rotary positions of its aggregator.

Module names equal the released checkpoint's keys. Sources: Wang et al. 2025 (VGGT), section 3.2; Touvron et al. 2021
(LayerScale); Henry et al. 2020 (norm of queries and keys); Su et al. 2021 (rotary positions).
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

ROPE_BASE = 100.0
"""Longest over shortest rotary wavelength; the released model's `rope_freq`."""

EPSILON = 1e-5
"""Of every norm outside the patch embedding, PyTorch's own default (the patch embedding uses DINOv2's 1e-6)."""

Rotation = tuple[Float[Tensor, "n 1 t c"], Float[Tensor, "n 1 t c"]]
"""Cosine and sine for each token and each channel of a head."""


def rotation_of(places: Int[Tensor, "n t 2"], head_dim: int) -> Rotation:
    """Return the rotation of tokens at (row, column) `places`.

    The first half of a head's channels turns with the row and the second half with the column; within each half,
    channel i is paired with channel i + quarter. A token at (0, 0) is not turned.
    """
    quarter = head_dim // 4
    exponents = torch.arange(quarter, dtype=torch.float32, device=places.device) / quarter
    angles = places.float()[..., None] / ROPE_BASE**exponents
    angles = torch.cat([angles, angles], dim=-1).flatten(2)[:, None]
    return angles.cos(), angles.sin()


def rotate(x: Float[Tensor, "n heads t c"], rotation: Rotation) -> Float[Tensor, "n heads t c"]:
    """Turn each channel pair of queries or keys by its token's angle."""
    cosine, sine = rotation
    a, b, c, d = x.chunk(4, dim=-1)
    return x * cosine.to(x.dtype) + torch.cat([-b, a, -d, c], dim=-1) * sine.to(x.dtype)


class LayerScale(nn.Module):
    """A learned factor per channel on a branch's output."""

    def __init__(self, width: int) -> None:
        super().__init__()
        # 0.01 is the released model's `init_values`.
        self.gamma = nn.Parameter(torch.full((width,), 0.01))

    def forward(self, x: Float[Tensor, "n t d"]) -> Float[Tensor, "n t d"]:
        """Scale the channels."""
        return x * self.gamma


class Attention(nn.Module):
    """Multi-head self-attention, with normed queries and keys where `qk_norm` is set."""

    def __init__(self, width: int, heads: int, *, qk_norm: bool) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.q_norm = nn.LayerNorm(width // heads, eps=EPSILON) if qk_norm else nn.Identity()
        self.k_norm = nn.LayerNorm(width // heads, eps=EPSILON) if qk_norm else nn.Identity()
        self.proj = nn.Linear(width, width)

    def forward(self, x: Float[Tensor, "n t d"], rotation: Rotation | None = None) -> Float[Tensor, "n t d"]:
        """Mix the tokens; norms come before the rotation."""
        batch, count, width = x.shape
        qkv = self.qkv(x).view(batch, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = self.q_norm(qkv[0]), self.k_norm(qkv[1]), qkv[2]
        if rotation is not None:
            query, key = rotate(query, rotation), rotate(key, rotation)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value)
        return self.proj(mixed.transpose(1, 2).reshape(batch, count, width))


class Mlp(nn.Module):
    """Two linear layers around an exact GELU."""

    def __init__(self, width: int, hidden: int, out: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, out)

    def forward(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d2"]:
        """Transform each token."""
        return self.fc2(nn.functional.gelu(self.fc1(x)))


class Block(nn.Module):
    """A pre-norm transformer block whose two branches are scaled per channel before they are added."""

    def __init__(
        self, width: int, heads: int, *, qk_norm: bool = False, epsilon: float = EPSILON, mlp_ratio: int = 4
    ) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=epsilon)
        self.attn = Attention(width, heads, qk_norm=qk_norm)
        self.ls1 = LayerScale(width)
        self.norm2 = nn.LayerNorm(width, eps=epsilon)
        self.mlp = Mlp(width, mlp_ratio * width, width)
        self.ls2 = LayerScale(width)

    def forward(self, x: Float[Tensor, "n t d"], rotation: Rotation | None = None) -> Float[Tensor, "n t d"]:
        """Attend, then transform each token."""
        x = x + self.ls1(self.attn(self.norm1(x), rotation))
        return x + self.ls2(self.mlp(self.norm2(x)))
