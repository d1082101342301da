"""Points on the surfaces of a scene: where any field, of Gaussians or not, has something to say."""

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.errors import DataError
from vantage.fields.distilled_scene import DistilledScene
from vantage.fields.rendering import backproject_depth, pose_tensor

CAMERAS = 24
"""Cameras that are looked through, evenly spread over the capture."""

PIXELS = 64
"""Longer side of what they see: 24 views of 64 x 48 are 74 000 points, about as many as a room has Gaussians."""

OPAQUE = 0.5
"""Opacity from which on a ray has met a surface."""


def surface_points(scene: DistilledScene, *, cameras: int = CAMERAS, pixels: int = PIXELS) -> Float[Tensor, "n 3"]:
    """Return the places, world frame, that a scene's depth shows to its own cameras.

    Args:
        scene: a scene with any kind of field.
        cameras: at most so many cameras are looked through.
        pixels: longer side of each view.

    Raises:
        DataError: no camera of the scene sees a surface.
    """
    points = []
    for camera in scene.cameras[:: -(-len(scene.cameras) // cameras) or 1]:
        scale = min(1.0, pixels / max(camera.camera.width, camera.camera.height))
        size = max(1, round(camera.camera.width * scale)), max(1, round(camera.camera.height * scale))
        small = camera.camera.resized(*size)
        rendering = scene.render(small, camera.world_from_camera)
        places = backproject_depth(rendering.depth, small, pose_tensor(camera.world_from_camera, rendering.depth))
        points.append(places[(rendering.alpha > OPAQUE) & (rendering.depth > 0)])
    found = torch.cat(points) if points else torch.zeros(0, 3)
    if len(found) == 0:
        raise DataError(f"scene {scene.name!r}: none of its cameras sees a surface; distill it longer")
    return found
