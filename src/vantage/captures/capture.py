"""`Capture`: an ordered set of posed views, read from disk when asked for."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from vantage.captures.view import View
from vantage.errors import DataError
from vantage.geometry import Camera, OrientedBox


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PointCloud:
    """Sparse coloured points of a scene in the world frame."""

    points: Float32[np.ndarray, "n 3"]
    """Positions in metres, world frame."""
    colors: UInt8[np.ndarray, "n 3"]
    """8-bit RGB."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SceneObject:
    """One annotated object of a capture."""

    instance: int
    """Its number in the views' instance maps (1 and up)."""
    category: str
    """Its class name, as in the capture's `class_names`."""
    caption: str
    """A noun phrase that describes it, such as "a red mug"."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Named properties such as ("colour", "red") and ("material", "ceramic")."""
    box: OrientedBox | None = None
    """Its oriented bounding box in the world frame, where known."""


@dataclasses.dataclass(frozen=True, order=True)
class SceneRelation:
    """What holds between two objects whoever looks: `subject` is `predicate` `object`, by their instance numbers."""

    subject: int
    predicate: str
    """Such as "on top of", "inside", "next to"; those of `SUPPORTS` tell what carries a thing."""
    object: int


SUPPORTS = ("on top of", "inside")
"""Predicates of a thing to what carries it, as in Semantic Abstraction's scenes (section 6.4)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SetAside:
    """A view that was left out, and why."""

    name: str
    """The view's name."""
    reason: str
    """A short code, such as `image_unreadable`."""
    detail: str
    """What was found, in one line."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ViewSource:
    """Where one view comes from: what is known without reading its image, and how to read the rest."""

    name: str
    camera: Camera
    world_from_camera: Float64[np.ndarray, "4 4"]
    read: Callable[[], View]
    """Reads the whole view; raises `DataError` when its files are damaged."""
    caption: str | None = None
    """A sentence about the view, where one is known."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Capture:
    """Ordered views of one static scene. Images are read on access, so a capture may be larger than memory."""

    name: str
    sources: tuple[ViewSource, ...]
    points: PointCloud | None = None
    test_indices: tuple[int, ...] = ()
    """Views held out from training; the rest train."""
    class_names: tuple[str, ...] = ()
    """Class names; index 0 is "nothing"."""
    objects: tuple[SceneObject, ...] = ()
    relations: tuple[SceneRelation, ...] = ()
    """What is known of how the objects lie to each other."""
    floor: tuple[tuple[float, float, float], ...] = ()
    """Corners of the floor's outline in order, world frame; empty where it is not known."""
    set_aside: tuple[SetAside, ...] = ()
    """Views that the reader left out."""
    metric: bool = True
    """Whether world units are metres (false for structure from motion without scale)."""
    notes: tuple[str, ...] = ()
    """Remarks of the reader worth showing to a person."""

    def __post_init__(self) -> None:
        outside = [i for i in self.test_indices if not 0 <= i < len(self.sources)]
        if outside:
            raise DataError(
                f"capture {self.name!r}: test views {outside} do not exist; it has {len(self.sources)} views"
            )

    def __len__(self) -> int:
        return len(self.sources)

    def __getitem__(self, index: int) -> View:
        return self.sources[index].read()

    def __iter__(self) -> Iterator[View]:
        for source in self.sources:
            yield source.read()

    @property
    def train_indices(self) -> tuple[int, ...]:
        """Indices of the views that train."""
        held_out = set(self.test_indices)
        return tuple(i for i in range(len(self)) if i not in held_out)

    @property
    def camera_positions(self) -> Float64[np.ndarray, "n 3"]:
        """Camera centres in the world frame, metres."""
        return np.stack([source.world_from_camera[:3, 3] for source in self.sources])

    def subset(self, indices: Sequence[int]) -> "Capture":
        """Return a capture of only these views, in this order; held-out views stay held out."""
        held_out = set(self.test_indices)
        return dataclasses.replace(
            self,
            sources=tuple(self.sources[i] for i in indices),
            test_indices=tuple(new for new, old in enumerate(indices) if old in held_out),
        )

    def with_every_nth_held_out(self, n: int = 8) -> "Capture":
        """Hold out every n-th view, beginning with the first (the split of gsplat and nerfstudio, n = 8)."""
        return dataclasses.replace(self, test_indices=tuple(range(0, len(self), n)) if n > 0 else ())
