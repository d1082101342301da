"""What the parity tests of DUSt3R, MASt3R and MUSt3R share."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

GOLDEN = Path(__file__).parents[3] / "shared" / "golden"
TOLERANCE = 1e-5
"""Relative L2 in float32; the noise floor of the golden tensors is about 1e-6."""


class Golden:
    """One golden file: weights, and inputs and outputs of its cases. Collects the errors of what was compared."""

    def __init__(self, name: str) -> None:
        self.path = GOLDEN / f"{name}.weights.safetensors"
        if not self.path.is_file():
            pytest.skip(f"no golden tensors at {self.path}")
        self.io = load_file(GOLDEN / f"{name}.io.safetensors")
        self.config = json.loads((GOLDEN / f"{name}.json").read_text())["config"]
        self.errors: dict[str, float] = {}

    @property
    def cases(self) -> list[str]:
        return sorted({name.split("/")[0] for name in self.io})

    def outputs(self, case: str) -> set[str]:
        return {name for name in self.io if name.startswith(f"{case}/out/")}

    def compare(self, name: str, mine: Tensor) -> None:
        truth = self.io[name]
        assert mine.shape == truth.shape, f"{name}: {tuple(mine.shape)} against {tuple(truth.shape)}"
        if not truth.is_floating_point():
            assert torch.equal(mine, truth), name
            self.errors[name] = 0.0
        else:
            difference = (mine.double() - truth.double()).norm() / truth.double().norm()
            self.errors[name] = float(difference)

    def check(self, expected: set[str]) -> None:
        """Everything was compared, and all of it agrees."""
        assert set(self.errors) == expected
        worst = sorted(self.errors.items(), key=lambda item: -item[1])[:8]
        assert worst[0][1] <= TOLERANCE, worst


def check_released(name: str, model: nn.Module) -> None:
    """A released model's keys, shapes and parameter count equal those of a model built on the meta device."""
    file = GOLDEN / "released_keys.json"
    if not file.is_file():
        pytest.skip(f"no released keys at {file}")
    released = json.loads(file.read_text())[name]
    assert {key: list(value.shape) for key, value in model.state_dict().items()} == released["tensors"]
    assert sum(parameter.numel() for parameter in model.parameters()) == released["parameters"]
