"""What a catalogue entry is made of: parts with poses, surfaces and volumes that take things, and the entry itself.

An object's own frame: origin on the floor (or the support) under its middle, z up, its front towards -y, metres.
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float

from vantage.rooms.shapes.meshing import Mesh, sample_surface
from vantage.rooms.shapes.primitives import Box, Frustum, Shape

MESH_SLACK = 0.05
"""Metres: more than any facet leaves its true surface (a tenth of a tube's radius, 1.2% of a circle's)."""

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
    name: str = "body"
    """What the part is called in part maps: "handle", "leg", "door", "shade"; one of `PART_NAMES` of the catalogue."""

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
    """What stands there; categories name the kinds they stand on in `Category.places`."""
    container: int = -1
    """Index of the container whose floor this is; -1 for an open surface."""


@dataclasses.dataclass(frozen=True, eq=False)
class Container:
    """A volume of an object into which others are put: the room in a mug, a cabinet or a drawer."""

    shape: Shape
    object_from_container: Float[np.ndarray, "4 4"]
    """Rigid pose in the object's frame."""
    name: str
    """What it is called: "inside", "compartment", "drawer", "shelf"."""
    opening: Literal["up", "front"]
    """Where it is open: upwards, or towards the object's front."""
    closed: bool = False
    """Whether a lid or a door hides what is in it."""

    def inside(self, points_object: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Tell for each point of the object's frame whether it lies in the volume (solid parts within it included)."""
        local = (points_object - self.object_from_container[:3, 3]) @ self.object_from_container[:3, :3]
        return self.shape.inside(local)


@dataclasses.dataclass(frozen=True, eq=False)
class Blueprint:
    """The geometry of one variant of a category."""

    parts: tuple[Part, ...]
    supports: tuple[Support, ...] = ()
    containers: tuple[Container, ...] = ()

    @functools.cached_property
    def meshes(self) -> tuple[Mesh, ...]:
        """Every part's surface in the object's frame."""
        return tuple(part.mesh() for part in self.parts)

    @functools.cached_property
    def bounds(self) -> Float[np.ndarray, "2 3"]:
        """Lowest and highest corner in the object's frame."""
        return np.stack([self.part_bounds[:, 0].min(axis=0), self.part_bounds[:, 1].max(axis=0)])

    @functools.cached_property
    def part_bounds(self) -> Float[np.ndarray, "k 2 3"]:
        """Lowest and highest corner of every part in the object's frame."""
        return np.stack([np.stack([v.min(axis=0), v.max(axis=0)]) for v, _ in self.meshes])

    @functools.cached_property
    def surface_points(self) -> Float[np.ndarray, "n 3"]:
        """Points all over the surface, at most a centimetre apart, in the object's frame."""
        return np.concatenate([sample_surface(vertices, faces, 0.01) for vertices, faces in self.meshes])

    def inside(self, points_object: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Tell for each point of the object's frame whether the object is solid there."""
        result = np.zeros(len(points_object), dtype=bool)
        if len(points_object) == 0:
            return result
        # Most parts lie away from all points asked about. A mesh's box may be a little smaller than its solid's.
        low, high = points_object.min(axis=0) - MESH_SLACK, points_object.max(axis=0) + MESH_SLACK
        near = np.all((self.part_bounds[:, 0] <= high) & (self.part_bounds[:, 1] >= low), axis=1)
        for k in np.nonzero(near)[0]:
            result |= self.parts[k].inside(points_object)
        return result


class Builder:
    """Collects parts, supports and containers of a blueprint."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.supports: list[Support] = []
        self.containers: list[Container] = []

    def add(
        self,
        shape: Shape,
        at: Vector = (0.0, 0.0, 0.0),
        slot: str = "main",
        *,
        turn: Vector = (0.0, 0.0, 0.0),
        name: str = "body",
    ) -> None:
        """Add a part at a position, turned by radians about x, then y, then z."""
        self.parts.append(Part(shape, _pose(at, turn), slot, name))

    def support(
        self, x: float | int, y: float | int, half: tuple[float, float], z: float, clearance: float, kind: str
    ) -> None:
        """Add a rectangle on which things may stand."""
        self.supports.append(Support(float(x), float(y), half[0], half[1], z, clearance, kind))

    def container(
        self,
        shape: Box | Frustum,
        at: Vector,
        kind: str,
        *,
        name: str = "inside",
        opening: Literal["up", "front"] = "up",
        closed: bool = False,
        margin: float = 0.01,
    ) -> None:
        """Add a volume that takes things, and its floor as a support.

        Args:
            shape: the free volume; a box about its middle, or a frustum from its floor up.
            at: where the shape's origin lies.
            kind: kind of the support at its floor ("cabinet", "vessel", "bin", ...).
            name: what the volume is called.
            opening: where it is open.
            closed: whether something hides what is in it.
            margin: free space between the volume's sides and what stands in it, metres.
        """
        if isinstance(shape, Box):
            half, floor, height = (shape.x / 2, shape.y / 2), float(at[2]) - shape.z / 2, shape.z
        else:
            # The square in the floor's circle.
            side = min(shape.radius_low, shape.radius_high) / np.sqrt(2)
            half, floor, height = (float(side), float(side)), float(at[2]), shape.height
        self.containers.append(Container(shape, _pose(at, (0.0, 0.0, 0.0)), name, opening, closed))
        half = (half[0] - margin, half[1] - margin)
        if min(half) > 0:
            number = len(self.containers) - 1
            # A vessel open upwards may be heaped; nothing stands higher than what closes a container.
            clearance = height if opening == "front" or closed else 2.5 * height
            self.supports.append(Support(float(at[0]), float(at[1]), *half, floor, clearance, kind, number))

    def done(self) -> Blueprint:
        """Return the blueprint, its middle moved over the origin and its lowest point to z = 0."""
        low, high = Blueprint(tuple(self.parts)).bounds
        shift = -np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
        move = np.eye(4)
        move[:3, 3] = shift
        return Blueprint(
            parts=tuple(dataclasses.replace(p, object_from_part=move @ p.object_from_part) for p in self.parts),
            supports=tuple(
                dataclasses.replace(s, x=s.x + float(shift[0]), y=s.y + float(shift[1]), z=s.z + float(shift[2]))
                for s in self.supports
            ),
            containers=tuple(
                dataclasses.replace(c, object_from_container=move @ c.object_from_container) for c in self.containers
            ),
        )


def _pose(at: Vector, turn: Vector) -> Float[np.ndarray, "4 4"]:
    pose = np.eye(4)
    pose[:3, :3] = rotation_z(turn[2]) @ rotation_y(turn[1]) @ rotation_x(turn[0])
    pose[:3, 3] = at
    return pose


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


Build = Callable[[np.random.Generator], Blueprint]
"""A builder of one variant: draws its dimensions and returns its geometry."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Category:
    """A kind of object: how to build one, what it may be made of, and where it is found."""

    name: str
    variants: Mapping[str, Build]
    """Builders by the variant's name, such as "round" or "with drawers": three or more shapes of one kind."""
    looks: Mapping[str, tuple[str, ...]]
    """Materials of the main part, each with the colours it comes in."""
    places: tuple[str, ...]
    """Kinds of support it stands on (each listed as often as it is likely), or "floor", "wall" (hangs), "group" (set by
    the layout's furniture rules). A support of kind "stack NAME" takes things whose places name it: piles of books."""
    size: tuple[float, float]
    """Least and greatest longest side in metres, over all variants."""
    rooms: tuple[str, ...] = ()
    """Kinds of room it belongs to (`kinds.ROOM_KINDS`); empty for all. Elsewhere it is rare."""
    synonyms: tuple[str, ...] = ()
    """Other words for it; the `pretrain` world uses them, `train3d` never does."""
    patterned: bool = True
    """Whether its main part may be striped, checked or dotted."""
    phrase: str = "{look} {name}"
    """Its noun phrase without the article; `{look}` is the main part's colour (in a rich phrase also its material)."""
    rich_phrase: str = ""
    """The same with everything said, where that differs."""

    def build(self, rng: np.random.Generator, variant: str | None = None) -> Blueprint:
        """Build a variant: the named one, or one drawn."""
        return self.variants[variant or self.draw_variant(rng)](rng)

    def draw_variant(self, rng: np.random.Generator) -> str:
        """Draw a variant's name, all alike likely."""
        return list(self.variants)[int(rng.integers(len(self.variants)))]
