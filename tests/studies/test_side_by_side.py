"""Distilling groups side by side gives, tensor for tensor, what distilling each alone gives."""

import pytest
import torch

from vantage.captures import Capture
from vantage.encoders import Features
from vantage.errors import UsageError
from vantage.fields import Distiller, DistillSettings
from vantage.studies.side_by_side import distill_side_by_side


@pytest.mark.parametrize("field", ["gaussians", pytest.param("nerf", marks=pytest.mark.slow)])
def test_side_by_side_is_as_alone(field: str, cube_capture: Capture, cube_features: list[Features]):
    settings = DistillSettings(
        field="nerf" if field == "nerf" else "gaussians", steps=4, start_gaussians=300, semantic_points=128, seed=5
    )
    groups = {
        "one": {"smooth": cube_features},
        "two": {"smooth": cube_features, "again": cube_features},
    }
    steps = []
    together = distill_side_by_side(cube_capture, groups, settings, after_step=lambda: steps.append(1))
    assert len(steps) == 4
    for name, targets in groups.items():
        alone = Distiller(cube_capture, targets, settings)
        alone.train(after_step=lambda losses: None)
        scene = alone.scene()
        for key, tensor in scene.field.tensors().items():
            assert torch.equal(tensor, together[name].field.tensors()[key]), (name, key)
        for key, tensor in scene.semantics.state_dict().items():
            assert torch.equal(tensor, together[name].semantics.state_dict()[key]), (name, key)
    assert together["two"].semantics.encoder_names == ("smooth", "again")


def test_nothing_to_distill_is_refused(cube_capture: Capture):
    with pytest.raises(UsageError, match="a group"):
        distill_side_by_side(cube_capture, {}, DistillSettings(), after_step=lambda: None)
