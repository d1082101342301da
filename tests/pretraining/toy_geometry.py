"""A toy room with true geometry: cameras that look at a slanted, chequered wall, ray-traced in closed form."""

import numpy as np

from vantage.geometry import Camera
from vantage.pretraining.captions import Region
from vantage.pretraining.room_views import RoomViews

NORMAL, OFFSET = np.array([0.2, 0.1, -1.0]) / np.linalg.norm([0.2, 0.1, -1.0]), -3.0
"""The wall is where `NORMAL . point = OFFSET`, world frame, metres."""


def slanted_wall(seed: int, *, views: int = 4, width: int = 48, height: int = 32) -> RoomViews:
    """Views from places some 0.3 m apart."""
    rng = np.random.default_rng(seed)
    camera = Camera.from_fov(fov_x=1.2, width=width, height=height)
    images, depths, poses = [], [], []
    for _ in range(views):
        eye = rng.uniform(-0.3, 0.3, 3)
        pose = np.eye(4)
        angle = rng.uniform(-0.1, 0.1)
        pose[:3, :3] = [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
        pose[:3, 3] = eye
        rays = camera.rays() @ pose[:3, :3].T
        depth = (OFFSET - eye @ NORMAL) / (rays @ NORMAL)
        points = eye + rays * depth[..., None]
        chequers = (np.floor(points[..., 0] * 3) + np.floor(points[..., 1] * 3)) % 2
        images.append(np.stack([60 + 120 * chequers, 90 + 0 * chequers, 200 - 90 * chequers], axis=-1))
        depths.append(np.round(depth * 1000))
        poses.append(pose)
    return RoomViews(
        seed=seed,
        images=np.stack(images).astype(np.uint8),
        regions=np.ones((views, height, width), np.uint8),
        table=(Region(category="wall", is_object=False),),
        captions=("",) * views,
        depth_mm=np.stack(depths).astype(np.uint16),
        world_from_camera=np.stack(poses).astype(np.float32),
        intrinsics=camera.matrix.astype(np.float32),
    )
