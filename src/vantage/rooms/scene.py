"""`Room`: placed objects, lights and the boxes they fill, before any picture is made."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float

from vantage.captures import SceneObject
from vantage.geometry import OrientedBox
from vantage.rooms.blueprint import Blueprint, rotation_z
from vantage.rooms.catalogue import CLASS_NAMES
from vantage.rooms.footprints import Footprint
from vantage.rooms.materials import Finish

if TYPE_CHECKING:
    from vantage.rooms.assembly import Geometry


@dataclasses.dataclass(frozen=True, kw_only=True)
class RoomSettings:
    """What rooms may look like."""

    width: tuple[float, float] = (3.6, 5.4)
    """Range of the first floor side, metres."""
    depth: tuple[float, float] = (3.6, 5.0)
    """Range of the second floor side, metres."""
    height: tuple[float, float] = (2.4, 2.9)
    """Range of the ceiling's height, metres."""
    small_objects: tuple[int, int] = (14, 24)
    """Range of how many small and medium objects are tried."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RoomObject:
    """One thing in a room."""

    instance: int
    """Number in instance maps, 1 and up."""
    category: str
    blueprint: Blueprint
    position: tuple[float, float, float]
    """Of the object's origin (the middle of its base), world frame, metres."""
    yaw: float
    """Turn about z, radians; its front points to (sin yaw, -cos yaw)."""
    finishes: Mapping[str, Finish]
    """Finish of every slot of its parts."""
    carrier: int = 0
    """Instance of what it stands on or hangs on; 0: nothing (the room's own surfaces)."""
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


@dataclasses.dataclass(frozen=True)
class SunWindow:
    """The opening of a window, through which the sun shines: the inner wall plane and a rectangle on it."""

    axis: int
    """World axis of the wall's normal: 0 for x, 1 for y."""
    plane: float
    """Where the wall's inner face cuts that axis, metres."""
    low: tuple[float, float]
    """Lowest other horizontal coordinate and z."""
    high: tuple[float, float]
    """Highest other horizontal coordinate and z."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lights:
    """The light of a room; colours are linear, their scale is undone by `exposure`."""

    lamp_position: tuple[float, float, float]
    """Middle of the ceiling light, metres."""
    lamp_colour: tuple[float, float, float]
    lamp_radius: float
    """Half size of the ceiling light: how soft its shadows are, metres."""
    sun_direction: tuple[float, float, float]
    """Unit vector towards the sun."""
    sun_colour: tuple[float, float, float]
    ambient_colour: tuple[float, float, float]
    """Light from everywhere, before the irradiance of the room's own surfaces."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Room:
    """A furnished room. The world's origin is the middle of its floor, z is up, metres."""

    seed: int
    size: tuple[float, float, float]
    """Width (x), depth (y) and height, metres."""
    objects: tuple[RoomObject, ...]
    """Everything in it; `objects[i].instance == i + 1`."""
    lights: Lights
    windows: tuple[SunWindow, ...]
    focus: tuple[float, float, float]
    """A point worth looking at: the middle of the main group of furniture."""

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
        from vantage.rooms.assembly import assemble

        return assemble(self)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the ray tracer's tree behind when a room goes to another process."""
        return {key: value for key, value in self.__dict__.items() if key != "geometry"}

    def scene_objects(self) -> tuple[SceneObject, ...]:
        """Return the annotations of a capture: everything in the room, its structure included."""
        from vantage.rooms.captions import attributes, label

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
