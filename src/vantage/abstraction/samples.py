"""`ViewSample`: one view of a room with everything a training or a score of the 3D half needs, and its file."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Float16, Float32, Int16, UInt8, UInt16
from torch import Tensor

from vantage.abstraction.frame import Bounds, FrameSource, ViewFrame
from vantage.abstraction.points import Sight
from vantage.errors import DataError
from vantage.geometry import Camera
from vantage.storage import load_tensors, parse_json, save_tensors

LabelKind = Literal["class", "attribute", "hidden", "absent"]
"""A class that is seen; one of its objects by colour; a class in the room that is not seen; one that is not there."""


@dataclasses.dataclass(frozen=True)
class SampleLabel:
    """A text that a view is asked for."""

    text: str
    category: str
    kind: LabelKind


@dataclasses.dataclass(frozen=True)
class Description:
    """A place in words; target and reference are indices into the sample's labels."""

    target: int
    relation: str
    reference: int
    hidden: bool
    """Whether no visible object fits, so that the answer is every place where one could be."""
    sentence: str


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ViewSample:
    """One view, what is asked of it, and query points with their truth."""

    seed: int
    """Of the room."""
    number: int
    """Of the view in its room."""
    image: UInt8[np.ndarray, "h w 3"]
    depth_mm: UInt16[np.ndarray, "h w"]
    """z-depth, millimetres; 0 = unknown."""
    instances: Int16[np.ndarray, "h w"]
    """Instance that each pixel shows."""
    intrinsics: Float32[np.ndarray, " 4"]
    """fx, fy, cx, cy in pixels of this size."""
    frame_from_camera: Float32[np.ndarray, "4 4"]
    labels: tuple[SampleLabel, ...]
    relevancy: Float16[np.ndarray, "k h w"]
    """Of each label (`points.point_relevancy`)."""
    vectors: Float16[np.ndarray, "k t"]
    """Text vectors of the labels."""
    points: Float16[np.ndarray, "n 3"]
    """Query points, metres, view frame; all in the picture and in the bounds."""
    uniform: int
    """The first so many points are drawn evenly, the others near objects."""
    owner: Int16[np.ndarray, " n"]
    """Instance that is solid at each point, 0: none."""
    members: Bool[np.ndarray, "k i"]
    """Whether each instance (index 0: nothing) belongs to each label: the visible ones that it names."""
    descriptions: tuple[Description, ...]
    answers: Bool[np.ndarray, "d n"]
    """Whether each point belongs to each description's answer."""
    sentence_relevancy: Float16[np.ndarray, "d h w"]
    sentence_vectors: Float16[np.ndarray, "d t"]

    @property
    def camera(self) -> Camera:
        """Intrinsics."""
        height, width = self.depth_mm.shape
        fx, fy, cx, cy = (float(value) for value in self.intrinsics)
        return Camera(fx=fx, fy=fy, cx=cx, cy=cy, width=width, height=height)

    @property
    def depth(self) -> Float32[np.ndarray, "h w"]:
        """z-depth, metres."""
        return self.depth_mm.astype(np.float32) / np.float32(1000)

    @property
    def frame(self) -> ViewFrame:
        """The view frame; rooms know the vertical."""
        source: FrameSource = "poses"
        return ViewFrame(frame_from_camera=self.frame_from_camera.astype(np.float64), source=source)

    @property
    def sight(self) -> Sight:
        """What the view sees of space."""
        return Sight(depth=self.depth, camera=self.camera, frame_from_camera=self.frame_from_camera)

    def surface(self) -> tuple[Float32[np.ndarray, "n 3"], Bool[np.ndarray, "h w"]]:
        """Return the points of pixels with a known depth (metres, view frame), and which pixels those are."""
        known = self.depth_mm > 0
        points = (self.camera.rays() * self.depth[..., None])[known]
        return self.frame.points_frame(points).astype(np.float32), known

    def truth(self, labels: Sequence[int] | None = None) -> Bool[np.ndarray, "k n"]:
        """Return whether each point lies in a visible object of each label; of all labels or some."""
        chosen = self.members if labels is None else self.members[list(labels)]
        return chosen[:, self.owner]

    @property
    def present(self) -> list[int]:
        """The labels of which some query point is solid."""
        return np.flatnonzero(self.truth().any(axis=1)).tolist()


ARRAYS = (
    *("image", "depth_mm", "instances", "intrinsics", "frame_from_camera", "relevancy", "vectors"),
    *("points", "owner", "members", "sentence_relevancy", "sentence_vectors"),
)
"""What goes into the file as it is; answers are packed into bits."""


def save_samples(samples: Sequence[ViewSample], path: Path) -> None:
    """Write the samples of a room."""
    tensors: dict[str, Tensor] = {}
    words = []
    for k, sample in enumerate(samples):
        tensors |= {f"{k}.{name}": torch.from_numpy(getattr(sample, name)) for name in ARRAYS}
        tensors[f"{k}.answers"] = torch.from_numpy(np.packbits(sample.answers, axis=1))
        words.append(
            {
                "seed": sample.seed,
                "number": sample.number,
                "uniform": sample.uniform,
                "labels": [dataclasses.astuple(label) for label in sample.labels],
                "descriptions": [dataclasses.astuple(description) for description in sample.descriptions],
            }
        )
    save_tensors(path, tensors, {"samples": json.dumps(words)})


def load_samples(path: Path) -> list[ViewSample]:
    """Read the samples of a room.

    Raises:
        DataError: the file is damaged.
    """
    tensors, metadata = load_tensors(path)
    try:
        words = parse_json(metadata["samples"], where=f"{path}, metadata 'samples'")
        return [_sample(tensors, k, one) for k, one in enumerate(words)]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: not samples of a room ({error!r}); delete it and run again") from error


def _sample(tensors: dict[str, Tensor], k: int, words: dict) -> ViewSample:
    arrays = {name: tensors[f"{k}.{name}"].numpy() for name in ARRAYS}
    packed = tensors[f"{k}.answers"].numpy()
    return ViewSample(
        seed=words["seed"],
        number=words["number"],
        uniform=words["uniform"],
        labels=tuple(SampleLabel(*label) for label in words["labels"]),
        descriptions=tuple(Description(*one) for one in words["descriptions"]),
        answers=np.unpackbits(packed, axis=1, count=len(arrays["points"])).astype(bool),
        **arrays,
    )


def voxel_iou(
    predicted: Bool[np.ndarray, " n"],
    truth: Bool[np.ndarray, " n"],
    points: Float[np.ndarray, "n 3"],
    bounds: Bounds,
    grid: int = 32,
) -> float | None:
    """Return the intersection over union of voxels; a voxel is filled if any of its points is. None if all are empty.

    Args:
        predicted: for each point.
        truth: for each point.
        points: metres, view frame.
        bounds: what the grid spans.
        grid: voxels along each axis; 32 in section 4.
    """
    (iou,) = voxel_ious(predicted.astype(np.float64), truth, points, bounds, (0.5,), grid)
    return iou


def voxel_ious(
    values: Float[np.ndarray, " n"],
    truth: Bool[np.ndarray, " n"],
    points: Float[np.ndarray, "n 3"],
    bounds: Bounds,
    thresholds: Sequence[float],
    grid: int = 32,
) -> list[float | None]:
    """Return `voxel_iou` for the points whose value is above each of several thresholds; minus infinity is above none.

    Args:
        values: of each point.
        truth: for each point.
        points: metres, view frame.
        bounds: what the grid spans.
        thresholds: in any order.
        grid: voxels along each axis.
    """
    cell = ((points - np.array(bounds.low)) / bounds.size * grid).astype(np.int64).clip(0, grid - 1)
    flat = (cell[:, 0] * grid + cell[:, 1]) * grid + cell[:, 2]
    highest, right = np.full(grid**3, -np.inf), np.zeros(grid**3, dtype=bool)
    np.maximum.at(highest, flat, values.astype(np.float64))
    right[flat[truth]] = True
    found: list[float | None] = []
    for threshold in thresholds:
        filled = highest > threshold
        union = int((filled | right).sum())
        found.append(int((filled & right).sum()) / union if union else None)
    return found
