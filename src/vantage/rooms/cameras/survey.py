"""What poses would see, by coarse rays: many candidates at once, so that a path can choose among them."""

import dataclasses
import functools

import numpy as np
from jaxtyping import Bool, Float, Float32, Int, Int32

from vantage.geometry import Camera
from vantage.rooms.catalogue import CLASS_NAMES
from vantage.rooms.scene import Room

CLEARANCE = 0.25
"""Least z-depth of anything in a view, metres: nearer things hide the room."""
NEAR = 0.5
"""Things nearer than this (metres) should not fill a view: at 70 degrees a chair's back does at half a metre."""
WALL_MARGIN = 0.3
"""Least distance of a camera from the walls, metres."""
BOX_MARGIN = 0.12
"""Least distance of a camera from the box of any object, metres."""
SURVEY_COLUMNS = 24
"""Columns of the coarse picture that candidates are judged by: an object of 4% of the width is not missed."""
KNEE = 0.5
"""Height in metres below which things keep a person from standing there; tables count, wall shelves do not."""
LEAST_RAYS = 2
"""Rays that must meet an object before it counts as seen: one alone may have slipped through a gap."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Survey:
    """Coarse pictures of many poses."""

    room: Room
    instances: Int32[np.ndarray, "n h w"]
    """Instance numbers; 0 where nothing is met."""
    depth: Float32[np.ndarray, "n h w"]
    """z-depth, metres."""

    @functools.cached_property
    def counts(self) -> Int[np.ndarray, "n i"]:
        """Rays that meet each instance, by its number."""
        n, kinds = len(self.instances), len(self.room.objects) + 1
        flat = self.instances.reshape(n, -1) + kinds * np.arange(n)[:, None]
        return np.bincount(flat.ravel(), minlength=n * kinds).reshape(n, kinds)

    @property
    def rays(self) -> int:
        """Rays per pose."""
        return self.instances.shape[1] * self.instances.shape[2]

    def nearest(self) -> Float[np.ndarray, " n"]:
        """Return the least z-depth of every pose, metres."""
        return self.depth.min(axis=(1, 2))

    def near_share(self, distance: float = NEAR) -> Float[np.ndarray, " n"]:
        """Return the share of rays that meet something at less z-depth than `distance` (metres)."""
        return (self.depth < distance).mean(axis=(1, 2))

    def share_of(self, *categories: str) -> Float[np.ndarray, " n"]:
        """Return the share of rays that meet these categories."""
        numbers = [thing.instance for thing in self.room.objects if thing.category in categories]
        return self.counts[:, numbers].sum(axis=1) / self.rays

    def structure_share(self) -> Float[np.ndarray, " n"]:
        """Return the share of rays that meet the room itself and no object."""
        return self.counts[:, ~_is_object(self.room)].sum(axis=1) / self.rays

    def largest_share(self) -> Float[np.ndarray, " n"]:
        """Return the share of the object that fills most of the view."""
        return self.counts[:, _is_object(self.room)].max(axis=1, initial=0) / self.rays

    def class_count(self) -> Int[np.ndarray, " n"]:
        """Return how many classes of objects are seen; the room's own (walls, floor, windows) do not count."""
        member = np.zeros((self.counts.shape[1], len(CLASS_NAMES)), dtype=np.int64)
        for thing in self.room.objects:
            if not thing.structure:
                member[thing.instance, thing.class_number] = 1
        return np.count_nonzero((self.counts >= LEAST_RAYS).astype(np.int64) @ member, axis=1)


def _is_object(room: Room) -> Bool[np.ndarray, " i"]:
    result = np.zeros(len(room.objects) + 1, dtype=bool)
    for thing in room.objects:
        result[thing.instance] = not thing.structure
    return result


def survey_many(
    room: Room, camera: Camera, poses: Float[np.ndarray, "n 4 4"], *, columns: int = SURVEY_COLUMNS
) -> Survey:
    """Cast coarse pictures of many poses in one call of the ray tracer.

    Args:
        room: what to look at.
        camera: whose lens to look through; only the number of pixels is reduced.
        poses: `world_from_camera`, metres.
        columns: of the coarse pictures; rows keep the camera's aspect.
    """
    rows = max(2, round(columns * camera.height / camera.width))
    local = camera.resized(columns, rows).rays().reshape(-1, 3)
    rays = np.einsum("nij,kj->nki", poses[:, :3, :3], local).reshape(-1, 3).astype(np.float32)
    origins = np.repeat(poses[:, :3, 3].astype(np.float32), len(local), axis=0)
    geometry = room.geometry
    found = geometry.scene.run(origins, rays, output=True)
    met = found["primID"] >= 0
    surface = geometry.face_surfaces[np.maximum(found["primID"], 0)]
    instances = np.where(met, geometry.surfaces[surface, 24], 0).astype(np.int32)
    depth = np.where(met, found["tfar"], np.inf).astype(np.float32)
    shape = (len(poses), rows, columns)
    return Survey(room=room, instances=instances.reshape(shape), depth=depth.reshape(shape))


def survey(
    room: Room, camera: Camera, world_from_camera: Float[np.ndarray, "4 4"], *, columns: int = SURVEY_COLUMNS
) -> tuple[Int32[np.ndarray, "h w"], float]:
    """Return one pose's coarse instance map and the least z-depth in it (metres)."""
    found = survey_many(room, camera, world_from_camera[None], columns=columns)
    return found.instances[0], float(found.nearest()[0])


def count_pixels(instances: Int32[np.ndarray, "h w"]) -> dict[int, int]:
    """Return how many pixels each instance number has."""
    numbers, counts = np.unique(instances, return_counts=True)
    return {int(i): int(n) for i, n in zip(numbers, counts, strict=True)}


def are_free(
    room: Room, eyes: Float[np.ndarray, "n 3"], *, wall_margin: float = WALL_MARGIN, box_margin: float = BOX_MARGIN
) -> Bool[np.ndarray, " n"]:
    """Tell where a camera may be: off walls, floor and ceiling, and outside every object's box with a margin."""
    free = room.plan.contains(eyes[:, :2], wall_margin) & (eyes[:, 2] > 0.2) & (eyes[:, 2] < room.height - 0.2)
    boxes = [thing.box for thing in room.objects if not thing.structure]
    if boxes and free.any():
        centres, rotations = np.array([b.centre for b in boxes]), np.array([b.rotation for b in boxes])
        halves = np.array([b.size for b in boxes]) / 2 + box_margin
        local = np.einsum("nbi,bij->nbj", eyes[free][:, None] - centres, rotations)
        free[free] = ~np.any(np.all(np.abs(local) <= halves, axis=-1), axis=-1)
    return free


def on_floor(room: Room, eyes: Float[np.ndarray, "n 3"], *, margin: float = 0.1) -> Bool[np.ndarray, " n"]:
    """Tell where a person could stand under a camera: beside all that begins below the knee."""
    result = np.ones(len(eyes), dtype=bool)
    for thing in room.objects:
        if not thing.structure and thing.footprint.low < KNEE:
            local = (eyes - np.array(thing.box.centre)) @ np.array(thing.box.rotation)
            result &= np.any(np.abs(local[:, :2]) > np.array(thing.box.size)[:2] / 2 + margin, axis=1)
    return result


def is_free(room: Room, eye: Float[np.ndarray, " 3"]) -> bool:
    """Tell whether a camera may be here (`are_free`)."""
    return bool(are_free(room, eye[None])[0])


def framing(found: Survey) -> Float[np.ndarray, " n"]:
    """Score views as a photographer would: higher is better, and -inf where something hides the view from close by.

    A good view shows many classes, is filled neither by one thing nor by bare walls, and has its things at two metres
    or so. The weights were set by eye on sheets of rooms, so that a fault outweighs any number of classes.
    """
    score = np.minimum(found.class_count(), 7) / 7
    score = score - 5.0 * np.maximum(found.near_share(NEAR) - 0.02, 0)
    score -= 1.5 * np.maximum(found.near_share(2 * NEAR) - 0.1, 0)
    score -= 2.5 * np.maximum(found.largest_share() - 0.25, 0)
    score -= 2.0 * np.maximum(found.structure_share() - 0.7, 0)
    score -= 2.0 * np.maximum(found.share_of("wall") - 0.45, 0)
    score -= 1.0 * np.maximum(found.share_of("ceiling") - 0.1, 0)
    middle = np.median(found.depth, axis=(1, 2))
    score -= 0.6 * np.maximum(np.abs(np.log(middle / 2.2)) - 0.25, 0)
    return np.where(found.nearest() >= CLEARANCE, score, -np.inf)
