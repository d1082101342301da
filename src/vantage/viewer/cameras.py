"""The cameras of a scene, as frusta in space with their photographs."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from vantage.fields import SceneCamera
from vantage.geometry import quat_wxyz_from_matrix
from vantage.viewer.pictures import to_bytes

SIZE = 0.35
"""Length of a frustum as a share of the median distance between neighbouring cameras, so that they seldom overlap."""

TRAINING, HELD_OUT = (90, 150, 255), (255, 170, 60)
"""Colours of cameras that the scene was made from, and of those kept for testing."""

LOCATED = (90, 230, 120)
"""Colour of the camera of an image that was placed in the scene."""


def camera_spacing(cameras: tuple[SceneCamera, ...]) -> float:
    """Return the median distance from a camera to its nearest neighbour, in the scene's units; 1 for a single one."""
    places = np.stack([c.world_from_camera[:3, 3] for c in cameras])
    if len(places) < 2:
        return 1.0
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1)
    np.fill_diagonal(apart, np.inf)
    return max(float(np.median(apart.min(axis=1))), 1e-6)


class CameraFrusta:
    """Frusta in one browser."""

    def __init__(self, scene_api: Any, cameras: tuple[SceneCamera, ...], *, visible: bool) -> None:
        self._size = SIZE * camera_spacing(cameras)
        colours = [HELD_OUT if camera.held_out else TRAINING for camera in cameras]
        self._handles = [
            self._add(scene_api, f"/cameras/{i:05d}", camera, colour, visible)
            for i, (camera, colour) in enumerate(zip(cameras, colours, strict=True))
        ]

    def _add(self, scene_api: Any, name: str, camera: SceneCamera, colour: tuple[int, int, int], visible: bool) -> Any:
        pose = torch.from_numpy(camera.world_from_camera)
        return scene_api.add_camera_frustum(
            name,
            fov=2 * float(np.arctan(0.5 * camera.camera.height / camera.camera.fy)),
            aspect=camera.camera.width / camera.camera.height,
            scale=self._size,
            thickness=0.02 * self._size,
            color=colour,
            wxyz=quat_wxyz_from_matrix(pose[:3, :3]).numpy(),
            position=pose[:3, 3].numpy(),
            visible=visible,
        )

    def on_click(self, act: Callable[[int, Any], None]) -> None:
        """Call `act` with a camera's index and the click, on the event loop, before any click on the scene is heard."""

        def attach(index: int, handle: Any) -> None:
            @handle.on_click
            async def _(event: Any) -> None:
                act(index, event)

        for index, handle in enumerate(self._handles):
            attach(index, handle)

    def show(self, visible: bool) -> None:
        """Show or hide them."""
        for handle in self._handles:
            handle.visible = visible

    def add_located(self, scene_api: Any, camera: SceneCamera, image: Float[np.ndarray, "h w 3"] | None) -> None:
        """Show the camera of an image that was placed in the scene, in place of an earlier one."""
        handle = self._add(scene_api, "/located", camera, LOCATED, True)
        if image is not None:
            handle.image = to_bytes(image)

    def show_pictures(self, pictures: Mapping[int, Float[np.ndarray, "h w 3"]]) -> None:
        """Put photographs into the frusta."""
        for index, image in pictures.items():
            self._handles[index].image = to_bytes(image)
