"""Where conversations come from: scenes that are opened one by one, views that go together, and who perceives them."""

import dataclasses
import functools
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from vantage.captures import Capture, View, open_capture
from vantage.dialogue.choosing import ChoiceSettings, Chooser
from vantage.dialogue.grouping import Grouping
from vantage.dialogue.perception import MOST_VIEWS, Perception
from vantage.dialogue.photographs import open_photograph
from vantage.dialogue.predicted_sources import SOURCES, ModelPaths, source_named
from vantage.dialogue.truth import perceive_capture
from vantage.errors import UsageError
from vantage.rooms import room_capture

Perceiver = Callable[[Capture, Sequence[int]], Perception]
"""Tells what is known of some views of a capture."""
PERCEIVERS = ("truth", *SOURCES)
"""Names that `perception_source` knows."""
REMEMBERED = 2 * MOST_VIEWS
"""Views of a scene that are kept in memory: those of the largest conversation and of the one before it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scene:
    """A room by its seed, a capture by its folder, or a photograph by its file."""

    room: int | None = None
    capture: str | None = None
    photograph: str | None = None

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.room, self.capture, self.photograph)) != 1:
            raise UsageError(
                f"scene of room {self.room}, capture {self.capture!r} and photograph {self.photograph!r}: "
                "expected one of the three"
            )

    @property
    def name(self) -> str:
        """Of the scene; no other one of a run has it."""
        if self.room is not None:
            return f"room_{self.room:06d}"
        if self.photograph is not None:
            file = Path(self.photograph).resolve()
            return f"{file.parent.name}/{file.name}"
        return Path(str(self.capture)).resolve().name


@dataclasses.dataclass(frozen=True, kw_only=True)
class SceneSettings:
    """How scenes are opened."""

    room_views: int = 8
    """Views of each room."""
    width: int = 256
    """Of the rooms' images, pixels."""
    height: int = 192
    """Of the rooms' images, pixels."""
    path: str = "orbit"
    """Camera path in rooms."""
    max_size: int | None = None
    """Longest side of captures' images, pixels; None keeps them."""


def open_scene(scene: Scene, settings: SceneSettings) -> Capture:
    """Open a scene; views that are read again and again are kept in memory.

    Args:
        scene: to open.
        settings: how.

    Raises:
        DataError: the capture is damaged, or the room has no place for such views.
    """
    if scene.photograph is not None:
        # Named by its folder, so that the conversation's name ends in the file's.
        return remembering(open_photograph(scene.photograph, max_size=settings.max_size))
    if scene.room is not None:
        capture = room_capture(
            scene.room,
            views=settings.room_views,
            width=settings.width,
            height=settings.height,
            path=settings.path,
            hold_out=0,
        )
    else:
        capture = open_capture(str(scene.capture), max_size=settings.max_size)
    return remembering(dataclasses.replace(capture, name=scene.name))


def remembering(capture: Capture) -> Capture:
    """Return a capture that keeps the views it read last."""

    @functools.lru_cache(maxsize=REMEMBERED)
    def read(index: int) -> View:
        return capture.sources[index].read()

    sources = tuple(
        dataclasses.replace(source, read=functools.partial(read, k)) for k, source in enumerate(capture.sources)
    )
    return dataclasses.replace(capture, sources=sources)


def perception_source(name: str, models: ModelPaths | None = None, *, questions: int = 0) -> Perceiver:
    """Return who perceives views; its models, if it has any, are loaded now.

    Args:
        name: one of `PERCEIVERS`.
        models: where those of "hf" lie.
        questions: about several views together that its model is to ask, if it has one that asks.

    Raises:
        UsageError: there is none of this name.
        MissingError: its weights are not here.
    """
    if name == "truth":
        return perceive_capture
    if name in SOURCES:
        return source_named(name, models, questions=questions)
    raise UsageError(f"--perceive {name}: not known; choose one of {', '.join(PERCEIVERS)}")


def view_groups(capture: Capture, views: int, seed: int, chooser: Chooser | None = None) -> Grouping:
    """Return which views of a capture to converse about together, in a drawn order; none where none belong together.

    Args:
        capture: whose views.
        views: of each group, one of `covisible.GROUP_SIZES`.
        seed: with the capture's name, of the order.
        chooser: tells which go together; by what they both see where None.
    """
    rng = np.random.default_rng([seed, zlib.crc32(capture.name.encode()), views])
    return (chooser or Chooser(settings=ChoiceSettings())).grouping(capture, views, rng)
