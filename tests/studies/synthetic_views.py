"""A view of two boxes before a wall, with everything known by arithmetic."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch

from vantage.abstraction.frame import Bounds, ViewFrame, level_motion
from vantage.abstraction.points import Sight
from vantage.abstraction.samples import Description, SampleLabel, ViewSample
from vantage.geometry import Camera

BOUNDS = Bounds()
LATTICE = 32
CAMERA = Camera(fx=50.0, fy=50.0, cx=32.0, cy=24.0, width=64, height=48)
HEIGHT = 1.2
FRAME = ViewFrame(frame_from_camera=level_motion(np.array([0.0, -1.0, 0.0]), HEIGHT), source="poses")
WALL = 3.9
BOXES = (
    # low and high corners in the view frame: the first left and near, the second right and farther.
    (np.array([1.5, 0.1, 0.2]), np.array([2.1, 0.9, 1.4])),
    (np.array([2.2, -1.1, 0.2]), np.array([2.9, -0.2, 1.1])),
)
LABELS = (
    SampleLabel("a box", "box", "class"),
    SampleLabel("a mug", "mug", "class"),
    SampleLabel("a red chair", "chair", "attribute"),
    SampleLabel("a bed", "bed", "absent"),
)
INSIDE, OUTSIDE = 0.9, 0.1
"""Relevancy in the true masks and beside them."""


def inside(points: np.ndarray, box: int) -> np.ndarray:
    low, high = BOXES[box]
    return np.asarray(((points >= low) & (points < high)).all(axis=-1))


def cast() -> tuple[np.ndarray, np.ndarray]:
    """Return z-depth and instance of each pixel, by the slabs of the boxes."""
    rays = CAMERA.rays() @ FRAME.frame_from_camera[:3, :3].T
    eye = FRAME.frame_from_camera[:3, 3]
    depth, instances = WALL / rays[..., 0], np.zeros(rays.shape[:2], np.int16)
    for number, (low, high) in enumerate(BOXES, start=1):
        with np.errstate(divide="ignore"):
            first, second = (low - eye) / rays, (high - eye) / rays
        enter, leave = np.minimum(first, second).max(axis=-1), np.maximum(first, second).min(axis=-1)
        hit = (enter < leave) & (enter > 0) & (enter < depth)
        depth, instances = np.where(hit, enter, depth), np.where(hit, np.int16(number), instances)
    return depth.astype(np.float32), instances


def view(number: int = 0) -> ViewSample:
    """Return the view; its third label names the second box too, its fourth nothing."""
    depth, instances = cast()
    centres = BOUNDS.centres(LATTICE).reshape(-1, 3).astype(np.float16)
    motion = FRAME.frame_from_camera
    sight = Sight(depth=depth, camera=CAMERA, frame_from_camera=motion)
    _, _, seen = sight.depths_at(torch.from_numpy(centres.astype(np.float32)))
    points = centres[seen.numpy()]
    wide = points.astype(np.float64)
    owner = np.where(inside(wide, 0), 1, np.where(inside(wide, 1), 2, 0)).astype(np.int16)
    members = np.zeros((4, 3), dtype=bool)
    members[0, 1] = members[1, 2] = members[2, 2] = True
    masks = members[:, instances]
    relevancy = np.where(masks, INSIDE, OUTSIDE).astype(np.float16)
    behind = (wide[:, 0] > 2.1) & (wide[:, 1] > 0.1) & (wide[:, 1] < 0.9) & (owner == 0)
    return ViewSample(
        seed=900_000,
        number=number,
        image=np.full((48, 64, 3), 120, np.uint8),
        depth_mm=np.round(1000 * depth).astype(np.uint16),
        instances=instances,
        intrinsics=np.array([50, 50, 32, 24], np.float32),
        frame_from_camera=motion.astype(np.float32),
        labels=LABELS,
        relevancy=relevancy,
        vectors=np.zeros((4, 8), np.float16),
        points=points,
        uniform=len(points),
        owner=owner,
        members=members,
        descriptions=(
            Description(1, "right of", 0, False, "a mug right of a box"),
            Description(3, "behind", 0, True, "a bed behind a box"),
        ),
        answers=np.stack([owner == 2, behind]),
        sentence_relevancy=np.zeros((2, 48, 64), np.float16),
        sentence_vectors=np.zeros((2, 8), np.float16),
    )


@dataclasses.dataclass
class Told:
    """A method that says what it is told: for each label, which instance fills it."""

    instances: dict[int, int]
    extractor: str = "value-path-fast"
    threshold: float = 0.0
    find_threshold: float = 0.0
    least_presence: float = 0.0

    def complete(self, sample: ViewSample, labels: Sequence[int]) -> np.ndarray:
        return np.stack(
            [np.where(sample.owner == self.instances.get(k, -1), 2.0, -2.0).astype(np.float32) for k in labels]
        )

    def find(self, sample: ViewSample, number: int) -> np.ndarray | None:
        return np.where(sample.answers[number], 1.0, -1.0).astype(np.float32)
