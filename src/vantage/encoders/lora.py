"""LoRA (Hu et al. 2022) on an encoder's attention, through the package `peft`."""

import dataclasses
import importlib.util
from typing import Any

import torch
from torch import nn

from vantage.encoders.adapters import attention_places, frozen_copy, with_adapter
from vantage.encoders.attention_blocks import projections
from vantage.encoders.base import Encoder
from vantage.encoders.tower import Adapter, TowerEncoder, as_tower_encoder
from vantage.errors import MissingError, UsageError

ADAPTER_NAME = "default"
"""What peft calls an adapter that is given no name."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LoraSettings:
    """The size and place of the added low-rank products."""

    rank: int = 8
    """Rank of each product (Hu et al. 2022, table 6: little is gained above)."""
    alpha: int = 8
    """The product is scaled by alpha / rank; equal to the rank, as peft has it, that is 1."""
    targets: tuple[str, ...] = ("q", "v")
    """Which projections, of q, k, v and out (Hu et al. 2022, section 7.1: q and v). Where a model has one layer for q,
    k and v together, naming any of them means that layer."""
    seed: int = 0
    """Of the random factor; the other one is zero."""

    def __post_init__(self) -> None:
        if self.rank < 1 or self.alpha < 1:
            raise UsageError(f"LoRA of rank {self.rank} and alpha {self.alpha}; expected at least 1 for both")
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"LoRA seed {self.seed}; expected 0 to 2^63 - 1")
        if not self.targets or not set(self.targets) <= {"q", "k", "v", "out"}:
            raise UsageError(f"LoRA targets {', '.join(self.targets) or 'none'}; expected some of q, k, v, out")


def add_lora(encoder: Encoder, settings: LoraSettings | None = None) -> TowerEncoder:
    """Return the encoder with low-rank products beside projections of its attention.

    Only the products train; one factor starts at zero, so at first the features equal the encoder's to the bit.

    Raises:
        MissingError: peft is not installed.
        UsageError: the encoder has no attention, or carries an adapter already.
    """
    if importlib.util.find_spec("peft") is None:
        raise MissingError("LoRA needs the package peft: pip install 'vantage[lora]'")
    from peft import LoraConfig, inject_adapter_in_model

    settings = settings or LoraSettings()
    adapted = frozen_copy(encoder)
    model: nn.Module = adapted.model
    paths = {module: path for path, module in model.named_modules()}
    targets: dict[str, str] = {}
    for number, place in enumerate(attention_places(adapted)):
        for role, inside in projections(place.module):
            if role in settings.targets or (role == "qkv" and set(settings.targets) & {"q", "k", "v"}):
                targets[f"{paths[place.module]}.{inside}"] = f"block.{number}.{role}"
    if not targets:
        raise UsageError(
            f"{encoder.card.name}: its attention has none of the projections {', '.join(settings.targets)}"
        )
    config = LoraConfig(r=settings.rank, lora_alpha=settings.alpha, lora_dropout=0.0, target_modules=list(targets))
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        inject_adapter_in_model(config, model)
    tensors: dict[str, nn.Parameter] = {}
    for path, name in targets.items():
        layer: Any = model.get_submodule(path)
        tensors[f"{name}.down"] = layer.lora_A[ADAPTER_NAME].weight
        tensors[f"{name}.up"] = layer.lora_B[ADAPTER_NAME].weight
    model.requires_grad_(False).eval()
    for tensor in tensors.values():
        tensor.requires_grad_(True)
    described = {**dataclasses.asdict(settings), "targets": list(settings.targets)}
    adapter = Adapter(kind="lora", settings=described, base=as_tower_encoder(encoder), tensors=tensors)
    return with_adapter(adapted, adapter)
