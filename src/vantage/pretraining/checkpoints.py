"""Training state on disk: model, optimiser and step in one safetensors file, never a pickle."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from vantage.errors import DataError
from vantage.storage import load_tensors, parse_json, save_tensors

KEPT = 2
"""Newest checkpoints that stay: one more than needed, should the newest be damaged by the disk."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingState:
    """Where a training stands, beside its tensors."""

    step: int
    """Steps done."""
    total_steps: int
    seconds: float
    """Wall time spent so far."""


Optimizers = Mapping[str, torch.optim.Optimizer]


def save_checkpoint(folder: Path, model: nn.Module, optimizers: Optimizers, state: TrainingState) -> Path:
    """Write `step_N.safetensors` whole or not at all, then drop all but the newest ones."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    for kind, optimizer in optimizers.items():
        for index, moments in optimizer.state_dict()["state"].items():
            tensors |= {f"{kind}.{index}.{name}": tensor for name, tensor in moments.items()}
    path = folder / f"step_{state.step:08d}.safetensors"
    save_tensors(path, tensors, {"state": json.dumps(dataclasses.asdict(state))})
    for old in sorted(folder.glob("step_*.safetensors"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def load_checkpoint(folder: Path, model: nn.Module, optimizers: Optimizers) -> TrainingState | None:
    """Load the newest checkpoint into model and optimisers; return where it stands, or None where there is none.

    Raises:
        DataError: the newest checkpoint is damaged or of another model.
    """
    files = sorted(folder.glob("step_*.safetensors"))
    if not files:
        return None
    path = files[-1]
    tensors, metadata = load_tensors(path)
    try:
        state = TrainingState(**parse_json(metadata["state"], where=f"{path}, metadata 'state'"))
        own = {name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")}
        model.load_state_dict(own, strict=True)
        for kind, optimizer in optimizers.items():
            moments: dict[int, dict[str, torch.Tensor]] = {}
            for name, value in tensors.items():
                if name.startswith(f"{kind}."):
                    _, index, part = name.split(".", 2)
                    moments.setdefault(int(index), {})[part] = value
            optimizer.load_state_dict({**optimizer.state_dict(), "state": moments})
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        detail = " ".join(str(error).split())[:300]
        raise DataError(f"{path}: does not fit this training ({detail}); delete it or use another --out") from error
    return state
