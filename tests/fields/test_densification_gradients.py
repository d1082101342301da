"""Densification by absolute gradients: Gaussians that are pulled apart grow, which the net gradient leaves alone."""

import torch

from vantage.fields import GaussianField
from vantage.fields.densification import AbsgradSettings, Adam, DensificationSettings, Densifier
from vantage.geometry import Camera


def _pulled_apart() -> tuple[GaussianField, Camera, torch.Tensor]:
    """One wide Gaussian over a picture whose left and right halves want it brighter and darker, mirrored."""
    field = GaussianField(
        means=torch.tensor([[0.0, 0.0, 2.0]]), log_scales=torch.full((1, 3), -1.2),
        quats_wxyz=torch.tensor([[1.0, 0, 0, 0]]), opacity_logits=torch.zeros(1), sh0=torch.zeros(1, 1, 3),
        sh_rest=torch.zeros(1, 0, 3),
    )  # fmt: skip
    # White stripes at both sides of the middle: each pulls its way, and the pulls are equal.
    target = torch.zeros(24, 32, 3)
    target[:, 6:10] = 1
    target[:, 22:26] = 1
    return field, Camera.from_fov(fov_x=1.0, width=32, height=24), target


def test_equal_pulls_cancel_in_the_net_gradient_alone():
    field, camera, target = _pulled_apart()
    grown = {}
    for name, absgrad in (("net", None), ("absolute", AbsgradSettings(grow_gradient=2e-4))):
        densifier = Densifier(DensificationSettings(grow_gradient=2e-4), scene_scale=1.0, count=1, absgrad=absgrad)
        field.zero_grad()
        rendering, statistics = field.render_with_statistics(
            camera, torch.eye(4), absolute_gradient=densifier.absolute_gradient
        )
        (rendering.rgb - target).abs().mean().backward()
        densifier.observe(statistics, camera)
        grown[name] = float(densifier.gradient_sum[0])
    assert grown["net"] < 1e-5
    assert grown["absolute"] > 1e-2


def test_the_threshold_is_the_switchs_own():
    field, camera, target = _pulled_apart()
    for threshold, count in ((1e3, 1), (1e-3, 2)):
        settings = DensificationSettings(start=0, every=1, grow_gradient=0.0, grow_scale=1e-6)
        densifier = Densifier(settings, scene_scale=1.0, count=1, absgrad=AbsgradSettings(grow_gradient=threshold))
        adam = Adam(field, dict.fromkeys(GaussianField.PARAMETERS, 0.001))
        rendering, statistics = field.render_with_statistics(camera, torch.eye(4), absolute_gradient=True)
        (rendering.rgb - target).abs().mean().backward()
        densifier.observe(statistics, camera)
        densifier.refine(1, adam, torch.Generator().manual_seed(0))
        assert len(field) == count
