"""What all tests share: shape checks, calm threads, and a tiny scene with exact truth, the inside of a cube."""

import os
from pathlib import Path

# Before torch and numba come in: see `vantage.cli.main`.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # Several test processes share the cores; each is given one, and so is every command that it starts. Their compiled
    # kernels are kept apart: numba picks the file of a new signature before it writes it, so that two processes that
    # compile one kernel for two signatures at once may each read the other's.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["NUMBA_CACHE_DIR"] = str(Path(__file__).parent.parent / ".pytest_cache" / f"numba-{worker}")

import shape_checks

shape_checks.install()

import numpy as np
import pytest
import torch

from vantage.captures import Capture, View, ViewSource
from vantage.encoders import Features
from vantage.fields import DensificationSettings, Distiller, DistillSettings, HashGridSettings, SemanticSettings
from vantage.geometry import Camera, look_at

HALF = 1.0


def _trace(camera: Camera, world_from_camera: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return colour, z-depth and world points of the cube's inner walls."""
    rays = camera.rays() @ world_from_camera[:3, :3].T
    origin = world_from_camera[:3, 3]
    with np.errstate(divide="ignore"):
        exits = np.maximum((HALF - origin) / rays, (-HALF - origin) / rays)
    depth = exits.min(axis=-1)
    points = origin + rays * depth[..., None]
    waves = 0.5 + 0.3 * np.sin(4 * points + np.array([0.0, 1.0, 2.0])) * np.cos(3 * points[..., [1, 2, 0]])
    return waves.astype(np.float32), depth.astype(np.float32), points


def _view(index: int, count: int, camera: Camera) -> View:
    angle = 2 * np.pi * index / count
    eye = torch.tensor([0.3 * np.cos(angle), 0.3 * np.sin(angle), 0.1 * np.sin(3 * angle)])
    target = torch.tensor([-np.cos(angle), -np.sin(angle), 0.2 * np.cos(2 * angle)], dtype=torch.float64)
    pose = look_at(eye, target, torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)).numpy()
    image, depth, _ = _trace(camera, pose)
    return View(name=f"{index:03d}", image=image, camera=camera, world_from_camera=pose, depth=depth)


@pytest.fixture(scope="session")
def cube_capture() -> Capture:
    camera = Camera.from_fov(fov_x=1.2, width=48, height=40)
    views = [_view(i, 12, camera) for i in range(12)]
    sources = tuple(
        ViewSource(name=v.name, camera=camera, world_from_camera=v.world_from_camera, read=lambda v=v: v) for v in views
    )
    return Capture(name="cube", sources=sources, test_indices=(0, 6))


@pytest.fixture(scope="session")
def cube_features(cube_capture: Capture) -> list[Features]:
    """Features that are smooth functions of the surface point, so that a field can learn them exactly."""
    features = []
    for view in cube_capture:
        _, _, points = _trace(view.camera, view.world_from_camera)
        cells = torch.from_numpy(points[2::4, 2::4].astype(np.float32))
        grid = torch.cat([cells, (2 * cells).sin(), torch.ones_like(cells[..., :1])], dim=-1)
        features.append(
            Features(grid=grid[None], summary=grid.mean(dim=(0, 1))[None], stride=(4.0, 4.0), image_size=(48, 40))
        )
    return features


@pytest.fixture(scope="session")
def trained_cube(cube_capture: Capture, cube_features: list[Features]) -> Distiller:
    """The cube after 400 steps, which takes a few seconds."""
    settings = DistillSettings(
        steps=400,
        start_gaussians=1500,
        sh_degree=1,
        sh_every=20,
        semantic_points=512,
        semantics=SemanticSettings(grid=HashGridSettings(levels=6, features=2, log2_table=10, coarsest=4, finest=32)),
        densification=DensificationSettings(start=10_000),
    )
    distiller = Distiller(cube_capture, {"smooth": cube_features}, settings)
    while distiller.step < settings.steps:
        distiller.train_step()
    return distiller
