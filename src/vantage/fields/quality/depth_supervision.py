"""Depth supervision: where a view's depth is known, the rendered depth is drawn towards it."""

import dataclasses
from typing import Literal

from jaxtyping import Bool, Float
from torch import Tensor


@dataclasses.dataclass(frozen=True, kw_only=True)
class DepthSettings:
    """How strongly, and in what measure."""

    measure: Literal["inverse", "depth"] = "inverse"
    """Of 1/depth, in which near things count more (Kerbl et al.'s code, gsplat), or of depth itself."""
    weight: float = 1.0
    """Weight at the start (the reference's `depth_l1_weight_init`)."""
    weight_end: float = 0.01
    """Weight at the end, reached exponentially (the reference's `depth_l1_weight_final`)."""


def depth_weight(settings: DepthSettings, progress: float) -> float:
    """Return the weight when a share `progress` in [0, 1] of the training is over."""
    return settings.weight * (settings.weight_end / settings.weight) ** progress


def depth_loss(
    rendered: Float[Tensor, "h w"],
    known: Float[Tensor, "h w"],
    *,
    scene_scale: float,
    settings: DepthSettings,
    mask: Bool[Tensor, "h w"] | None = None,
) -> Float[Tensor, ""]:
    """Return the mean absolute difference where both depths are known (above 0), as a share of the scene's scale.

    Zero where there is no such pixel. Depths in metres; the result has no unit, so that it weighs the same in a scene
    of another size.
    """
    both = (known > 0) & (rendered > 0)
    if mask is not None:
        both &= mask
    if not bool(both.any()):
        return rendered.new_zeros(())
    a, b = rendered[both], known[both]
    if settings.measure == "inverse":
        return scene_scale * (1 / a - 1 / b).abs().mean()
    return (a - b).abs().mean() / scene_scale
