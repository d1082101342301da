"""Flat toy rooms: coloured discs, squares and triangles on a wall, with exact regions. Rendered in microseconds."""

import numpy as np

from vantage.pretraining.captions import Region
from vantage.pretraining.room_views import RoomViews

COLOURS = {"red": (0.8, 0.1, 0.1), "green": (0.1, 0.6, 0.2), "blue": (0.1, 0.2, 0.8), "yellow": (0.9, 0.8, 0.1)}
SHAPES = ("ball", "box", "cone")


def toy_room(seed: int, *, views: int = 4, width: int = 96, height: int = 72, objects: int = 4) -> RoomViews:
    """Make a room whose views show the same objects at random places."""
    rng = np.random.default_rng(seed)
    table = [Region(category="wall", is_object=False)]
    for _ in range(objects):
        table.append(Region(category=str(rng.choice(SHAPES)), colour=str(rng.choice(list(COLOURS))), material="paper"))
    images = np.zeros((views, height, width, 3), np.uint8)
    labels = np.zeros((views, height, width), np.uint8)
    y, x = np.mgrid[:height, :width] + 0.5
    for view in range(views):
        image = np.full((height, width, 3), 0.7) + rng.normal(0, 0.05, (height, width, 1))
        labels[view] = 1
        for number, region in enumerate(table[1:], start=2):
            cx, cy, r = rng.uniform(10, width - 10), rng.uniform(10, height - 10), rng.uniform(6, 14)
            inside = {
                "ball": (x - cx) ** 2 + (y - cy) ** 2 < r * r,
                "box": (abs(x - cx) < r) & (abs(y - cy) < r),
                "cone": (abs(x - cx) < (y - cy + r) / 2) & (y < cy + r),
            }[region.category]
            image[inside] = np.array(COLOURS[region.colour]) * rng.uniform(0.8, 1.1)
            labels[view][inside] = number
        images[view] = np.clip(image * 255, 0, 255).astype(np.uint8)
    # All views stand at one place, two metres from the wall.
    return RoomViews(
        seed=seed,
        images=images,
        regions=labels,
        table=tuple(table),
        captions=("",) * views,
        depth_mm=np.full((views, height, width), 2000, np.uint16),
        world_from_camera=np.eye(4, dtype=np.float32)[None].repeat(views, axis=0),
        intrinsics=np.array([[width, 0, width / 2], [0, width, height / 2], [0, 0, 1]], np.float32),
    )
