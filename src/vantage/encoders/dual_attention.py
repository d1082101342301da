"""Dual-channel attention: the pretrained attention and a trainable copy of it, mixed per channel.

SpatialBoost, section 3.1 and equation 1 (after CogVideo, Hong et al. 2023): with x the tokens that enter,

    out = alpha * Attn(x) + (1 - alpha) * Attn+(x),    alpha = sigmoid(a),

where Attn+ starts as an exact copy of Attn and `a`, one number per channel of each layer, starts at zero. The two are
mixed behind their own output projections.
"""

import copy
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.attention_blocks import channels


class DualAttention(nn.Module):
    """A frozen attention beside its trainable copy; takes and returns whatever the attention takes and returns.

    While the copy equals the original, the output equals the original's to the bit, whatever `a` is. Then `a` itself
    gets no gradient (its derivative is the difference of the two), so it starts to move after the copy has moved.
    """

    def __init__(self, base: nn.Module) -> None:
        super().__init__()
        like = next(base.parameters())
        self.base = base.requires_grad_(False)
        # `deepcopy` gives the copy parameters of its own, bit by bit those of the original.
        self.plus = copy.deepcopy(base).requires_grad_(True)
        self.a = nn.Parameter(torch.zeros(channels(base), dtype=like.dtype, device=like.device))

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Attend in both channels and mix; of a tuple, only the first element (the tokens) is mixed."""
        old, new = self.base(*inputs, **options), self.plus(*inputs, **options)
        if isinstance(old, tuple):
            return (self.mix(old[0], new[0]), *old[1:])
        return self.mix(old, new)

    def mix(self, old: Float[Tensor, "*n d"], new: Float[Tensor, "*n d"]) -> Float[Tensor, "*n d"]:
        """Return alpha * old + (1 - alpha) * new, written so that equal inputs come out untouched for every alpha."""
        return new + torch.sigmoid(self.a) * (old - new)
