"""What every encoder that is a transformer can do beside `encode`: layers, attention maps, adapters.

Such an encoder names the parts of its image tower; the rest is the same for all of them and stands here. Layers are
read by hooks while `encode` runs, so only those that are asked for stay in memory.
"""

import abc
import copy
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.attention_blocks import find_attention
from vantage.encoders.attention_maps import record_attention
from vantage.encoders.base import Encoder, EncoderCard, Features, LayerTokens
from vantage.encoders.dual_attention import DualAttention
from vantage.encoders.tower_parts import Tower, tensor_hash
from vantage.errors import UsageError
from vantage.storage import content_hash

Channel = Literal["base", "plus"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Adapter:
    """What was added to an encoder, and what it was added to."""

    kind: Literal["dual-channel", "lora"]
    settings: Mapping[str, Any]
    """What is needed to add it again, apart from its tensors."""
    base: "TowerEncoder"
    """The encoder without it; its weights are shared, not copied."""
    tensors: Mapping[str, nn.Parameter]
    """All that was added, under names that do not depend on the model's code."""

    @property
    def trainable(self) -> bool:
        """Whether its tensors may still change."""
        return any(tensor.requires_grad for tensor in self.tensors.values())

    @property
    def parameters(self) -> int:
        """How many parameters were added."""
        return sum(tensor.numel() for tensor in self.tensors.values())

    @property
    def share(self) -> float:
        """Added parameters over those of the image tower."""
        return self.parameters / self.base.tower.parameters

    @property
    def parts(self) -> tuple[str, str, str]:
        """What the features of the adapted encoder depend on beside the encoder itself."""
        return self.kind, repr(sorted(self.settings.items())), self.digest()

    def digest(self) -> str:
        """Return a hash of the added tensors."""
        named = sorted(self.tensors.items())
        return content_hash(*(part for name, tensor in named for part in (name, tensor_hash(tensor))))


class TowerEncoder(abc.ABC):
    """An encoder that is a transformer over patches."""

    card: EncoderCard
    model: Any
    adapter: Adapter | None = None
    """What was added to the released weights, if anything."""
    _fingerprint: str | None = None

    @property
    @abc.abstractmethod
    def tower(self) -> Tower:
        """The image tower's parts."""

    @abc.abstractmethod
    def encode_for_training(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Do `encode` with gradients wherever parameters ask for them."""

    @abc.abstractmethod
    def _hash(self) -> str:
        """Return a hash of weights and preprocessing."""

    @property
    def fingerprint(self) -> str:
        """A hash of weights and preprocessing, computed when first asked for, and each time while it can change."""
        added = self.adapter
        if self._fingerprint is None or (added is not None and added.trainable):
            self._fingerprint = self._hash() if added is None else content_hash(added.base.fingerprint, *added.parts)
        return self._fingerprint

    @torch.no_grad()
    def encode(self, images: Float[Tensor, "n 3 h w"]) -> Features:
        """Encode RGB images in [0, 1] of any size of at least one patch.

        Raises:
            DataError: an image is smaller than one patch.
        """
        return self.encode_for_training(images)

    def forward_intermediates(
        self, images: Float[Tensor, "n 3 h w"], indices: Sequence[int], *, norm: bool = False
    ) -> list[LayerTokens]:
        """Return the tokens of the wanted layers, one entry per index, and keep no others in memory.

        Args:
            images: as in `encode`.
            indices: layers, counted from 0, or from the end if negative.
            norm: whether to pass the tokens through the model's final norm.

        Raises:
            UsageError: a layer does not exist, or none is named.
            DataError: an image is smaller than one patch.
        """
        return self.encode_with_layers(images, indices, norm=norm)[1]

    @torch.no_grad()
    def encode_with_layers(
        self, images: Float[Tensor, "n 3 h w"], indices: Sequence[int], *, norm: bool = False
    ) -> tuple[Features, list[LayerTokens]]:
        """Return what `encode` and `forward_intermediates` return, of one run of the model.

        Raises:
            UsageError: a layer does not exist, or none is named.
            DataError: an image is smaller than one patch.
        """
        return self._with_layers(self.encode, images, indices, norm=norm)

    def _with_layers(
        self, encode: Callable[[Tensor], Features], images: Tensor, indices: Sequence[int], *, norm: bool
    ) -> tuple[Features, list[LayerTokens]]:
        """Run `encode` and return its features with the tokens of the wanted layers, one entry per index."""
        tower = self.tower
        wanted = tower.resolve(indices)
        seen: dict[nn.Module, Tensor] = {}

        def keep(block: nn.Module, _: Any, output: Any) -> None:
            # Some blocks wrap their tokens in a tuple with what else they know.
            seen[block] = output[0] if isinstance(output, tuple) else output

        blocks = {block for index in wanted for block in tower.layers[index]}
        hooks = [block.register_forward_hook(keep) for block in blocks]
        try:
            features = encode(images)
        finally:
            for hook in hooks:
                hook.remove()
        rows, columns = features.grid.shape[1:3]
        found: dict[int, LayerTokens] = {}
        for index in set(wanted):
            outputs = [seen[block] for block in tower.layers[index]]
            found[index] = tower.layer_tokens(index, outputs, rows, columns, norm=norm)
        return features, [found[index] for index in wanted]

    @torch.no_grad()
    def attention_maps(
        self, images: Float[Tensor, "n 3 h w"], layers: Sequence[int], *, channel: Channel = "base"
    ) -> Float[Tensor, "n layers heads t t"]:
        """Return how much each token (row) looks at each other (column) in the wanted layers; rows sum to 1.

        The maps are computed in float32 from the queries and keys that the model itself attends with; tokens are the
        prefix, then the patches, row by row.

        Args:
            images: as in `encode`.
            layers: counted from 0, or from the end if negative.
            channel: of an encoder with dual-channel attention, the pretrained attention or the added one.

        Raises:
            UsageError: a layer does not exist, or the encoder has no such channel.
            DataError: an image is smaller than one patch.
        """
        tower = self.tower
        wanted = tower.resolve(layers)
        modules = {index: [_attention_of(block, channel) for block in tower.layers[index]] for index in set(wanted)}
        with record_attention([module for group in modules.values() for module in group]) as maps:
            self.encode(images)
        # Where a layer is several blocks, their heads stand behind each other, as their tokens' channels do.
        return torch.stack([torch.cat([maps[module] for module in modules[index]], dim=1) for index in wanted], dim=1)

    def with_model(self, model: nn.Module, card: EncoderCard) -> "TowerEncoder":
        """Return an encoder that is this one but for its model, which is of the same architecture, and its card."""
        other = copy.copy(self)
        other.model, other.card, other._fingerprint, other.adapter = model, card, None, None
        return other


def as_tower_encoder(encoder: Encoder) -> TowerEncoder:
    """Return the encoder itself if it has layers.

    Raises:
        UsageError: it has none, as the references that learn nothing.
    """
    if not isinstance(encoder, TowerEncoder):
        raise UsageError(f"{encoder.card.name} is no transformer: it has no layers, no attention and takes no adapter")
    return encoder


def _attention_of(block: nn.Module, channel: Channel) -> nn.Module:
    """Return the module in which a block attends.

    Raises:
        UsageError: there is no added channel, or no attention.
    """
    # A list, because that is what a stack is to the finder.
    places = find_attention(nn.ModuleList([block]))
    if len(places) != 1:
        raise UsageError(f"a layer of {type(block).__name__} has {len(places)} attentions; maps need one in each")
    place = places[0]
    if isinstance(place.module, DualAttention):
        return place.module.base if channel == "base" else place.module.plus
    if channel == "plus":
        raise UsageError("channel 'plus' was asked for, but the encoder has no dual-channel attention")
    return place.module
