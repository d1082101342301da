"""A view of a room while its sample is made: its query points, and what is truly there."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float, Int32
from torch import Tensor

from vantage.abstraction.descriptions import Places
from vantage.abstraction.frame import Bounds, ViewFrame
from vantage.abstraction.points import Sight
from vantage.abstraction.samples_settings import SampleSettings
from vantage.geometry import Camera
from vantage.rooms import Room, occupancy
from vantage.rooms.rendering.render import RoomRendering

DRAWN_PER_KEPT = 24
"""Points drawn in an object's box for each solid one wanted: of a cabinet's box a tenth is board."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """A view of a room while its sample is made."""

    room: Room
    camera: Camera
    pose: Float[np.ndarray, "4 4"]
    """world_from_camera."""
    rendering: RoomRendering
    frame: ViewFrame
    seen: Mapping[int, int]
    """Pixels of each instance."""

    @property
    def image(self) -> Float[Tensor, "3 h w"]:
        """RGB in [0, 1]."""
        return torch.from_numpy(self.rendering.rgb).permute(2, 0, 1)

    @property
    def frame_from_world(self) -> Float[np.ndarray, "4 4"]:
        """Rigid motion from the room to the view frame."""
        return self.frame.frame_from_camera @ np.linalg.inv(self.pose)

    def to_world(self, points_frame: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Take points from the view frame to the room; metres."""
        world_from_frame = np.linalg.inv(self.frame_from_world)
        return points_frame @ world_from_frame[:3, :3].T + world_from_frame[:3, 3]


def draw_points(look: Look, settings: SampleSettings, rng: np.random.Generator) -> tuple[Float[np.ndarray, "n 3"], int]:
    """Return query points (half precision, metres, view frame), and how many of them are drawn evenly."""
    bounds = settings.bounds
    if settings.lattice:
        points = in_picture(look, bounds.centres(settings.lattice).reshape(-1, 3).astype(np.float16), bounds)
        return points, len(points)
    even: list[np.ndarray] = []
    # A picture's pyramid fills a third of the bounds or more; a few rounds are enough, and they end.
    for _ in range(8):
        drawn = rng.uniform(bounds.low, bounds.high, size=(2 * settings.uniform_points, 3)).astype(np.float16)
        even.append(in_picture(look, drawn, bounds))
        if sum(len(one) for one in even) >= settings.uniform_points:
            break
    uniform = np.concatenate(even)[: settings.uniform_points]
    near = [
        _near_object(look, i, settings, rng)
        for i, pixels in sorted(look.seen.items())
        if i and pixels >= settings.least_pixels and not look.room.thing(i).structure
    ]
    return np.concatenate([uniform, *near]), len(uniform)


def _near_object(
    look: Look, number: int, settings: SampleSettings, rng: np.random.Generator
) -> Float[np.ndarray, "n 3"]:
    """Draw points in and over an object's box: so many where it is solid, and half as many beside."""
    thing = look.room.thing(number)
    low, high = thing.blueprint.bounds
    # A tenth beyond its sides, and 30 cm above, where things stand on it.
    margin = 0.1 * (high - low)
    count = DRAWN_PER_KEPT * settings.object_points
    local = rng.uniform(low - margin, high + margin + np.array([0, 0, 0.3]), size=(count, 3))
    pose = look.frame_from_world @ thing.world_from_object
    points = in_picture(look, (local @ pose[:3, :3].T + pose[:3, 3]).astype(np.float16), settings.bounds)
    solid = occupancy(look.room, look.to_world(points.astype(np.float64))) == number
    half = settings.object_points // 2
    return np.concatenate([points[solid][: settings.object_points], points[~solid][:half]])


def in_picture(look: Look, points: Float[np.ndarray, "n 3"], bounds: Bounds) -> Float[np.ndarray, "m 3"]:
    """Return those of the points (metres, view frame) that lie in the picture and in the bounds."""
    wide = points.astype(np.float32)
    _, _, inside = sight_of(look).depths_at(torch.from_numpy(wide))
    return points[inside.numpy() & bounds.contains(wide)]


def sight_of(look: Look) -> Sight:
    """Return what a view sees of space, at its full size."""
    motion = look.frame.frame_from_camera
    return Sight(depth=look.rendering.depth, camera=look.camera, frame_from_camera=motion)


def places_of(look: Look, points_frame: Float[np.ndarray, "n 3"]) -> Places:
    """Return what is known of points of the view frame."""
    world = look.to_world(points_frame)
    sight = sight_of(look)
    wide = torch.from_numpy(points_frame.astype(np.float32))
    depth, seen, inside = (one.numpy() for one in sight.depths_at(wide))
    local = look.frame.points_camera(points_frame)
    z = np.maximum(local[:, 2], 1e-4)
    u = (local[:, 0] / z * look.camera.fx + look.camera.cx).astype(np.int32).clip(0, look.camera.width - 1)
    v = (local[:, 1] / z * look.camera.fy + look.camera.cy).astype(np.int32).clip(0, look.camera.height - 1)
    return Places(
        world=world,
        frame=points_frame,
        owner=occupancy(look.room, world),
        depth=depth,
        hidden=inside & (seen > 0) & (depth > seen),
        pixel=np.stack([v, u], axis=-1).astype(np.int32),
    )


def cell_owners(look: Look, places: Places, step: Float[np.ndarray, " 3"]) -> Int32[np.ndarray, " n"]:
    """Return what is solid in a lattice's cells: at their middles, or else a third of a cell to one of six sides.

    So matter is looked for every third of a cell along each axis: of 64 in 3.6 m every 1.9 cm, and boards are not
    missed between the middles. The paper's truth, too, is found with spheres about the points (section 6.4).

    Args:
        look: the view.
        places: of the cells' middles.
        step: edge lengths of a cell, metres.
    """
    owner = places.owner
    for axis in range(3):
        for side in (-1, 1):
            shift = np.zeros(3)
            shift[axis] = side * step[axis] / 3
            missing = np.flatnonzero(owner == 0)
            owner = owner.copy()
            owner[missing] = occupancy(look.room, look.to_world(places.frame[missing] + shift))
    return owner
