"""Scenes of boxes on a floor, seen by a ray caster of a few lines: every answer about them is known beforehand.

The camera stands at (0, 0, height) and heads along +x, with +y to its left: the canonical frame is the world's.
"""

import dataclasses

import numpy as np

from vantage.dialogue import PerceivedView, Perception, Region, Sources, Vector
from vantage.geometry import Camera

FLOOR, WALL = 98, 99
CAMERA = Camera.from_fov(fov_x=np.radians(70), width=640, height=480)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Block:
    """A box along the world's axes, standing on the floor unless `base` says otherwise."""

    name: str
    x: float
    y: float
    size: tuple[float, float, float] = (0.4, 0.4, 0.4)
    base: float = 0.0
    words: tuple[tuple[str, str], ...] = ()

    @property
    def low(self) -> np.ndarray:
        return np.array([self.x - self.size[0] / 2, self.y - self.size[1] / 2, self.base])

    @property
    def high(self) -> np.ndarray:
        return self.low + np.array(self.size)


def pose(
    height: float = 1.5, pitch: float = 20, roll: float = 0, yaw: float = 0, x: float = 0, y: float = 0
) -> np.ndarray:
    """Return world_from_camera; pitch is down, roll clockwise for the viewer, yaw to the left, degrees."""
    p, r, a = np.radians([pitch, roll, yaw])
    level = np.array([[0, 0, 1], [-1, 0, 0], [0, -1, 0]], dtype=float)
    about_x = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    heading = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    motion = np.eye(4)
    motion[:3, :3] = heading @ level @ about_x @ about_z
    motion[:3, 3] = x, y, height
    return motion


def look(
    blocks: list[Block],
    world_from_camera: np.ndarray,
    camera: Camera = CAMERA,
    *,
    floor: bool = True,
    wall: float | None = None,
) -> PerceivedView:
    """Cast one ray per pixel; a wall stands across the view at x = `wall`."""
    rays = camera.rays() @ world_from_camera[:3, :3].T
    origin = world_from_camera[:3, 3]
    depth, instances = np.full(rays.shape[:2], np.inf), np.zeros(rays.shape[:2], dtype=np.int32)
    with np.errstate(divide="ignore", invalid="ignore"):
        planes = [(FLOOR, -origin[2] / rays[..., 2])] if floor else []
        if wall is not None:
            planes.append((WALL, (wall - origin[0]) / rays[..., 0]))
        for number, block in enumerate(blocks, start=1):
            near, far = (block.low - origin) / rays, (block.high - origin) / rays
            enter, leave = np.minimum(near, far).max(axis=-1), np.maximum(near, far).min(axis=-1)
            planes.append((number, np.where((enter <= leave) & (enter > 0), enter, np.inf)))
    for number, found in planes:
        ahead = (found > 0) & (found < depth)
        depth[ahead], instances[ahead] = found[ahead], number
    # A floor without end is cut at 20 m, where depth is not known any more.
    lost = depth > 20
    depth[lost], instances[lost] = 0, 0
    return PerceivedView(
        name="view",
        camera=camera,
        world_from_camera=world_from_camera,
        depth=depth.astype(np.float32),
        instances=instances,
    )


def perceive(
    blocks: list[Block],
    poses: list[np.ndarray] | np.ndarray,
    *,
    camera: Camera = CAMERA,
    floor: bool = True,
    wall: float | None = None,
    gravity: bool = True,
    metric: bool = True,
    ground: bool = True,
    source: str = "truth",
) -> Perception:
    """Return a perception of blocks; without `gravity` the world is the first camera's and only the ground tells up."""
    motions = [poses] if isinstance(poses, np.ndarray) else poses
    views = [look(blocks, motion, camera, floor=floor, wall=wall) for motion in motions]
    if not gravity:
        first = np.linalg.inv(motions[0])
        views = [dataclasses.replace(view, world_from_camera=first @ view.world_from_camera) for view in views]
    regions = [
        Region(instance=k, names=(block.name,), caption=f"a {block.name}", words=block.words, support=0)
        for k, block in enumerate(blocks, start=1)
    ]
    regions.append(Region(instance=FLOOR, names=("floor",), caption="a floor", askable=False, ground=ground))
    regions.append(Region(instance=WALL, names=("wall",), caption="a wall", askable=False))
    return Perception(
        name="boxes",
        views=tuple(views),
        regions=tuple(regions),
        sources=Sources(depth=source, instances=source, captions="truth", cameras="truth"),
        metric=metric,
        scale_source="truth" if metric else "none",
        up_world=Vector(0.0, 0.0, 1.0) if gravity else None,
        floor_height=0.0 if gravity else None,
    )


def gap(a: Block, b: Block) -> float:
    """Return the distance between two boxes."""
    return float(np.linalg.norm(np.maximum(0, np.maximum(a.low - b.high, b.low - a.high))))
