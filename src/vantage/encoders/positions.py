"""Tables of position embeddings on grids they were not trained on: three rules in use, which differ in the result.

Where a grid is not the trained one, the makers' code, transformers and timm stretch DINOv2's table differently, and the
features differ with it (relative L2 3e-3 to 1e-2 at 224 pixels, exactly 0 at the trained 518). So the rule is chosen by
name and stands in the fingerprint:

- `official`: DINOv2's own code: bicubic, by the factor (cells + 0.1) / trained cells, whose rounding moves the samples;
  with registers, by size and antialiased.
- `hf`: transformers' own, by size: bicubic without antialiasing, antialiased for DINOv2 with registers.
- `timm`: `resample_abs_pos_embed`: bicubic and antialiased, by size.
"""

import math
import types
from typing import Any, Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.errors import UsageError

PositionRule = Literal["hf", "official", "timm"]
OFFSET = 0.1
"""facebookresearch/dinov2, `interpolate_offset` of its models without registers."""


def check_rule(rule: str, rules: tuple[PositionRule, ...], *, where: str) -> PositionRule:
    """Return the rule if the model knows it.

    Args:
        rule: as the user wrote it.
        rules: those of the model's family; empty where there is no table.
        where: the model's name, for the message.

    Raises:
        UsageError: there is no such rule, or not for this model.
    """
    for known in get_args(PositionRule):
        # `hf` is what transformers does anyway, so it fits models without a table too.
        if rule == known and (known in rules or known == "hf"):
            return known
    allowed = ", ".join(rules) or "hf only, for its positions are no table"
    raise UsageError(f"{where}: position embeddings by the rule {rule!r}; this model's rules are {allowed}")


def stretch(
    table: Float[Tensor, "n d"], rows: int, columns: int, rule: PositionRule, *, offset: float = 0.0
) -> Float[Tensor, "m d"]:
    """Return a square table of n positions on a grid of rows x columns = m cells, row by row.

    Args:
        table: the trained positions, row by row.
        rows: of the new grid.
        columns: of the new grid.
        rule: `official` with an `offset` stretches by a factor; else bicubic by size, antialiased.
        offset: added to the new grid's sides under `official`.
    """
    side = math.isqrt(len(table))
    if rows == columns == side:
        return table
    picture = table.float().view(1, side, side, -1).permute(0, 3, 1, 2)
    if rule == "official" and offset:
        factors = ((rows + offset) / side, (columns + offset) / side)
        picture = nn.functional.interpolate(picture, scale_factor=factors, mode="bicubic")
    else:
        picture = nn.functional.interpolate(picture, size=(rows, columns), mode="bicubic", antialias=True)
    return picture[0].flatten(1).T.to(table.dtype)


def use_rule(embeddings: Any, rule: PositionRule, *, patch: int, offset: float = 0.0) -> None:
    """Make a transformers module of embeddings stretch its table by a rule; `hf` leaves it alone.

    Args:
        embeddings: has `position_embeddings` (1, 1 + n, d) or `position_embedding` (an `nn.Embedding`).
        rule: the rule.
        patch: patch size in pixels.
        offset: see `stretch`.
    """
    if rule == "hf":
        return

    def interpolate(module: Any, tokens: Tensor, height: int, width: int) -> Tensor:
        table = module.position_embeddings[0] if hasattr(module, "position_embeddings") else _weight(module)
        # A table of n * n + 1 entries begins with the class token's.
        first = len(table) - math.isqrt(len(table)) ** 2
        cells = stretch(table[first:], height // patch, width // patch, rule, offset=offset)
        return torch.cat([table[:first], cells])[None]

    embeddings.interpolate_pos_encoding = types.MethodType(interpolate, embeddings)


def _weight(module: Any) -> Tensor:
    return module.position_embedding.weight
