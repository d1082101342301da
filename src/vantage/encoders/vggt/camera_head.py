"""VGGT's camera head: the pose of every view, refined in four rounds (VGGT, section 3.3)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.vggt.blocks import EPSILON, Block, Mlp

POSE_NUMBERS = 9
"""Translation (3), quaternion (x, y, z, w), vertical and horizontal field of view in radians."""


class CameraHead(nn.Module):
    """From each view's camera token to its pose encoding.

    In each round the token is modulated by the last estimate (adaptive norm, Peebles and Xie 2023), all views' tokens
    pass a small transformer, and a correction is added to the estimate.
    """

    def __init__(self, *, width: int, depth: int, heads: int, iterations: int) -> None:
        super().__init__()
        self.iterations = iterations
        self.trunk = nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.token_norm = nn.LayerNorm(width, eps=EPSILON)
        self.trunk_norm = nn.LayerNorm(width, eps=EPSILON)
        self.empty_pose_tokens = nn.Parameter(torch.zeros(1, 1, POSE_NUMBERS))
        self.embed_pose = nn.Linear(POSE_NUMBERS, width)
        self.poseLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 3 * width))
        self.pose_branch = Mlp(width, width // 2, POSE_NUMBERS)

    def forward(self, tokens: Float[Tensor, "b s d"]) -> list[Float[Tensor, "b s 9"]]:
        """Return the pose encoding after each round; the last is the answer."""
        tokens = self.token_norm(tokens)
        # The adaptive norm has no weights of its own; DiT, from which it comes, uses 1e-6.
        plain = nn.functional.layer_norm(tokens, tokens.shape[-1:], eps=1e-6)
        known = self.empty_pose_tokens.expand(*tokens.shape[:2], -1)
        rounds: list[Tensor] = []
        for _ in range(self.iterations):
            shift, scale, gate = self.poseLN_modulation(self.embed_pose(known)).chunk(3, dim=-1)
            x = self.trunk(tokens + gate * (plain * (1 + scale) + shift))
            correction = self.pose_branch(self.trunk_norm(x))
            # The first round answers outright: its learned start is an input, not an estimate.
            estimate = known + correction if rounds else correction
            # Only what is given out is made non-negative: the rounds go on from the unbounded estimate.
            rounds.append(torch.cat([estimate[..., :7], estimate[..., 7:].relu()], dim=-1))
            known = estimate.detach()
        return rounds
