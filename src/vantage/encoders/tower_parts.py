"""The parts of an image tower: its layers, its final norm, and what its layers' tokens mean."""

import dataclasses
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vantage.encoders.attention_blocks import find_attention
from vantage.encoders.base import LayerTokens
from vantage.errors import UsageError
from vantage.storage import content_hash


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Tower:
    """The parts of a model that make its patch features."""

    root: nn.Module
    """Holds all weights that the features depend on; adapters go to the attention inside it."""
    layers: tuple[tuple[nn.Module, ...], ...]
    """For each layer the block, or the blocks whose outputs stand side by side on its channels."""
    norm: nn.Module
    """The final norm; the identity where a model has none."""
    prefix: int
    """Tokens before the patches: class or camera token, registers."""

    def resolve(self, layers: Sequence[int]) -> list[int]:
        """Return layer numbers counted from 0.

        Raises:
            UsageError: a layer does not exist, or none is named.
        """
        depth = len(self.layers)
        if not depth:
            raise UsageError("the encoder has no transformer blocks, so no layers to read")
        if not layers or any(not -depth <= layer < depth for layer in layers):
            raise UsageError(f"layers {list(layers)}; expected at least one, each from {-depth} to {depth - 1}")
        return [layer % depth for layer in layers]

    def layer_tokens(
        self, index: int, outputs: Sequence[Tensor], rows: int, columns: int, *, norm: bool
    ) -> LayerTokens:
        """Arrange what a layer's blocks have computed.

        Args:
            index: the layer.
            outputs: of its blocks: tokens (n t d), or pictures (n d h w) of a convolutional stage. Behind the first one
                blocks may hold the tokens of several images one after the other (b, n / b * t, d).
            rows: of the encoder's grid.
            columns: of the encoder's grid.
            norm: whether to apply the final norm.

        Raises:
            UsageError: the final norm is of another width than this layer.
        """
        prefix = self.prefix
        if outputs[0].dim() == 4:
            prefix, (rows, columns) = 0, outputs[0].shape[-2:]
            outputs = [output.flatten(2).mT for output in outputs]
        tokens = torch.cat([output.reshape(len(outputs[0]), -1, output.shape[-1]) for output in outputs], dim=-1)
        if norm:
            shape = getattr(self.norm, "normalized_shape", tokens.shape[-1:])
            if tuple(shape) != tokens.shape[-1:]:
                raise UsageError(f"layer {index} is {tokens.shape[-1]} wide, the final norm {shape[0]}: leave it out")
            tokens = self.norm(tokens)
        grid = tokens[:, prefix : prefix + rows * columns].unflatten(1, (rows, columns))
        return LayerTokens(layer=index, grid=grid, prefix=tokens[:, :prefix])

    @property
    def parameters(self) -> int:
        """How many parameters the tower has."""
        return sum(parameter.numel() for parameter in self.root.parameters())

    def digest(self) -> str:
        """Return a hash of the weights alone, whatever their modules are called and images are resized to."""
        return content_hash(*sorted(tensor_hash(parameter) for parameter in self.root.parameters()))


def stacked_layers(root: nn.Module) -> tuple[tuple[nn.Module, ...], ...]:
    """Return the layers of a tower that is one stack: its blocks with attention."""
    return tuple((place.block,) for place in find_attention(root))


def tensor_hash(tensor: Tensor) -> str:
    """Return a hash of a tensor's shape, type and values."""
    plain = tensor.detach().cpu().contiguous()
    return content_hash(repr((tuple(plain.shape), plain.dtype)), plain.flatten().view(torch.uint8).numpy().tobytes())
