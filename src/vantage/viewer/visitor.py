"""`Visitor`: one browser. What is clicked there becomes a look, and the worker's pictures come back to it."""

import dataclasses
import datetime
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from vantage.errors import VantageError
from vantage.localization.query import MASK_THRESHOLD
from vantage.viewer.cameras import CameraFrusta
from vantage.viewer.look import Look, Point, asked_for, clicked, shown_as
from vantage.viewer.newest import NewestWorker
from vantage.viewer.painter import Painting, ScenePainter
from vantage.viewer.panels import NO_CAMERA, build_panels, plain
from vantage.viewer.pictures import beside, picture_name, png_bytes, save_picture, to_bytes
from vantage.viewer.viewpoint import Ray, Viewpoint

STAGES = (192, 720)
"""Longer side in pixels of a rendering while the camera moves, and when it rests: 0.1 s and 1 s for 100 000 splats."""

SAVED_PIXELS = 1920
"""Longer side of a saved picture, at most."""

MARKER_SHARE = 0.008
"""Radius of the marker of a place, as a share of its distance from the eye."""


class Visitor:
    """One browser's wishes, widgets and scene. Callbacks only note the wish; the worker's thread does the work."""

    def __init__(
        self, client: Any, painter: ScenePainter, worker: NewestWorker, *, no_query: str, pictures_folder: Path
    ) -> None:
        self._client, self._painter, self._worker = client, painter, worker
        self._pictures_folder = pictures_folder
        self._lock = threading.Lock()
        self._gone = False
        self._frustum_click: object = None
        scene = painter.scene
        self._look = Look(encoder=scene.semantics.encoder_names[0])
        splats = painter.splats
        self._splats: Any = client.scene.add_gaussian_splats(
            "/splats", splats.centres, splats.covariances, splats.colours, splats.opacities, scale=1 / splats.enlarged
        )
        self._frusta = CameraFrusta(client.scene, scene.cameras, visible=False)
        self._camera_names = {camera.name: index for index, camera in enumerate(scene.cameras)}
        self.panels = build_panels(
            client.gui,
            title=f"**{plain(scene.name)}** — {len(splats):,} Gaussians, {len(scene.cameras)} views",
            encoders=scene.semantics.encoder_names,
            cameras=list(self._camera_names),
            text="a red mug",
            no_query=no_query,
        )
        self._connect()

    def leave(self) -> None:
        """Stop sending: the browser has gone."""
        with self._lock:
            self._gone = True

    def show_pictures(self, pictures: Mapping[int, Float[np.ndarray, "h w 3"]]) -> None:
        """Put photographs into the frusta."""
        if not self._gone:
            self._frusta.show_pictures(pictures)

    def say_error(self, error: Exception) -> None:
        """Tell what went wrong, in the panel."""
        if self._gone:
            return
        known = isinstance(error, VantageError)
        said = str(error) if known else f"this is a bug in vantage: {type(error).__name__}: {error}"
        self.panels.status.content = f"⚠ {plain(said)}"

    def _connect(self) -> None:
        """Attach what happens to the widgets."""
        panels, client = self.panels, self._client
        panels.shown.on_update(lambda _: self._wish(lambda look: shown_as(look, panels.shown.value)))
        panels.encoder.on_update(
            lambda _: self._wish(lambda look: dataclasses.replace(look, encoder=panels.encoder.value))
        )
        panels.rendered.on_update(
            lambda _: self._wish(lambda look: dataclasses.replace(look, rendered=panels.rendered.value))
        )
        panels.cameras.on_update(lambda _: self._frusta.show(panels.cameras.value))
        panels.go_to.on_update(lambda _: self._go_to(panels.go_to.value))
        panels.compare.on_click(lambda _: self._submit("compare", self._compare))
        panels.save.on_click(lambda _: self._submit("save", self._save))
        form, text = panels.find_form, panels.text
        if form is not None and text is not None and panels.find is not None:
            panels.find.on_click(lambda _: form.submit())
            form.on_submit(lambda _: self._submit("find", lambda: self._find(text.value)))
        client.camera.on_update(lambda _: self._moved())
        self._frusta.on_click(self._clicked_camera)

        # Both on the event loop, in order: a click on a frustum is heard there first, and is none on the scene.
        @client.scene.on_click()
        async def _(event: Any) -> None:
            if event.screen_pos == self._frustum_click:
                self._frustum_click = None
                return
            ray = Ray(origin=tuple(event.ray_origin), direction=tuple(event.ray_direction))
            self._submit("click", lambda: self._pick(ray))

    def _submit(self, kind: str, job: Callable[[], Iterator[None]]) -> None:
        self._worker.submit((self._client.client_id, kind), job)

    def _wish(self, change: Callable[[Look], Look]) -> None:
        """Change the look, and have it shown."""
        with self._lock:
            before, self._look = self._look, change(self._look)
            look = self._look
        # Widgets that the program sets itself come round again.
        if look != before:
            self._refresh(look)

    def _refresh(self, look: Look) -> None:
        self.panels.status.content = plain(look.missing() or "Working …")
        self._submit("show", self._paint_view if look.as_picture else self._paint_splats)

    def _moved(self) -> None:
        if self._look.as_picture:
            self._submit("show", self._paint_view)

    def _viewpoint(self) -> Viewpoint:
        camera = self._client.camera
        return Viewpoint.of_browser(
            wxyz=np.asarray(camera.wxyz, dtype=np.float64),
            position=np.asarray(camera.position, dtype=np.float64),
            fov_y=float(camera.fov),
            width=int(camera.image_width),
            height=int(camera.image_height),
        )

    def _visible_look(self) -> Look:
        """Return what can be shown now: colour, as long as a text or a place is lacking."""
        look = self._look
        return look if look.missing() is None else dataclasses.replace(look, shown="colour")

    def _paint_splats(self) -> Iterator[None]:
        colours = self._painter.splat_colours(self._visible_look())
        yield
        if self._gone:
            return
        with self._client.atomic():
            self._splats.rgbs = colours
            self._splats.visible = True
            self._client.scene.set_background_image(None)
        self.panels.status.content = plain(self._look.missing() or "")

    def _paint_view(self) -> Iterator[None]:
        for longest in STAGES:
            start = time.monotonic()
            look, view = self._visible_look(), self._viewpoint().shrunk(longest)
            painting = self._painter.picture(look, view)
            if self._gone:
                return
            with self._client.atomic():
                self._client.scene.set_background_image(to_bytes(painting.image), format="jpeg", jpeg_quality=90)
                self._splats.visible = False
            took = time.monotonic() - start
            said = self._look.missing() or f"{view.camera.width} × {view.camera.height} pixels in {took:.1f} s"
            self.panels.status.content = plain(said + describe_scale(look, painting))
            yield

    def _find(self, text: str) -> Iterator[None]:
        text = " ".join(text.split())
        self.panels.found.content = "Looking …" if text else ""
        unknown = self._painter.unknown_words(text) if text else []
        try:
            answer = self._painter.answer(text)
        except VantageError as error:
            self.panels.found.content = f"⚠ {plain(str(error))}"
            return
        yield
        if self._gone:
            return
        unit = " m" if self._painter.scene.metric else ""
        lines = [f"**{plain(text)}**: {place(answer.best_point)}{unit}, relevancy {answer.best_relevancy:.2f}"]
        if unknown:
            lines.append(f"⚠ Never seen by the encoder: {plain(', '.join(unknown))}")
        there = answer.best_relevancy > MASK_THRESHOLD
        if not there:
            lines.append("⚠ Probably not there: no place prefers it to every negative.")
        self.panels.found.content = "\n\n".join(lines)
        self._mark("/found", answer.best_point if there else None, (255, 220, 60))
        self._show_answer(lambda look: asked_for(look, text))

    def _pick(self, ray: Ray) -> Iterator[None]:
        point = self._painter.hit(ray)
        yield
        if self._gone:
            return
        if point is None:
            self.panels.pointed.content = "No surface there."
            return
        unit = " m" if self._painter.scene.metric else ""
        self.panels.pointed.content = f"Similar to {place(point)}{unit}, by {plain(self._look.encoder)}"
        self._mark("/clicked", point, (80, 220, 255))
        self._show_answer(lambda look: clicked(look, point))

    def _show_answer(self, change: Callable[[Look], Look]) -> None:
        """Show what was found, and have the widgets say so."""
        self._wish(change)
        self.panels.shown.value = self._look.shown.capitalize()

    def _mark(self, name: str, point: Point | None, colour: tuple[int, int, int]) -> None:
        """Put a small ball at a place, or take it away."""
        if point is None:
            old = self._client.scene.get_handle_by_name(name)
            if old is not None:
                old.remove()
            return
        distance = float(np.linalg.norm(np.asarray(point) - self._client.camera.position))
        self._client.scene.add_icosphere(name, radius=max(MARKER_SHARE * distance, 1e-6), color=colour, position=point)

    def _compare(self) -> Iterator[None]:
        self.panels.status.content = "Comparing …"
        names = (str(self.panels.first.value), str(self.panels.second.value))
        paintings = self._painter.compare(names, self._look, self._viewpoint())
        yield
        if self._gone:
            return
        what = "features" if self._look.point is None else "similarity to the clicked place"
        self.panels.compared.image = to_bytes(beside([painting.image for painting in paintings]))
        self.panels.compared.label = f"{what}: {names[0]} | {names[1]}"
        self.panels.compared_window.visible = True
        self.panels.status.content = ""

    def _save(self) -> Iterator[None]:
        self.panels.status.content = "Rendering the picture …"
        look = self._visible_look()
        content = png_bytes(self._painter.picture(look, self._viewpoint().shrunk(SAVED_PIXELS)).image)
        yield
        name = picture_name(look, datetime.datetime.now())
        # The browser has it even where the folder cannot be written to.
        self._client.send_file_download(name, content, save_immediately=True)
        path = save_picture(self._pictures_folder, name, content)
        self.panels.status.content = f"Saved as {plain(str(path))}"

    def _clicked_camera(self, index: int, event: Any) -> None:
        self._frustum_click = event.screen_pos
        self.panels.go_to.value = self._painter.scene.cameras[index].name

    def _go_to(self, name: str) -> None:
        """Move to where a photograph was taken from; upright, as orbiting wants it."""
        if name == NO_CAMERA:
            return
        pose = self._painter.scene.cameras[self._camera_names[name]].world_from_camera
        camera = self._client.camera
        reach = max(float(np.linalg.norm(np.asarray(camera.look_at) - camera.position)), 1e-3)
        with self._client.atomic():
            camera.position = pose[:3, 3]
            camera.look_at = pose[:3, 3] + reach * pose[:3, 2]


def place(point: Point) -> str:
    """Return a point as text."""
    return f"({', '.join(f'{value:.2f}' for value in point)})"


def describe_scale(look: Look, painting: Painting) -> str:
    """Return what the colours of a painting mean, where they stand for numbers."""
    if painting.scale is None:
        return ""
    low, high = painting.scale.low, painting.scale.high
    if look.shown == "depth":
        return f"; bright {low:.2f} {painting.scale.unit}, dark {high:.2f} {painting.scale.unit}"
    return f"; {look.shown} {low:.2f} (dark) to {high:.2f} (bright)"
