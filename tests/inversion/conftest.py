"""The inside of a cube with patterned walls, as Gaussians set by hand: what is rendered of it is the truth."""

import numpy as np
import pytest
import torch

from vantage.captures import View
from vantage.encoders import EncoderCard, Features
from vantage.fields import (
    Bounds,
    DistilledScene,
    HashGridSettings,
    SceneCamera,
    SemanticField,
    SemanticSettings,
    gaussians_from_points,
)
from vantage.geometry import Camera, look_at

CAMERA = Camera.from_fov(fov_x=1.2, width=160, height=120)


class TinyEncoder:
    """Mean colours of 8x8 cells, and of a 4x4 mosaic as the one vector."""

    card = EncoderCard(
        name="tiny",
        family="reference",
        dim=3,
        patch=8,
        parameters=0,
        licence="Apache-2.0",
        source="tests",
        summary="mosaic of 4x4 mean colours",
    )
    fingerprint = "tiny"

    def encode(self, images: torch.Tensor) -> Features:
        grid = torch.nn.functional.avg_pool2d(images, 8).permute(0, 2, 3, 1)
        mosaic = torch.nn.functional.adaptive_avg_pool2d(images, 4).flatten(1)
        size = (images.shape[3], images.shape[2])
        return Features(grid=grid, summary=mosaic, stride=(8.0, 8.0), image_size=size)


def wall_points(side: int) -> np.ndarray:
    """Return points on a lattice on the six walls of the cube from -1 to 1."""
    line = (np.arange(side) + 0.5) / side * 2 - 1
    a, b = (m.ravel() for m in np.meshgrid(line, line))
    walls = []
    for axis in range(3):
        for wall in (-1.0, 1.0):
            points = np.empty((side * side, 3))
            points[:, axis], points[:, (axis + 1) % 3], points[:, (axis + 2) % 3] = wall, a, b
            walls.append(points)
    return np.concatenate(walls)


def pose_at(angle: float) -> np.ndarray:
    eye = torch.tensor([0.3 * np.cos(angle), 0.3 * np.sin(angle), 0.1 * np.sin(3 * angle)])
    target = torch.tensor([-np.cos(angle), -np.sin(angle), 0.2 * np.cos(2 * angle)], dtype=torch.float64)
    return look_at(eye, target, torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)).numpy()


@pytest.fixture(scope="session")
def patterned() -> DistilledScene:
    points = wall_points(40)
    # Patches of five points a side: larger than a pixel from everywhere, and no two walls alike.
    patches = np.floor((points + 1) * 4 + 1e-6).astype(int)
    table = np.random.default_rng(0).uniform(0.1, 0.9, (9, 9, 9, 3))
    colors = table[tuple(patches.T)]
    field = gaussians_from_points(points, colors, sh_degree=0, opacity=0.99).requires_grad_(False)
    grid = HashGridSettings(levels=2, features=2, log2_table=8, coarsest=4, finest=8)
    cameras = tuple(
        SceneCamera(name=f"{i:03d}", camera=CAMERA, world_from_camera=pose_at(2 * np.pi * i / 16), held_out=i % 8 == 0)
        for i in range(16)
    )
    return DistilledScene(
        name="patterned cube",
        field=field,
        semantics=SemanticField(
            Bounds(centre=(0.0, 0.0, 0.0), half_extent=1.0), {"tiny": 3}, SemanticSettings(grid=grid)
        ),
        fingerprints={"tiny": "tiny"},
        cameras=cameras,
    )


@pytest.fixture(scope="session")
def views(patterned: DistilledScene) -> list[View]:
    """The scene's cameras with what they see."""
    return [
        View(
            name=c.name,
            image=np.ascontiguousarray(patterned.render(c.camera, c.world_from_camera).rgb.clamp(0, 1).numpy()),
            camera=c.camera,
            world_from_camera=c.world_from_camera,
        )
        for c in patterned.cameras
    ]
