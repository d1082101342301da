"""`Page`: the server, its one worker, and a visitor for every browser that comes."""

import dataclasses
import logging
import socket
import threading
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from vantage.errors import VantageError
from vantage.fields import DistilledScene
from vantage.localization import SceneQuery
from vantage.viewer.guard import start_server, stop_server
from vantage.viewer.located import Locate
from vantage.viewer.newest import NewestWorker
from vantage.viewer.painter import ScenePainter
from vantage.viewer.panels import plain
from vantage.viewer.viewpoint import first_look, up_direction
from vantage.viewer.visitor import Visitor

FIRST_LOOK_POINTS = 20_000
"""Places counted when choosing the camera to begin with."""

BRAND = (38, 110, 200)
"""Colour of buttons and sliders."""

CLOSE_TIMEOUT_S = 20.0
"""A rendering under way is waited for so long at the end."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class CameraPicture:
    """A small picture of what one of the scene's cameras saw."""

    index: int
    """Which of the scene's cameras."""
    image: Float[np.ndarray, "h w 3"]
    """RGB in [0, 1]."""


class Page:
    """A page about one scene, open until it is closed."""

    def __init__(
        self,
        scene: DistilledScene,
        *,
        query: SceneQuery | None,
        no_query: str = "",
        locate: Locate | None = None,
        pictures_folder: Path,
        rendered: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Prepare the scene and open the page.

        Args:
            scene: what to look at.
            query: asks it for texts.
            no_query: why it cannot be asked, where `query` is None.
            locate: places images in the scene; None where that cannot be done.
            pictures_folder: where saved pictures go.
            rendered: whether views are rendered here to begin with, instead of drawn as splats in the browser.
            host: address to listen at.
            port: port to listen at; 0 takes any free one.

        Raises:
            MissingError: viser is not installed.
            UsageError: the address cannot be listened at.
            DataError: the scene has no cameras, or they see nothing of it.
        """
        self.painter = ScenePainter(scene, query)
        self.no_query, self.pictures_folder, self.rendered = no_query, pictures_folder, rendered
        self.locate = locate
        self.worker = NewestWorker(self._failed)
        self._visitors: dict[int, Visitor] = {}
        self._camera_pictures: dict[int, np.ndarray] = {}
        self._lock = threading.Lock()
        self.server: Any = start_server(host, port)
        # A server that listens at all of a machine's addresses is called by the machine's name.
        name = socket.gethostname() if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.server.get_port()}"
        self._prepare()
        self.server.on_client_connect(self._came)
        self.server.on_client_disconnect(self._left)

    def add_pictures(self, read: Callable[[], Sequence[CameraPicture]]) -> None:
        """Show the cameras' photographs once they are read, on a thread of their own: files may be slow."""

        def work() -> None:
            pictures = read()
            with self._lock:
                self._camera_pictures.update({picture.index: picture.image for picture in pictures})
                visitors = list(self._visitors.values())
            for visitor in visitors:
                visitor.show_pictures(self._camera_pictures)

        threading.Thread(target=work, name="vantage-view-pictures", daemon=True).start()

    def close(self) -> None:
        """Close the page; whoever looks at it sees that the connection is gone."""
        stop_server(self.server)
        self.worker.close(CLOSE_TIMEOUT_S)

    def _prepare(self) -> None:
        """Set what is the same for all: which way is up, where one begins, and the looks of the panels."""
        scene = self.painter.scene
        up = up_direction(scene.cameras)
        points = self.painter.places.points_world
        step = max(1, len(points) // FIRST_LOOK_POINTS)
        first, depth = first_look(scene.cameras, points[::step].astype(np.float64))
        pose = first.world_from_camera
        self.server.scene.set_up_direction(tuple(up.tolist()))
        self.server.scene.world_axes.visible = False
        start = self.server.initial_camera
        start.position = pose[:3, 3]
        start.look_at = pose[:3, 3] + depth * pose[:3, 2]
        start.up = up
        start.fov = 2 * float(np.arctan(0.5 * first.camera.height / first.camera.fy))
        # What is nearer than a thousandth of the scene cannot be told apart anyway.
        start.near = max(1e-3 * depth, 1e-4)
        self.server.gui.configure_theme(
            dark_mode=True, show_logo=False, show_share_button=False, brand_color=BRAND, control_width="medium"
        )

    def _title(self) -> str:
        """Return what the scene is, as Markdown."""
        scene, splats = self.painter.scene, self.painter.splats
        kind = "a NeRF" if splats is None else f"{len(splats):,} Gaussians"
        return f"**{plain(scene.name)}**: {kind}, {len(scene.cameras)} views"

    def _came(self, client: Any) -> None:
        visitor = Visitor(
            client,
            self.painter,
            self.worker,
            title=self._title(),
            rendered=self.rendered,
            no_query=self.no_query,
            locate=self.locate,
            pictures_folder=self.pictures_folder,
        )
        with self._lock:
            self._visitors[client.client_id] = visitor
            pictures = dict(self._camera_pictures)
        visitor.show_pictures(pictures)

    def _left(self, client: Any) -> None:
        with self._lock:
            visitor = self._visitors.pop(client.client_id, None)
        if visitor is not None:
            visitor.leave()
        self.worker.drop(lambda key: isinstance(key, tuple) and key[0] == client.client_id)

    def _failed(self, key: Hashable, error: Exception) -> None:
        """Tell whoever wished for it; a bug goes to the log as well."""
        if not isinstance(error, VantageError):
            logging.getLogger(__name__).error("a job of the page failed", exc_info=error)
        with self._lock:
            visitor = self._visitors.get(key[0]) if isinstance(key, tuple) else None
        if visitor is not None:
            visitor.say_error(error)
