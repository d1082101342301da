"""A frame of NYUv2-CAD as it is asked about: query points of both protocols in the view frame, with their truth."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int

from vantage.abstraction.frame import Bounds, view_frame
from vantage.abstraction.points import MOST_POINTS
from vantage.abstraction.rgbd import RgbdView
from vantage.abstraction.samples import SampleLabel, ViewSample
from vantage.captures.sscnet import SscFrame
from vantage.captures.sscnet_volume import COARSE, UNIT
from vantage.geometry import Camera
from vantage.studies.nyu_classes import NyuClasses
from vantage.studies.nyu_scored import moved, pixels_of, scored_voxels
from vantage.studies.nyu_settings import CUBE

UP = np.array([0.0, 0.0, 1.0])
"""Against gravity in SSCNet's world (`perpareNYUCADdata.m`); its floor is at 0."""
BEYOND = (0.0, UNIT, 2 * UNIT)
"""Metres behind a pixel's surface where its class is looked for: surfaces fall between voxels."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class NyuView:
    """A frame with what is asked; classes count from 1, 0 is empty and -1 unknown."""

    view: RgbdView
    sample: ViewSample
    """Its maps are zero. Its points: of the cube, then of the scored voxels of 8 cm, all in the networks' bounds."""
    bounds: Bounds
    across: int
    """Query points along each edge of a voxel."""
    cube_voxel: Int[np.ndarray, " n"]
    """Which of the cube's voxels holds each of the first points; those outside the picture have none."""
    cube_truth: Int[np.ndarray, " n"]
    coarse_voxel: Int[np.ndarray, " m"]
    """Which scored voxel of 8 cm holds each of the further points."""
    coarse_truth: Int[np.ndarray, " v"]
    """Of the scored voxels of 8 cm: annotated, and hidden or near a seen surface."""
    coarse_hidden: Bool[np.ndarray, " v"]
    """Which of them lie behind the surface that is seen."""
    coarse_inside: Bool[np.ndarray, " v"]
    """Which of them have their middle in the networks' bounds; of the others networks say nothing."""

    @property
    def points(self) -> Float32[np.ndarray, "p 3"]:
        """All query points, metres, view frame."""
        return self.sample.points.astype(np.float32)


def nyu_view(frame: SscFrame, number: int, classes: NyuClasses, bounds: Bounds, across: int) -> NyuView:
    """Return a frame with its query points and their truth.

    Args:
        frame: with an image.
        number: of the frame.
        classes: which are measured.
        bounds: of the networks.
        across: query points along each edge of a voxel.

    Raises:
        DataError: the frame has no image, its depth cannot be metres, or a label is of no class.
    """
    view = RgbdView.of_view(frame.view(), UP, ground=0.0)
    volume = frame.volume
    motion = view_frame(view)
    frame_from_world = motion.frame_from_camera @ np.linalg.inv(volume.world_from_camera)
    cube, cube_voxel = _cube_points(bounds, across)
    cube_world = moved(cube, frame_from_world, back=True)
    seen = pixels_of(cube_world, volume.world_from_camera, frame.depth)[2]
    cube, cube_voxel, cube_world = cube[seen], cube_voxel[seen], cube_world[seen]
    coarse = scored_voxels(volume, frame.depth)
    middles = moved(coarse.middles, frame_from_world)
    points, owner = _inner_points(coarse.middles, across)
    points = moved(points, frame_from_world)
    inside = bounds.contains(points)
    where = f"frame {frame.name}"
    cube_truth = classes.classes(volume.at(cube_world), where)
    sample = _sample(frame, view, number, classes, np.concatenate([cube, points[inside]]).astype(np.float16))
    return NyuView(
        view=view,
        sample=dataclasses.replace(sample, frame_from_camera=motion.frame_from_camera.astype(np.float32)),
        bounds=bounds,
        across=across,
        cube_voxel=cube_voxel,
        cube_truth=cube_truth,
        coarse_voxel=owner[inside],
        coarse_truth=classes.classes(coarse.labels, where),
        coarse_hidden=coarse.hidden,
        coarse_inside=bounds.contains(middles),
    )


def _cube_points(bounds: Bounds, across: int) -> tuple[Float64[np.ndarray, "n 3"], Int[np.ndarray, " n"]]:
    """Return points spread evenly in the bounds, and which voxel of the cube holds each."""
    index = np.arange(CUBE * across) // across
    x, y, z = np.meshgrid(index, index, index, indexing="ij")
    return bounds.centres(CUBE * across).reshape(-1, 3), ((x * CUBE + y) * CUBE + z).ravel()


def _inner_points(
    middles: Float64[np.ndarray, "v 3"], across: int
) -> tuple[Float64[np.ndarray, "n 3"], Int[np.ndarray, " n"]]:
    """Return points spread evenly in voxels of 8 cm, and which voxel each is in."""
    steps = ((np.arange(across) + 0.5) / across - 0.5) * COARSE * UNIT
    offsets = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    return (middles[:, None] + offsets).reshape(-1, 3), np.repeat(np.arange(len(middles)), len(offsets))


def _sample(frame: SscFrame, view: RgbdView, number: int, classes: NyuClasses, points: np.ndarray) -> ViewSample:
    """Return what networks and pictures read of a frame, without relevancy; the view frame is set by who calls."""
    small = view.shrunk(MOST_POINTS)
    members = np.zeros((len(classes.texts), len(classes.names) + 1), dtype=bool)
    members[np.arange(len(classes.texts)), classes.class_of_text + 1] = True
    lens, texts = small.camera, len(classes.texts)
    return ViewSample(
        seed=0,
        number=number,
        image=np.round(small.image * 255).astype(np.uint8),
        depth_mm=np.clip(np.round(small.depth * 1000), 0, 65535).astype(np.uint16),
        instances=_classes_seen(frame, small.depth, lens, classes).astype(np.int16),
        intrinsics=np.array([lens.fx, lens.fy, lens.cx, lens.cy], dtype=np.float32),
        frame_from_camera=np.eye(4, dtype=np.float32),
        labels=tuple(
            SampleLabel(text, classes.names[k], "class")
            for text, k in zip(classes.texts, classes.class_of_text.tolist(), strict=True)
        ),
        relevancy=np.zeros((texts, *small.depth.shape), dtype=np.float16),
        vectors=np.zeros((texts, 1), dtype=np.float16),
        points=points,
        uniform=len(points),
        owner=np.zeros(len(points), dtype=np.int16),
        members=members,
        descriptions=(),
        answers=np.zeros((0, len(points)), dtype=bool),
        sentence_relevancy=np.zeros((0, *small.depth.shape), dtype=np.float16),
        sentence_vectors=np.zeros((0, 1), dtype=np.float16),
    )


def _classes_seen(
    frame: SscFrame, depth: Float32[np.ndarray, "h w"], camera: Camera, classes: NyuClasses
) -> Int[np.ndarray, "h w"]:
    """Return the class of each pixel's surface, 0 where the volume holds none there or depth is unknown."""
    pose = frame.volume.world_from_camera
    found = np.zeros(depth.shape, dtype=np.int64)
    for beyond in BEYOND:
        points = camera.rays() * (depth + np.float32(beyond))[..., None]
        labels = frame.volume.at(points @ pose[:3, :3].T + pose[:3, 3])
        here = classes.classes(labels, f"frame {frame.name}").clip(0)
        found = np.where(found == 0, here, found)
    return np.where(depth > 0, found, 0)
