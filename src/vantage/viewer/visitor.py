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
from vantage.reports import Scale
from vantage.viewer.legend import legend
from vantage.viewer.located import Locate
from vantage.viewer.look import Look, Point, asked_for, clicked, shown_as
from vantage.viewer.newest import NewestWorker
from vantage.viewer.painter import ScenePainter
from vantage.viewer.panels import NO_CAMERA, build_panels, plain
from vantage.viewer.pictures import beside, picture_name, png_bytes, save_picture, to_bytes
from vantage.viewer.screen import Screen
from vantage.viewer.viewpoint import Ray, next_size

SAVED_PIXELS = 1920
"""Longer side of a saved picture, at most."""

FOUND_COLOUR, CLICKED_COLOUR = (255, 220, 60), (80, 220, 255)
"""Of the markers at the best place for a text, and at the clicked one."""


class Visitor:
    """One browser's wishes and widgets. Callbacks only note the wish; the worker's thread does the work."""

    def __init__(
        self,
        client: Any,
        painter: ScenePainter,
        worker: NewestWorker,
        *,
        title: str,
        rendered: bool,
        no_query: str,
        locate: Locate | None,
        pictures_folder: Path,
    ) -> None:
        """Show the scene in a browser (a `viser.ClientHandle`).

        Args:
            client: the browser.
            painter: paints the scene, for all browsers.
            worker: does the work, for all browsers.
            title: what the scene is, as Markdown.
            rendered: whether views are rendered to begin with; a scene without splats always is.
            no_query: why texts cannot be asked; empty where they can.
            locate: places images in the scene, where that can be done.
            pictures_folder: where saved pictures go.
        """
        self._client_id = client.client_id
        self._painter, self._worker, self._pictures_folder = painter, worker, pictures_folder
        self._locate = locate
        self._lock = threading.Lock()
        self._gone = False
        scene = painter.scene
        rendered = rendered or painter.splats is None
        self._look = Look(encoder=scene.semantics.encoder_names[0], rendered=rendered)
        self.screen = Screen(client, painter)
        self._camera_names = {camera.name: index for index, camera in enumerate(scene.cameras)}
        self.panels = build_panels(
            client.gui,
            title=title,
            encoders=scene.semantics.encoder_names,
            cameras=list(self._camera_names),
            splats=painter.splats is not None,
            rendered=rendered,
            example="a red mug",
            no_query=no_query,
            locatable=locate is not None,
        )
        self._connect()
        if self._look.as_picture:
            self._refresh(self._look)

    def leave(self) -> None:
        """Stop sending: the browser has gone."""
        with self._lock:
            self._gone = True

    def show_pictures(self, pictures: Mapping[int, Float[np.ndarray, "h w 3"]]) -> None:
        """Put photographs into the frusta."""
        if not self._gone:
            self.screen.show_photographs(pictures)

    def say_error(self, error: Exception) -> None:
        """Tell what went wrong, in the panel."""
        if self._gone:
            return
        known = isinstance(error, VantageError)
        said = str(error) if known else f"this is a bug in vantage: {type(error).__name__}: {error}"
        self.panels.status.content = f"⚠ {plain(said)}"

    def _connect(self) -> None:
        """Attach what happens to the widgets."""
        panels, screen = self.panels, self.screen
        panels.shown.on_update(lambda _: self._wish(lambda look: shown_as(look, panels.shown.value)))
        panels.encoder.on_update(
            lambda _: self._wish(lambda look: dataclasses.replace(look, encoder=panels.encoder.value))
        )
        rendered = panels.rendered
        if rendered is not None:
            rendered.on_update(lambda _: self._wish(lambda look: dataclasses.replace(look, rendered=rendered.value)))
        panels.cameras.on_update(lambda _: screen.frusta.show(panels.cameras.value))
        panels.go_to.on_update(lambda _: self._go_to(panels.go_to.value))
        panels.compare.on_click(lambda _: self._submit("compare", self._compare))
        panels.save.on_click(lambda _: self._submit("save", self._save))
        upload = panels.upload
        if upload is not None:
            upload.on_upload(lambda _: self._submit("locate", lambda: self._find_camera(upload.value)))
        form, text = panels.find_form, panels.text
        if form is not None and text is not None and panels.find is not None:
            panels.find.on_click(lambda _: form.submit())
            form.on_submit(lambda _: self._submit("find", lambda: self._find(text.value)))
        screen.on_move(self._moved)
        screen.on_click(lambda ray: self._submit("click", lambda: self._pick(ray)), self._clicked_camera)

    def _submit(self, kind: str, job: Callable[[], Iterator[None]]) -> None:
        self._worker.submit((self._client_id, kind), job)

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

    def _visible_look(self) -> Look:
        """Return what can be shown now: colour, as long as a text or a place is lacking."""
        look = self._look
        return look if look.missing() is None else dataclasses.replace(look, shown="colour")

    def _paint_splats(self) -> Iterator[None]:
        look = self._visible_look()
        paint = self._painter.splat_paint(look)
        yield
        if not self._gone:
            self.screen.show_splats(paint.colours)
            self._explain(look, paint.scale, "")

    def _paint_view(self) -> Iterator[None]:
        """Render coarsely at once, and finely when the camera rests."""
        size = next_size(None, 0.0)
        while size is not None:
            start = time.monotonic()
            look, view = self._visible_look(), self.screen.viewpoint.shrunk(size)
            painting = self._painter.picture(look, view)
            if self._gone:
                return
            self.screen.show_picture(painting.image)
            took = time.monotonic() - start
            self._explain(look, painting.scale, f"{view.camera.width} × {view.camera.height} pixels in {took:.1f} s")
            size = next_size(size, took)
            yield

    def _explain(self, look: Look, scale: Scale | None, said: str) -> None:
        self.panels.legend.content = legend(look.shown, scale, self._painter.places.encoder_of(look))
        self.panels.status.content = plain(self._look.missing() or said)

    def _find(self, text: str) -> Iterator[None]:
        text = " ".join(text.split())
        self.panels.found.content = "Looking …" if text else ""
        places = self._painter.places
        unknown = places.unknown_words(text) if text else []
        try:
            answer = places.answer(text)
        except VantageError as error:
            self.panels.found.content = f"⚠ {plain(str(error))}"
            return
        yield
        if self._gone:
            return
        lines = [f"**{plain(text)}** at {self._place(answer.best_point)}, relevancy {answer.best_relevancy:.2f}"]
        if unknown:
            lines.append(f"⚠ Never seen by the encoder: {plain(', '.join(unknown))}")
        there = answer.best_relevancy > MASK_THRESHOLD
        if not there:
            lines.append("⚠ Probably not there: no place prefers it to every negative.")
        self.panels.found.content = "\n\n".join(lines)
        self.screen.mark("/found", answer.best_point if there else None, FOUND_COLOUR)
        self._show_answer(lambda look: asked_for(look, text))

    def _pick(self, ray: Ray) -> Iterator[None]:
        point = self._painter.hit(ray)
        yield
        if self._gone:
            return
        if point is None:
            self.panels.pointed.content = "No surface there."
            return
        self.panels.pointed.content = f"Like {self._place(point)}, by {plain(self._look.encoder)}"
        self.screen.mark("/clicked", point, CLICKED_COLOUR)
        self._show_answer(lambda look: clicked(look, point))

    def _place(self, point: Point) -> str:
        """Return a point as text."""
        return f"({', '.join(f'{value:.2f}' for value in point)}){' m' if self._painter.scene.metric else ''}"

    def _show_answer(self, change: Callable[[Look], Look]) -> None:
        """Show what was found, and have the widgets say so."""
        self._wish(change)
        self.panels.shown.value = self._look.shown.capitalize()

    def _find_camera(self, file: Any) -> Iterator[None]:
        locate = self._locate
        if locate is None:
            return
        self.panels.located.content = "Looking … *(a scene's first image takes up to a minute)*"
        try:
            located = locate(str(file.name), bytes(file.content), self._worker.check)
        except VantageError as error:
            self.panels.located.content = f"⚠ {plain(str(error))}"
            return
        yield
        if self._gone:
            return
        self.panels.located.content = f"{'' if located.camera else '⚠ '}{plain(located.said)}"
        if located.camera is not None:
            self.screen.show_located(located.camera, located.image)

    def _compare(self) -> Iterator[None]:
        self.panels.status.content = "Comparing …"
        names = (str(self.panels.first.value), str(self.panels.second.value))
        paintings = self._painter.compare(names, self._look, self.screen.viewpoint)
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
        content = png_bytes(self._painter.picture(look, self.screen.viewpoint.shrunk(SAVED_PIXELS)).image)
        yield
        name = picture_name(look, datetime.datetime.now())
        # The browser has it even where the folder cannot be written to.
        self.screen.send_file(name, content)
        path = save_picture(self._pictures_folder, name, content)
        self.panels.status.content = f"Saved as {plain(str(path))}"

    def _clicked_camera(self, index: int) -> None:
        self.panels.go_to.value = self._painter.scene.cameras[index].name

    def _go_to(self, name: str) -> None:
        if name != NO_CAMERA:
            self.screen.go_to(self._painter.scene.cameras[self._camera_names[name]])
