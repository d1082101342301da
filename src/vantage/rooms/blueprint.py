"""What a catalogue entry is made of: parts with poses, surfaces that carry other things, and the entry itself.

An object's own frame: origin on the floor (or the support) under its middle, z up, its front towards -y, metres.
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping

import numpy as np
from jaxtyping import Bool, Float

from vantage.rooms.meshing import Mesh
from vantage.rooms.shapes import Shape

Vector = tuple[float | int, float | int, float | int]
"""Three coordinates in metres or three angles in radians; whole numbers may be written without a point."""


@dataclasses.dataclass(frozen=True, eq=False)
class Part:
    """A primitive in its object's frame."""

    shape: Shape
    object_from_part: Float[np.ndarray, "4 4"]
    """Rigid pose in the object's frame."""
    slot: str
    """"main" takes the object's own look; "metal gray" names a material and a colour; "... glow" also gives light."""

    def mesh(self) -> Mesh:
        """Return its surface in the object's frame."""
        vertices, faces = self.shape.mesh()
        return vertices @ self.object_from_part[:3, :3].T + self.object_from_part[:3, 3], faces

    def inside(self, points_object: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Tell for each point of the object's frame whether this part holds it."""
        local = (points_object - self.object_from_part[:3, 3]) @ self.object_from_part[:3, :3]
        return self.shape.inside(local)


@dataclasses.dataclass(frozen=True)
class Support:
    """A horizontal rectangle of an object on which others may stand."""

    x: float
    y: float
    half_x: float
    half_y: float
    z: float
    """Height of the surface in the object's frame."""
    clearance: float
    """Free height above it."""
    kind: str
    """What stands there: table, desk, shelf, sideboard or seat."""


@dataclasses.dataclass(frozen=True, eq=False)
class Blueprint:
    """The geometry of one variant of a category."""

    parts: tuple[Part, ...]
    supports: tuple[Support, ...] = ()

    @functools.cached_property
    def meshes(self) -> tuple[Mesh, ...]:
        """Every part's surface in the object's frame."""
        return tuple(part.mesh() for part in self.parts)

    @functools.cached_property
    def bounds(self) -> Float[np.ndarray, "2 3"]:
        """Lowest and highest corner in the object's frame."""
        points = np.concatenate([vertices for vertices, _ in self.meshes])
        return np.stack([points.min(axis=0), points.max(axis=0)])

    def inside(self, points_object: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Tell for each point of the object's frame whether the object is solid there."""
        result = np.zeros(len(points_object), dtype=bool)
        for part in self.parts:
            result |= part.inside(points_object)
        return result


class Builder:
    """Collects parts and supports of a blueprint."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.supports: list[Support] = []

    def add(
        self,
        shape: Shape,
        at: Vector = (0.0, 0.0, 0.0),
        slot: str = "main",
        *,
        turn: Vector = (0.0, 0.0, 0.0),
    ) -> None:
        """Add a part at a position, turned by radians about x, then y, then z."""
        pose = np.eye(4)
        pose[:3, :3] = rotation_z(turn[2]) @ rotation_y(turn[1]) @ rotation_x(turn[0])
        pose[:3, 3] = at
        self.parts.append(Part(shape, pose, slot))

    def support(
        self, x: float | int, y: float | int, half: tuple[float, float], z: float, clearance: float, kind: str
    ) -> None:
        """Add a rectangle on which things may stand."""
        self.supports.append(Support(float(x), float(y), half[0], half[1], z, clearance, kind))

    def done(self) -> Blueprint:
        """Return the blueprint, its middle moved over the origin and its lowest point to z = 0."""
        raw = Blueprint(tuple(self.parts))
        low, high = raw.bounds
        shift = -np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
        parts = []
        for part in self.parts:
            pose = part.object_from_part.copy()
            pose[:3, 3] += shift
            parts.append(Part(part.shape, pose, part.slot))
        supports = tuple(
            dataclasses.replace(s, x=s.x + float(shift[0]), y=s.y + float(shift[1]), z=s.z + float(shift[2]))
            for s in self.supports
        )
        return Blueprint(tuple(parts), supports)


def rotation_x(angle: float | int) -> Float[np.ndarray, "3 3"]:
    """Return the rotation about x by `angle` radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]], dtype=np.float64)


def rotation_y(angle: float | int) -> Float[np.ndarray, "3 3"]:
    """Return the rotation about y by `angle` radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], dtype=np.float64)


def rotation_z(angle: float | int) -> Float[np.ndarray, "3 3"]:
    """Return the rotation about z by `angle` radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], dtype=np.float64)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Category:
    """A kind of object: how to build one, what it may be made of, and where it is found."""

    name: str
    build: Callable[[np.random.Generator], Blueprint]
    looks: Mapping[str, tuple[str, ...]]
    """Materials of the main part, each with the colours it comes in."""
    places: tuple[str, ...]
    """Kinds of support it stands on ("table", "desk", "shelf", "sideboard", "seat"), or "floor", "wall" (hangs),
    "group" (set by the layout's furniture rules)."""
    patterned: bool = True
    """Whether its main part may be striped, checked or dotted."""
    phrase: str = "{look} {name}"
    """Its noun phrase without the article; `{look}` is the main part's colour (in a rich phrase also its material)."""
    rich_phrase: str = ""
    """The same with everything said, where that differs."""
