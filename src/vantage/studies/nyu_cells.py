"""One cell of the study of NYUv2-CAD: a method on a frame, by both protocols."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int
from torch import Tensor

from vantage.abstraction.samples import SampleLabel
from vantage.studies.cells import CellName, StudyCell, read_cell, write_cell
from vantage.studies.nyu_classes import NyuClasses
from vantage.studies.nyu_settings import CUBE
from vantage.studies.nyu_views import NyuView
from vantage.studies.ovssc_cells import Drawn, draw_view, pictures_of
from vantage.studies.ovssc_samples import Asked


@dataclasses.dataclass(frozen=True, kw_only=True)
class NyuScore:
    """What a method comes to in a frame; lists run over the classes."""

    iou: tuple[float | None, ...]
    """In the cube; None where neither truth nor answer holds the class."""
    tp: tuple[int, ...]
    """Scored voxels of 8 cm rightly given to the class."""
    fp: tuple[int, ...]
    fn: tuple[int, ...]
    completion: float | None
    """Filled against empty, among the hidden voxels of 8 cm; None where neither truth nor answer fills one."""
    cube_voxels: int
    """Measured ones."""
    scored_voxels: int
    """Of 8 cm."""
    filled: int
    """Of them by the truth."""
    filled_inside: int
    """Of these in the networks' bounds."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class NyuCell(StudyCell):
    """A method on a frame; the name's scene is the frame, its encoder the method."""

    fingerprints: Mapping[str, str]
    """Fingerprint of the method's network, by the method's name."""
    score: NyuScore
    drawn: Drawn | None = None

    @property
    def weights(self) -> Mapping[str, str]:
        """Fingerprints of the networks that it depends on."""
        return self.fingerprints

    def save(self, folder: Path) -> None:
        """Write the cell."""
        content: dict[str, Any] = {
            "cell": self.name.to_json(),
            "weights": dict(self.fingerprints),
            "score": dataclasses.asdict(self.score),
            "drawn": list(self.drawn.labels) if self.drawn else None,
        }
        write_cell(folder, self.name, content, pictures_of(self.drawn))

    @classmethod
    def load(cls, folder: Path, name: CellName) -> "NyuCell | None":
        """Read a cell, or return None where it is not done.

        Raises:
            DataError: its files are damaged.
        """

        def parse(content: Any, tensors: dict[str, Tensor]) -> "NyuCell":
            drawn = Drawn.read(content["drawn"], tensors)
            score: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in content["score"].items()}
            return cls(name=name, fingerprints=content["weights"], score=NyuScore(**score), drawn=drawn)

        return read_cell(folder, name, parse)


def measure_frame(view: NyuView, found: Int[np.ndarray, " p"], classes: int) -> NyuScore:
    """Return what an answer comes to in a frame by both protocols.

    Args:
        view: the frame.
        found: class at each of its query points, 0 where it is empty.
        classes: how many are measured.
    """
    cube, coarse = found[: len(view.cube_voxel)], found[len(view.cube_voxel) :]
    ious, measured = cube_ious(view, cube, classes)
    truth, answer = view.coarse_truth, coarse_classes(view, coarse)
    tp, fp, fn = ([0] * classes for _ in range(3))
    for k in range(classes):
        own, given = truth == k + 1, answer == k + 1
        tp[k], fp[k], fn[k] = int((own & given).sum()), int((~own & given).sum()), int((own & ~given).sum())
    own, given = truth[view.coarse_hidden] > 0, answer[view.coarse_hidden] > 0
    union = int((own | given).sum())
    return NyuScore(
        iou=tuple(ious),
        tp=tuple(tp),
        fp=tuple(fp),
        fn=tuple(fn),
        completion=int((own & given).sum()) / union if union else None,
        cube_voxels=measured,
        scored_voxels=len(truth),
        filled=int((truth > 0).sum()),
        filled_inside=int(((truth > 0) & view.coarse_inside).sum()),
    )


def cube_ious(view: NyuView, found: Int[np.ndarray, " n"], classes: int) -> tuple[list[float | None], int]:
    """Return the IoU of each class in the cube, and how many voxels are measured.

    A voxel holds each class that one of its points has, in truth and in the answer. Those with an unknown point, or
    with one outside the picture, are left out, as in the released evaluation.
    """
    known = np.bincount(view.cube_voxel, view.cube_truth >= 0, minlength=CUBE**3) == view.across**3
    kept = known[view.cube_voxel]
    voxels, truth, answer = view.cube_voxel[kept], view.cube_truth[kept], found[kept]
    ious: list[float | None] = []
    for k in range(1, classes + 1):
        own, given = np.zeros(CUBE**3, dtype=bool), np.zeros(CUBE**3, dtype=bool)
        own[voxels[truth == k]] = True
        given[voxels[answer == k]] = True
        union = int((own | given).sum())
        ious.append(int((own & given).sum()) / union if union else None)
    return ious, int(known.sum())


def coarse_classes(view: NyuView, found: Int[np.ndarray, " m"]) -> Int[np.ndarray, " v"]:
    """Return the class of each scored voxel of 8 cm: the commonest of its points, of several the first; 0 without any.

    One filled point fills it, since a twentieth of its volume fills it in truth.
    """
    filled = found > 0
    highest = int(found.max(initial=0)) + 1
    pairs, counts = np.unique(view.coarse_voxel[filled] * highest + found[filled], return_counts=True)
    answer = np.zeros(len(view.coarse_truth), dtype=np.int64)
    # The commonest comes last and stays; of equals the first does.
    order = np.lexsort((-pairs, counts))
    answer[pairs[order] // highest] = pairs[order] % highest
    return answer


def draw_frame(view: NyuView, found: Int[np.ndarray, " p"], classes: NyuClasses) -> Drawn:
    """Return a frame, its true objects in the cube and those that were made, in one colour a class."""
    voxels, first, owner = np.unique(view.cube_voxel, return_index=True, return_inverse=True)
    # A voxel is drawn in the class of any of its points: thin walls pass between points.
    truth, answer = np.zeros((2, len(voxels)), dtype=np.int64)
    np.maximum.at(truth, owner, view.cube_truth)
    np.maximum.at(answer, owner, found[: len(owner)])
    present = np.unique(np.concatenate([truth, answer]))
    shown = tuple(k - 1 for k in present.tolist() if k > 0)
    sample = dataclasses.replace(
        view.sample,
        points=view.sample.points[first],
        owner=truth.astype(np.int16),
        labels=tuple(SampleLabel(name, name, "class") for name in classes.names),
        members=np.eye(len(classes.names) + 1, dtype=bool)[1:],
        relevancy=np.zeros((len(classes.names), *view.sample.depth_mm.shape), dtype=np.float16),
        vectors=np.zeros((len(classes.names), 1), dtype=np.float16),
        answers=np.zeros((0, len(voxels)), dtype=bool),
    )
    asked = Asked(together=shown, counted=shown, absent=())
    return draw_view(sample, asked, answer, view.bounds, CUBE)
