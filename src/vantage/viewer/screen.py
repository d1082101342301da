"""`Screen`: the three-dimensional side of one browser, splats or a rendered picture, with markers and cameras."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from vantage.fields import SceneCamera
from vantage.viewer.cameras import CameraFrusta
from vantage.viewer.look import Point
from vantage.viewer.painter import ScenePainter
from vantage.viewer.pictures import to_bytes
from vantage.viewer.viewpoint import Ray, Viewpoint

MARKER_SHARE = 0.008
"""Radius of the marker of a place, as a share of its distance from the eye."""

JPEG_QUALITY = 90
"""Of a rendered view: artefacts are invisible, at a fifth of a PNG's bytes."""


class Screen:
    """What one browser's window shows of the scene."""

    def __init__(self, client: Any, painter: ScenePainter) -> None:
        """Send the scene to a browser (a `viser.ClientHandle`)."""
        self._client = client
        self._frustum_click: object = None
        splats = painter.splats
        self._splats: Any = None
        if splats is not None:
            self._splats = client.scene.add_gaussian_splats(
                "/splats",
                splats.centres,
                splats.covariances,
                splats.colours,
                splats.opacities,
                scale=1 / splats.enlarged,
            )
        self.frusta = CameraFrusta(client.scene, painter.scene.cameras, visible=False)

    def on_click(self, on_place: Callable[[Ray], None], on_camera: Callable[[int], None]) -> None:
        """Call `on_place` with the ray of a click into the scene, `on_camera` with the index of a clicked camera."""

        def frustum(index: int, event: Any) -> None:
            self._frustum_click = event.screen_pos
            on_camera(index)

        self.frusta.on_click(frustum)

        # Both on the event loop, in order: a click on a frustum is heard there first, and is none on the scene.
        @self._client.scene.on_click()
        async def _(event: Any) -> None:
            if event.screen_pos == self._frustum_click:
                self._frustum_click = None
                return
            on_place(Ray(origin=tuple(event.ray_origin), direction=tuple(event.ray_direction)))

    def on_move(self, act: Callable[[], None]) -> None:
        """Call `act` whenever the camera moves or the window changes its size."""
        self._client.camera.on_update(lambda _: act())

    @property
    def viewpoint(self) -> Viewpoint:
        """Where the browser looks from."""
        camera = self._client.camera
        return Viewpoint.of_browser(
            wxyz=np.asarray(camera.wxyz, dtype=np.float64),
            position=np.asarray(camera.position, dtype=np.float64),
            fov_y=float(camera.fov),
            width=int(camera.image_width),
            height=int(camera.image_height),
        )

    def show_splats(self, colours: Float[np.ndarray, "n 3"]) -> None:
        """Have the browser draw the splats in these colours."""
        with self._client.atomic():
            self._splats.rgbs = colours
            self._splats.visible = True
            self._client.scene.set_background_image(None)

    def show_picture(self, image: Float[np.ndarray, "h w 3"]) -> None:
        """Show a rendered view in place of the splats."""
        with self._client.atomic():
            self._client.scene.set_background_image(to_bytes(image), format="jpeg", jpeg_quality=JPEG_QUALITY)
            if self._splats is not None:
                self._splats.visible = False

    def show_photographs(self, pictures: Mapping[int, Float[np.ndarray, "h w 3"]]) -> None:
        """Put photographs into the cameras."""
        self.frusta.show_pictures(pictures)

    def mark(self, name: str, point: Point | None, colour: tuple[int, int, int]) -> None:
        """Put a small ball at a place, or take it away."""
        if point is None:
            old = self._client.scene.get_handle_by_name(name)
            if old is not None:
                old.remove()
            return
        distance = float(np.linalg.norm(np.asarray(point) - self._client.camera.position))
        self._client.scene.add_icosphere(name, radius=max(MARKER_SHARE * distance, 1e-6), color=colour, position=point)

    def go_to(self, camera: SceneCamera) -> None:
        """Move to where a photograph was taken from; upright, as orbiting wants it."""
        pose, own = camera.world_from_camera, self._client.camera
        reach = max(float(np.linalg.norm(np.asarray(own.look_at) - own.position)), 1e-3)
        with self._client.atomic():
            own.position = pose[:3, 3]
            own.look_at = pose[:3, 3] + reach * pose[:3, 2]

    def show_located(self, camera: SceneCamera, image: Float[np.ndarray, "h w 3"] | None) -> None:
        """Put a frustum where an image was taken, in place of an earlier one, and look from there."""
        self.frusta.add_located(self._client.scene, camera, image)
        self.go_to(camera)

    def send_file(self, name: str, content: bytes) -> None:
        """Have the browser save a file."""
        self._client.send_file_download(name, content, save_immediately=True)
