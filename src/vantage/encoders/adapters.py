"""Adapting an encoder: a copy that shares the pretrained weights, frozen, and has something to train added.

The encoder that is given stays as it is; the adapted one costs only the memory of what was added.
"""

import copy
import dataclasses
from typing import Any

from torch import nn

from vantage.encoders.attention_blocks import AttentionPlace, channels, find_attention, lasting_name
from vantage.encoders.base import Encoder
from vantage.encoders.dual_attention import DualAttention
from vantage.encoders.tower import Adapter, TowerEncoder, as_tower_encoder
from vantage.errors import UsageError


def add_dual_channels(encoder: Encoder) -> TowerEncoder:
    """Return the encoder with dual-channel attention (see `dual_attention`) in every block of its image tower.

    Only the added copies and mixing factors train; at first the features equal the encoder's to the bit. The paper
    (SpatialBoost, A.2) reports 25% more parameters for DINOv2 and DINOv3 and 30% for OpenCLIP and SigLIP 2. A plain
    ViT block has 4 d^2 weights of attention and 8 d^2 of feed-forward part, so a copy of the attention adds about one
    third: 33.1% for DINOv2-L by count. `Adapter.share` is the count for the encoder at hand, and `dual_share` tells it
    beforehand.

    Raises:
        UsageError: the encoder has no attention, or carries an adapter already.
    """
    adapted = frozen_copy(encoder)
    base = as_tower_encoder(encoder)
    tensors: dict[str, nn.Parameter] = {}
    for number, place in enumerate(attention_places(adapted)):
        dual = DualAttention(place.module).eval()
        place.replace(dual)
        tensors[f"block.{number}.a"] = dual.a
        for name, tensor in dual.plus.named_parameters():
            tensors[f"block.{number}.plus.{lasting_name(dual.plus, name)}"] = tensor
    return with_adapter(adapted, Adapter(kind="dual-channel", settings={}, base=base, tensors=tensors))


def dual_share(root: nn.Module) -> float:
    """Return how many parameters dual-channel attention would add to a model, over those that it has.

    Raises:
        UsageError: it has no attention.
    """
    places = find_attention(root)
    if not places:
        raise UsageError(f"{type(root).__name__} has no attention in its blocks, so nothing to adapt")
    attention = sum(parameter.numel() for place in places for parameter in place.module.parameters())
    mixing = sum(channels(place.module) for place in places)
    return (attention + mixing) / sum(parameter.numel() for parameter in root.parameters())


def frozen_copy(encoder: Encoder) -> TowerEncoder:
    """Return an encoder with modules of its own, but the same weights, which ask for no gradient.

    Raises:
        UsageError: the encoder is no transformer, or carries an adapter already.
    """
    base = as_tower_encoder(encoder)
    if base.adapter is not None:
        raise UsageError(f"{base.card.name} carries an adapter ({base.adapter.kind}) already; adapt the plain encoder")
    model: nn.Module = base.model
    # To `deepcopy`, what stands in its memo is copied already: so the tensors are shared, and only modules are made.
    memo: dict[int, Any] = {id(one): nn.Parameter(one.detach(), requires_grad=False) for one in model.parameters()}
    memo |= {id(one): one for one in model.buffers()}
    return base.with_model(copy.deepcopy(model, memo).eval(), base.card)


def attention_places(encoder: TowerEncoder) -> list[AttentionPlace]:
    """Return the attention of an encoder's image tower.

    Raises:
        UsageError: there is none.
    """
    places = find_attention(encoder.tower.root)
    if not places:
        raise UsageError(f"{encoder.card.name} has no attention in its blocks, so nothing to adapt")
    return places


def with_adapter(encoder: TowerEncoder, adapter: Adapter, *, label: str | None = None) -> TowerEncoder:
    """Return the encoder under a name that shows its adapter (its kind, or `label`)."""
    plain = adapter.base.card
    name = f"{plain.name}+{label or adapter.kind}"
    card = dataclasses.replace(plain, name=name, parameters=plain.parameters + adapter.parameters)
    named = encoder.with_model(encoder.model, card)
    named.adapter = adapter
    return named
