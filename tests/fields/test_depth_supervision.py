"""Depth supervision: the loss against arithmetic, and that it moves a wrong surface to where depth says it is."""

import dataclasses

import numpy as np
import pytest
import torch

from vantage.captures import Capture, PointCloud, View, ViewSource
from vantage.fields import DensificationSettings, Distiller, DistillSettings
from vantage.fields.quality import DepthSettings, QualitySettings
from vantage.fields.quality.depth_supervision import depth_loss, depth_weight


def test_loss_by_hand():
    rendered = torch.tensor([[1.0, 2.0, 0.0, 4.0]])
    known = torch.tensor([[2.0, 0.0, 3.0, 5.0]])
    inverse = depth_loss(rendered, known, scene_scale=3.0, settings=DepthSettings())
    assert float(inverse) == pytest.approx(3.0 * (0.5 + 0.05) / 2)
    plain = depth_loss(rendered, known, scene_scale=2.0, settings=DepthSettings(measure="depth"))
    assert float(plain) == pytest.approx((1 + 1) / 2 / 2.0)
    mask = torch.tensor([[True, True, True, False]])
    masked = depth_loss(rendered, known, scene_scale=1.0, settings=DepthSettings(), mask=mask)
    assert float(masked) == pytest.approx(0.5)
    assert float(depth_loss(rendered, torch.zeros(1, 4), scene_scale=1.0, settings=DepthSettings())) == 0


@pytest.mark.parametrize("measure", ["inverse", "depth"])
def test_loss_does_not_depend_on_the_unit(measure):
    g = torch.Generator().manual_seed(0)
    rendered, known = torch.rand(4, 5, generator=g) + 1, torch.rand(4, 5, generator=g) + 1
    settings = DepthSettings(measure=measure)
    metres = depth_loss(rendered, known, scene_scale=2.0, settings=settings)
    feet = depth_loss(rendered * 3.28, known * 3.28, scene_scale=2.0 * 3.28, settings=settings)
    assert float(metres) == pytest.approx(float(feet), rel=1e-5)


def test_weight_decays_exponentially():
    settings = DepthSettings(weight=2.0, weight_end=0.02)
    assert [depth_weight(settings, p) for p in (0.0, 0.5, 1.0)] == pytest.approx([2.0, 0.2, 0.02])


def _plain_wall() -> Capture:
    """A grey wall 2 m ahead: colour says nothing of depth, and the start points stand 20% too near."""
    from vantage.geometry import Camera

    camera = Camera.from_fov(fov_x=1.0, width=32, height=24)
    image = np.full((24, 32, 3), 0.5, np.float32)
    depth = np.full((24, 32), 2.0, np.float32)
    sources = []
    for index in range(4):
        pose = np.eye(4)
        pose[0, 3] = 0.05 * index
        view = View(name=str(index), image=image, camera=camera, world_from_camera=pose, depth=depth)
        sources.append(ViewSource(name=str(index), camera=camera, world_from_camera=pose, read=lambda v=view: v))
    grid = np.stack(np.meshgrid(np.linspace(-1.2, 1.4, 30), np.linspace(-0.9, 0.9, 20)), axis=-1).reshape(-1, 2)
    points = np.concatenate([grid, np.full((len(grid), 1), 1.6)], axis=1).astype(np.float32)
    cloud = PointCloud(points=points, colors=np.full((len(points), 3), 128, np.uint8))
    return Capture(name="wall", sources=tuple(sources), points=cloud)


def test_known_depth_moves_a_wall_that_colour_cannot():
    capture = _plain_wall()
    errors = {}
    for name, depth in (("off", None), ("on", DepthSettings(weight_end=1.0))):
        settings = DistillSettings(
            steps=120, sh_degree=0, rate_means=0.4, densification=DensificationSettings(start=10**6),
            quality=QualitySettings(depth=depth),
        )  # fmt: skip
        distiller = Distiller(capture, {}, settings)
        while distiller.step < settings.steps:
            distiller.train_step()
        rendering = distiller.scene().render(capture.sources[1].camera, capture.sources[1].world_from_camera)
        errors[name] = float((rendering.depth - 2.0).abs().mean())
    assert errors["off"] > 0.3
    assert errors["on"] < 0.1


def test_views_without_depth_are_left_alone(cube_capture: Capture):
    bare = [dataclasses.replace(view, depth=None) for view in cube_capture]
    sources = tuple(dataclasses.replace(s, read=lambda v=v: v) for s, v in zip(cube_capture.sources, bare))
    rng = np.random.default_rng(0)
    cloud = PointCloud(points=rng.uniform(-1, 1, (200, 3)).astype(np.float32), colors=np.full((200, 3), 128, np.uint8))
    capture = dataclasses.replace(cube_capture, sources=sources, points=cloud)
    losses = []
    for depth in (None, DepthSettings()):
        distiller = Distiller(capture, {}, DistillSettings(steps=5, quality=QualitySettings(depth=depth)))
        losses.append([distiller.train_step()["loss"] for _ in range(5)])
    assert losses[0] == losses[1]
