"""Finding the attention of a transformer by what it is made of, not by where it stands.

Model code renames its modules between releases (transformers did in 2026), so paths do not last. What lasts is the
structure: a stack of numbered blocks, each with one part that projects tokens to queries, keys and values.
"""

import dataclasses
from collections.abc import Iterator

from torch import nn

ROLES = {
    "q_proj": "q",
    "query": "q",
    "k_proj": "k",
    "key": "k",
    "v_proj": "v",
    "value": "v",
    "qkv": "qkv",
    "o_proj": "out",
    "out_proj": "out",
    "proj": "out",
    "dense": "out",
}
"""What the projections are called: in transformers before and after its renaming, timm, DINOv2, CroCo, VGGT, vantage.

CroCo's `projq`, `projk` and `projv` are left out on purpose: they belong to its cross-attention, which reads another
image's tokens.
"""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class AttentionPlace:
    """Where a block keeps its self-attention."""

    block: nn.Module
    name: str
    """The block's attribute."""

    @property
    def module(self) -> nn.Module:
        """The attention that stands there now."""
        return getattr(self.block, self.name)

    def replace(self, module: nn.Module) -> None:
        """Put another module in its place."""
        setattr(self.block, self.name, module)


def find_attention(root: nn.Module) -> list[AttentionPlace]:
    """Return the self-attention of every block of every stack in a model, in the model's own order.

    A block is a numbered child of a `ModuleList` or `Sequential`. Its attention is a child that holds projections to
    queries, keys and values, in one layer or in three, and no stack of its own. Pooling heads, which also attend but
    stand alone, are not found, nor is cross-attention.
    """
    places: list[AttentionPlace] = []
    for stack in root.modules():
        if isinstance(stack, nn.ModuleList | nn.Sequential):
            for block in stack:
                places.extend(_of_block(block))
    return places


def projections(attention: nn.Module) -> Iterator[tuple[str, str]]:
    """Yield (role, path inside the attention) of its projections: q, k, v or qkv, and out.

    The roles are the same whatever the model's code calls them, so that files can be named by them.
    """
    for path, module in attention.named_modules():
        role = ROLES.get(path.rsplit(".", 1)[-1])
        # A projection is a layer; what wraps one (an attention that is itself called `attention.query`) is not.
        if role is not None and hasattr(module, "in_features"):
            yield role, path


def channels(attention: nn.Module) -> int:
    """Return the width of what an attention gives back."""
    return int(getattr(attention.get_submodule(dict(projections(attention))["out"]), "out_features"))  # noqa: B009


def lasting_name(attention: nn.Module, name: str) -> str:
    """Return a parameter's name with its projection's path replaced by the role: `attention.query.bias` is `q.bias`."""
    for role, path in projections(attention):
        if name.startswith(f"{path}."):
            return f"{role}{name[len(path) :]}"
    return name


def _of_block(block: nn.Module) -> list[AttentionPlace]:
    return [AttentionPlace(block=block, name=name) for name, child in block.named_children() if _attends(child)]


def _attends(module: nn.Module) -> bool:
    if any(isinstance(part, nn.ModuleList | nn.Sequential) for part in module.modules()):
        return False
    roles = {role for role, _ in projections(module)}
    return "out" in roles and ("qkv" in roles or {"q", "k", "v"} <= roles)
