"""`Room`: placed objects, lights and the boxes they fill, before any picture is made."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float

from vantage.captures import SceneObject
from vantage.errors import UsageError
from vantage.geometry import OrientedBox
from vantage.rooms.catalogue import CLASS_NAMES
from vantage.rooms.layout.collisions import place_prisms
from vantage.rooms.layout.footprints import Footprint
from vantage.rooms.layout.kinds import ROOM_KINDS
from vantage.rooms.layout.plan import FloorPlan
from vantage.rooms.looks.finishes import Finish
from vantage.rooms.rendering.illumination import Lights, SunWindow
from vantage.rooms.shapes.blueprint import Blueprint, rotation_z
from vantage.rooms.worlds import world_named

if TYPE_CHECKING:
    from vantage.rooms.rendering.assembly import Geometry
    from vantage.rooms.truth.solids import Solids


@dataclasses.dataclass(frozen=True, kw_only=True)
class RoomSettings:
    """What rooms may look like.

    Raises:
        UsageError: there is no such kind of room or world, or a number is out of its range.
    """

    kind: str | None = None
    """One of `kinds.ROOM_KINDS`; drawn when None."""
    world: str = "pretrain"
    """One of `worlds.WORLDS`: which classes, looks and lights there are."""
    clutter: float = 0.5
    """How full surfaces and containers are, 0 (bare) to 1 (crammed)."""
    width: tuple[float, float] = (3.6, 5.4)
    """Range of the first floor side, metres."""
    depth: tuple[float, float] = (3.6, 5.0)
    """Range of the second floor side, metres."""
    height: tuple[float, float] = (2.4, 2.9)
    """Range of the ceiling's height, metres."""
    l_share: float = 0.3
    """Share of L-shaped rooms."""

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in ROOM_KINDS:
            raise UsageError(f"room kind {self.kind!r} is not known; choose one of {', '.join(ROOM_KINDS)}")
        world_named(self.world)
        if not 0 <= self.clutter <= 1 or not 0 <= self.l_share <= 1:
            raise UsageError(f"clutter {self.clutter}, l_share {self.l_share}: expected numbers from 0 to 1")
        for name in ("width", "depth", "height"):
            low, high = getattr(self, name)
            if not 2.2 <= low <= high <= 12:
                raise UsageError(f"room {name} {low} to {high} m: expected a range within 2.2 to 12 m")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RoomObject:
    """One thing in a room."""

    instance: int
    """Number in instance maps, 1 and up."""
    category: str
    variant: str
    """Name of the shape, one of the category's `variants`."""
    blueprint: Blueprint
    position: tuple[float, float, float]
    """Of the object's origin (the middle of its base), world frame, metres."""
    yaw: float
    """Turn about z, radians; its front points to (sin yaw, -cos yaw)."""
    finishes: Mapping[str, Finish]
    """Finish of every slot of its parts."""
    carrier: int = 0
    """Instance of what it stands on or in; 0: the floor, a wall or the ceiling."""
    container: int = -1
    """Index of the carrier's container that it stands in; -1 when it stands on an open surface."""
    structure: bool = False
    """Whether it belongs to the room itself (floor, wall, window)."""

    @property
    def look(self) -> Finish:
        """The finish of the main part."""
        return self.finishes["main"]

    @property
    def class_number(self) -> int:
        """Index of the category in `CLASS_NAMES`."""
        return CLASS_NAMES.index(self.category)

    @functools.cached_property
    def world_from_object(self) -> Float[np.ndarray, "4 4"]:
        """Rigid pose in the room."""
        pose = np.eye(4)
        pose[:3, :3] = rotation_z(self.yaw)
        pose[:3, 3] = self.position
        return pose

    @functools.cached_property
    def box(self) -> OrientedBox:
        """The box around the object along its own axes."""
        low, high = self.blueprint.bounds
        centre = self.world_from_object[:3, :3] @ ((low + high) / 2) + np.array(self.position)
        size = high - low
        return OrientedBox.upright(
            centre=(float(centre[0]), float(centre[1]), float(centre[2])),
            size=(float(size[0]), float(size[1]), float(size[2])),
            yaw=self.yaw,
        )

    @functools.cached_property
    def prisms(self) -> Float[np.ndarray, "k 8"]:
        """The boxes of its parts as turned prisms (`collisions`)."""
        return place_prisms(self.blueprint.part_bounds, self.position, self.yaw)

    @functools.cached_property
    def footprint(self) -> Footprint:
        """The box as a footprint."""
        return footprint_of(self.blueprint, self.position, self.yaw)

    def inside(self, points_world: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
        """Tell for each world point whether the object is solid there (exact)."""
        result = self.box.contains(points_world)
        if result.any():
            local = (points_world[result] - np.array(self.position)) @ self.world_from_object[:3, :3]
            result[result] = self.blueprint.inside(local)
        return result


def footprint_of(blueprint: Blueprint, position: tuple[float, float, float], yaw: float) -> Footprint:
    """Return the footprint of a blueprint placed at a position."""
    low, high = blueprint.bounds
    half = (high - low) / 2
    middle = rotation_z(yaw) @ ((low + high) / 2)
    z = position[2]
    return Footprint(
        position[0] + float(middle[0]),
        position[1] + float(middle[1]),
        float(half[0]),
        float(half[1]),
        yaw,
        z + float(low[2]),
        z + float(high[2]),
    )


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Room:
    """A furnished room. The world's origin is the middle of its floor, z is up, metres."""

    seed: int
    kind: str
    """One of `kinds.ROOM_KINDS`."""
    world: str
    """Name of the world it belongs to."""
    plan: FloorPlan
    """Its outline."""
    height: float
    """Of the ceiling, metres."""
    objects: tuple[RoomObject, ...]
    """Everything in it; `objects[i].instance == i + 1`."""
    lights: Lights
    windows: tuple[SunWindow, ...]
    focus: tuple[float, float, float]
    """A point worth looking at: the middle of the main group of furniture."""

    @property
    def size(self) -> tuple[float, float, float]:
        """Width (x), depth (y) and height of the box around the room, metres."""
        return (self.plan.width, self.plan.depth, self.height)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Class names by class number."""
        return CLASS_NAMES

    def thing(self, instance: int) -> RoomObject:
        """Return the object with this number."""
        return self.objects[instance - 1]

    @functools.cached_property
    def geometry(self) -> "Geometry":
        """Triangles, normals and the ray tracer's tree; built once."""
        from vantage.rooms.rendering.assembly import assemble

        return assemble(self)

    @functools.cached_property
    def solids(self) -> "Solids":
        """The parts of all objects, ready to be asked what is where (`occupancy`); built once."""
        from vantage.rooms.truth.solids import solids_of

        return solids_of(self.objects)

    def __getstate__(self) -> dict[str, Any]:
        """Leave what can be built anew behind when a room goes to another process."""
        return {key: value for key, value in self.__dict__.items() if key not in ("geometry", "solids")}

    def scene_objects(self) -> tuple[SceneObject, ...]:
        """Return the annotations of a capture: everything in the room, its structure included."""
        from vantage.rooms.words.captions import attributes, label

        return tuple(
            SceneObject(
                instance=thing.instance,
                category=thing.category,
                caption=label(thing),
                attributes=attributes(self, thing),
                box=thing.box,
            )
            for thing in self.objects
        )
