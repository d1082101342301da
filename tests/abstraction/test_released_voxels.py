"""The `released` protocol against tensors of the released code."""

import json
from pathlib import Path

import pytest
import torch

from vantage.abstraction.frame import Bounds
from vantage.abstraction.volume import sample, scatter, voxels_of
from vantage.storage import load_tensors

GOLDEN = Path(__file__).parents[3] / "shared" / "golden"


@pytest.fixture(scope="module")
def golden() -> tuple[dict[str, torch.Tensor], Bounds, tuple[int, int, int]]:
    if not (GOLDEN / "semabs_voxels.json").is_file():
        pytest.skip("the golden tensors semabs_voxels are not here")
    net = json.loads((GOLDEN / "semabs_voxels.json").read_text())["config"]["net"]
    low, high = net["scene_bounds"]
    tensors, _ = load_tensors(GOLDEN / "semabs_voxels.io.safetensors")
    return tensors, Bounds(low=tuple(low), high=tuple(high)), tuple(net["voxel_shape"])


def test_indices_scatter_and_sampling_are_those_of_the_released_code(golden) -> None:
    tensors, bounds, shape = golden
    inputs = {name.removeprefix("pieces/in/"): t for name, t in tensors.items() if name.startswith("pieces/in/")}
    outputs = {name.removeprefix("pieces/out/"): t for name, t in tensors.items() if name.startswith("pieces/out/")}
    features = inputs["features"]
    features = features.mT if features.shape[-1] != inputs["xyz"].shape[1] else features
    voxels, counts = voxels_of(inputs["xyz"], bounds, shape, "released")
    assert torch.equal(voxels, outputs["flat_index"].long())
    mean = scatter(voxels, counts, features, shape, "released")
    torch.testing.assert_close(mean, outputs["scatter_mean"], atol=1e-5, rtol=1e-5)
    most = scatter(voxels, counts, features, shape, "paper")
    torch.testing.assert_close(most, outputs["scatter_max"], atol=0, rtol=0)
    read = sample(outputs["scatter_max"], inputs["queries"], bounds, "released")
    torch.testing.assert_close(read, outputs["sampled_from_scatter_max"], atol=1e-5, rtol=1e-5)
