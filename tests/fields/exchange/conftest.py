"""Fields and pictures whose truth is known exactly."""

import numpy as np
import pytest
import torch

from vantage.fields import GaussianField, Rendering, SceneCamera
from vantage.geometry import Camera, look_at

RADIUS = 1.0
SPHERE_CENTRE = np.array([0.3, -0.2, 0.5])


def random_field(n: int = 60, degree: int = 3, seed: int = 0) -> GaussianField:
    """Make Gaussians of every size, shape and colour around a point 3 m along z."""
    g = torch.Generator().manual_seed(seed)
    k = (degree + 1) ** 2 - 1
    return GaussianField(
        means=torch.randn(n, 3, generator=g) * 0.5 + torch.tensor([0.0, 0.0, 3.0]),
        log_scales=torch.rand(n, 3, generator=g) - 3,
        quats_wxyz=torch.randn(n, 4, generator=g),
        opacity_logits=torch.randn(n, generator=g) * 2,
        sh0=torch.randn(n, 1, 3, generator=g),
        sh_rest=torch.randn(n, k, 3, generator=g) * 0.2,
    )


@pytest.fixture(params=[0, 1, 2, 3])
def field(request) -> GaussianField:
    return random_field(degree=request.param)


@pytest.fixture
def camera() -> Camera:
    return Camera.from_fov(fov_x=1.0, width=64, height=48)


class Sphere:
    """A sphere that renders itself exactly: coloured by its normals, nothing around it."""

    def render(self, camera: Camera, world_from_camera: np.ndarray) -> Rendering:
        rays = camera.rays() @ world_from_camera[:3, :3].T
        offset = world_from_camera[:3, 3] - SPHERE_CENTRE
        # |offset + t ray|^2 = r^2, with t the z-depth because rays have z = 1.
        a, b, c = (rays**2).sum(-1), rays @ offset, offset @ offset - RADIUS**2
        root = b**2 - a * c
        hit = root > 0
        depth = np.where(hit, (-b - np.sqrt(np.maximum(root, 0))) / a, 0)
        normals = (offset + rays * depth[..., None]) / RADIUS
        rgb = np.where(hit[..., None], 0.5 + 0.5 * normals, 0)
        tensors = [torch.from_numpy(array.astype(np.float32)) for array in (rgb, depth, hit)]
        return Rendering(rgb=tensors[0], depth=tensors[1], alpha=tensors[2])


@pytest.fixture
def sphere() -> Sphere:
    return Sphere()


def cameras_around(centre: np.ndarray, distance: float, count: int, camera: Camera) -> list[SceneCamera]:
    """Return cameras spread evenly over a sphere, all looking at its centre (a golden spiral)."""
    result = []
    for i in range(count):
        z = 1 - (2 * i + 1) / count
        angle = i * np.pi * (3 - 5**0.5)
        direction = np.array([np.cos(angle) * (1 - z * z) ** 0.5, np.sin(angle) * (1 - z * z) ** 0.5, z])
        eye = torch.from_numpy(centre + distance * direction)
        pose = look_at(eye, torch.from_numpy(centre.astype(np.float64)), torch.tensor([0.0, 0, 1]).double()).numpy()
        result.append(SceneCamera(name=f"{i:03d}.png", camera=camera, world_from_camera=pose, held_out=i % 5 == 0))
    return result
