"""`Perception`: what is known of one to many images before anything is asked, and where each part came from."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int32

from vantage.errors import DataError
from vantage.geometry import Camera

TRUTH = "truth"
"""Source of what is known exactly."""
MOST_VIEWS = 8
"""Most images of one conversation (SpatialBoost, section D: 2, 4 or 8 views)."""


class Vector(NamedTuple):
    """A direction or a place in the world frame."""

    x: float
    y: float
    z: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Region:
    """One instance, in words. It has one number in all views."""

    instance: int
    """Number in the instance maps, 1 and up."""
    names: tuple[str, ...]
    """Nouns that fit it, such as ("sofa", "couch"); the first is what it is called."""
    caption: str
    """A noun phrase, such as "a red mug"."""
    words: tuple[tuple[str, str], ...] = ()
    """Adjectives by which people tell it from others of its name, such as ("colour", "red"), most telling first."""
    support: int | None = None
    """Instance of what carries it; 0 for the floor, a wall or the ceiling, None where it is not known."""
    preposition: str = ""
    """ "on" or "in", where `support` is known."""
    askable: bool = True
    """Whether it is a thing with a place that a question may be about; false for walls, floors and the like."""
    ground: bool = False
    """Whether things stand on it and it is level: floor, ground, road."""

    def __post_init__(self) -> None:
        if self.instance < 1 or not self.names or not all(self.names) or not all(word for _, word in self.words):
            raise DataError(
                f"region {self.instance} named {self.names} with {self.words}: expected a number from 1 on and words"
            )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sources:
    """Where each part of a perception came from: `TRUTH`, "sensor", or a model's name."""

    depth: str
    instances: str
    captions: str
    cameras: str
    questions: str = ""
    """What asked and answered the questions about several views; "" where nothing did."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ViewQuestion:
    """A question about several views together that a model asked and answered itself."""

    sort: str
    """One of `drawing.SORTS`."""
    question: str
    """In words, without the candidates of a multiple choice."""
    answer: str
    """In words; the right candidate's where there are candidates."""
    candidates: tuple[str, ...] = ()
    """Of a multiple choice, the right one among them; without letters, which are drawn when it is asked."""

    def __post_init__(self) -> None:
        if self.candidates and (self.answer not in self.candidates or len(set(self.candidates)) != 4):
            raise DataError(
                f"question {self.question!r}: candidates {self.candidates} with the answer {self.answer!r}; expected "
                "four different ones, and the answer among them"
            )


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PerceivedView:
    """One image's maps, camera and captions."""

    name: str
    camera: Camera
    world_from_camera: Float64[np.ndarray, "4 4"]
    """Rigid motion from camera (OpenCV axes) to world."""
    depth: Float32[np.ndarray, "h w"]
    """z-depth in world units; 0 where it is not known."""
    instances: Int32[np.ndarray, "h w"]
    """Instance number per pixel; 0 where nothing was recognised."""
    image: Float32[np.ndarray, "h w 3"] | None = None
    """RGB in [0, 1], where it is at hand; geometry does not need it."""
    captions: tuple[str, ...] = ()
    """Sentences about the whole image."""

    def __post_init__(self) -> None:
        expected = (self.camera.height, self.camera.width)
        for name in ("depth", "instances"):
            if getattr(self, name).shape != expected:
                raise DataError(
                    f"view {self.name!r}: {name} map of {getattr(self, name).shape}; expected the camera's {expected}"
                )
        if not np.isfinite(self.depth).all() or (self.depth < 0).any():
            raise DataError(f"view {self.name!r}: depth has negative or non-finite values; mark unknown depth with 0")
        rotation = self.world_from_camera[:3, :3]
        if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-4) or np.linalg.det(rotation) < 0:
            raise DataError(f"view {self.name!r}: world_from_camera is not a rigid motion")

    def points_camera(
        self, rows: Int32[np.ndarray, " n"], columns: Int32[np.ndarray, " n"]
    ) -> Float64[np.ndarray, "n 3"]:
        """Return the camera-frame points of pixels, in world units."""
        depth = self.depth[rows, columns].astype(np.float64)
        x = (columns + 0.5 - self.camera.cx) / self.camera.fx * depth
        y = (rows + 0.5 - self.camera.cy) / self.camera.fy * depth
        return np.stack([x, y, depth], axis=-1)

    def to_world(self, points_camera: Float64[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3"]:
        """Take camera-frame points to the world frame."""
        return points_camera @ self.world_from_camera[:3, :3].T + self.world_from_camera[:3, 3]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Perception:
    """Depth, instances with their words, and cameras of one to eight images of one scene.

    Raises:
        DataError: there are no views or too many, or a map shows an instance of which no region tells.
    """

    name: str
    """Of the sample; conversations take their seeds from it."""
    views: tuple[PerceivedView, ...]
    regions: tuple[Region, ...]
    sources: Sources
    metric: bool
    """Whether world units are metres; where not, nothing is asked that has a length in its answer."""
    scale_source: str
    """What tells the scale, such as `TRUTH`, "sensor" or "median ratio to Depth Pro"; "none" where not metric."""
    up_world: Vector | None = None
    """Unit direction against gravity, where the poses tell it."""
    floor_height: float | None = None
    """Height of the floor along `up_world`, where it is known."""
    questions: tuple[ViewQuestion, ...] = ()
    """About the views together, from a model."""
    refused: tuple[str, ...] = ()
    """Why replies of that model were not taken, once for each."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.views) <= MOST_VIEWS:
            raise DataError(f"perception {self.name!r} of {len(self.views)} views; expected 1 to {MOST_VIEWS}")
        if self.metric == (self.scale_source == "none"):
            raise DataError(
                f"perception {self.name!r}: metric is {self.metric} and its scale is from {self.scale_source}"
            )
        if len(self.by_instance) != len(self.regions):
            raise DataError(f"perception {self.name!r}: two regions have one instance number")
        shown = np.unique(np.concatenate([np.unique(view.instances) for view in self.views]))
        unknown = [int(i) for i in shown if i and int(i) not in self.by_instance]
        if unknown:
            raise DataError(f"perception {self.name!r}: no region tells of instances {unknown[:5]} of its maps")
        if self.up_world is not None and abs(np.linalg.norm(self.up_world) - 1) > 1e-6:
            raise DataError(f"perception {self.name!r}: up_world {self.up_world} is not a unit vector")

    @functools.cached_property
    def by_instance(self) -> Mapping[int, Region]:
        """The regions by their numbers."""
        return {region.instance: region for region in self.regions}

    @property
    def exact(self) -> bool:
        """Whether depth and instances are the truth, so that nothing has to be cleaned."""
        return self.sources.depth == TRUTH and self.sources.instances == TRUTH
