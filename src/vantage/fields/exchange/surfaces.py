"""The surfaces that a field shows from its cameras: depth that can be trusted, colour and normals."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32, Float64

from vantage.errors import DataError
from vantage.fields.distilled_scene import SceneCamera
from vantage.fields.rendering import Rendering
from vantage.geometry import Camera

MIN_ALPHA = 0.5
"""A pixel less opaque than this shows more of the emptiness behind than of a surface."""

MIN_COSINE = 0.1
"""Surfaces seen at less than 6 degrees are left out: a pixel there spans ten times its width in depth. The rims of
objects, where expected depth lies between the object and what is behind it, look just so."""


@runtime_checkable
class Renders(Protocol):
    """What can be rendered from a numpy pose: a `DistilledScene`, a `GaussianField`."""

    def render(self, camera: Camera, world_from_camera: np.ndarray) -> Rendering:
        """Render colour, depth and opacity."""
        ...


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SurfaceView:
    """What one camera sees of the field's surfaces."""

    camera: Camera
    world_from_camera: Float64[np.ndarray, "4 4"]
    rgb: Float32[np.ndarray, "h w 3"]
    """Colour in [0, 1]."""
    depth: Float32[np.ndarray, "h w"]
    """z-depth in metres; 0 where no surface can be relied on."""
    normals_world: Float32[np.ndarray, "h w 3"]
    """Unit normals towards the camera; 0 where depth is 0."""

    @property
    def points_world(self) -> Float64[np.ndarray, "h w 3"]:
        """World points of all pixels; those of depth 0 are the camera's centre."""
        return _points_world(self.depth, self.camera, self.world_from_camera)

    @property
    def known(self) -> Bool[np.ndarray, "h w"]:
        """Pixels with a surface."""
        return self.depth > 0


def surface_view(field: Renders, camera: Camera, world_from_camera: Float64[np.ndarray, "4 4"]) -> SurfaceView:
    """Render the field and keep the depth of surfaces that are opaque and not seen at a grazing angle."""
    with torch.no_grad():
        rendering = field.render(camera, world_from_camera)
    depth = rendering.depth.cpu().numpy().astype(np.float32)
    depth = np.where(rendering.alpha.cpu().numpy() >= MIN_ALPHA, depth, np.float32(0))
    points = _points_world(depth, camera, world_from_camera)
    normals, cosine = _normals(points, world_from_camera[:3, 3])
    # Next to a pixel without depth the slope is that to the camera's own centre: as steep as it gets, and left out.
    reliable = (depth > 0) & (cosine >= MIN_COSINE)
    return SurfaceView(
        camera=camera,
        world_from_camera=world_from_camera,
        rgb=rendering.rgb.clamp(0, 1).cpu().numpy().astype(np.float32),
        depth=np.where(reliable, depth, np.float32(0)),
        normals_world=np.where(reliable[..., None], normals, 0).astype(np.float32),
    )


def surface_views(
    field: Renders, cameras: Sequence[SceneCamera], *, max_size: int | None = None
) -> Iterator[SurfaceView]:
    """Render every camera's surfaces, one after the other, with at most `max_size` pixels along the longer side.

    Raises:
        DataError: there are no cameras.
    """
    if not cameras:
        raise DataError("no cameras to see the surfaces from")
    for item in cameras:
        yield surface_view(field, shrunk(item.camera, max_size), item.world_from_camera)


def shrunk(camera: Camera, max_size: int | None) -> Camera:
    """Return the camera with at most `max_size` pixels along the longer side."""
    share = 1.0 if max_size is None else min(1.0, max_size / max(camera.width, camera.height))
    if share == 1.0:
        return camera
    return camera.resized(max(1, round(camera.width * share)), max(1, round(camera.height * share)))


def _points_world(
    depth: Float[np.ndarray, "h w"], camera: Camera, world_from_camera: Float[np.ndarray, "4 4"]
) -> Float64[np.ndarray, "h w 3"]:
    points_camera = camera.rays() * depth[..., None]
    return points_camera @ world_from_camera[:3, :3].T + world_from_camera[:3, 3]


def _normals(
    points: Float64[np.ndarray, "h w 3"], eye: Float64[np.ndarray, " 3"]
) -> tuple[Float64[np.ndarray, "h w 3"], Float64[np.ndarray, "h w"]]:
    """Return normals towards the eye by central differences, and the cosine of each with the direction to the eye."""
    if min(points.shape[:2]) < 2:
        raise DataError(f"pictures of {points.shape[1]}x{points.shape[0]} pixels have no slopes; render larger ones")
    along_x, along_y = np.gradient(points, axis=1), np.gradient(points, axis=0)
    normals = np.cross(along_y, along_x)
    lengths = np.linalg.norm(normals, axis=-1, keepdims=True)
    normals = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
    towards = eye - points
    distances = np.linalg.norm(towards, axis=-1)
    dots = (normals * towards).sum(axis=-1)
    return normals, np.divide(dots, distances, out=np.zeros_like(dots), where=distances > 0)
