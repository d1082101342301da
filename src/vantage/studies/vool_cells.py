"""One cell of the study of hidden objects: a method on the descriptions of a room's views in a split."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from vantage.abstraction.frame import Bounds
from vantage.abstraction.samples import ViewSample, voxel_iou
from vantage.studies.cells import CellName, StudyCell, read_cell, write_cell
from vantage.studies.ovssc_methods import Method
from vantage.studies.ovssc_samples import carries_novelty
from vantage.studies.ovssc_settings import Split


@dataclasses.dataclass(frozen=True, kw_only=True)
class Located:
    """One description of a view."""

    view: int
    sentence: str
    relation: str
    hidden: bool
    """Whether no visible object fits it."""
    iou: float
    peak_in_answer: float
    """Whether the point with the highest score belongs to the answer; where many share it, the share that does."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class VoolCell(StudyCell):
    """What a method came to in a room; the name's encoder is the method, its field the split."""

    fingerprints: Mapping[str, str]
    """Fingerprint of the method's network, by the network's name; none of the floors."""
    located: tuple[Located, ...]

    @property
    def weights(self) -> Mapping[str, str]:
        """Fingerprints of the networks that it depends on."""
        return self.fingerprints

    def save(self, folder: Path) -> None:
        """Write the cell."""
        located = list(map(dataclasses.asdict, self.located))
        write_cell(
            folder, self.name, {"cell": self.name.to_json(), "weights": dict(self.fingerprints), "located": located}
        )

    @classmethod
    def load(cls, folder: Path, name: CellName) -> "VoolCell | None":
        """Read a cell, or return None where it is not done.

        Raises:
            DataError: its file is damaged.
        """

        def parse(content: Any, _: dict[str, Tensor]) -> "VoolCell":
            located = tuple(Located(**one) for one in content["located"])
            return cls(name=name, fingerprints=content["weights"], located=located)

        return read_cell(folder, name, parse, tensors=False)


def locate_views(
    method: Method, samples: Sequence[ViewSample], split: Split, bounds: Bounds, voxels: int
) -> tuple[Located, ...]:
    """Return what a method makes of the descriptions of views that count in a split.

    Args:
        method: who finds.
        samples: the views; their points are a lattice.
        split: whose novelty target or reference must carry.
        bounds: of the lattice.
        voxels: along each axis of the measure.
    """
    found: list[Located] = []
    for sample in samples:
        points = sample.points.astype(np.float64)
        for number, asked in enumerate(sample.descriptions):
            classes = (sample.labels[asked.target].category, sample.labels[asked.reference].category)
            if not any(carries_novelty(name, split) for name in classes):
                continue
            score, truth = method.find(sample, number), sample.answers[number]
            if score is None:
                continue
            found.append(
                Located(
                    view=sample.number,
                    sentence=asked.sentence,
                    relation=asked.relation,
                    hidden=asked.hidden,
                    iou=voxel_iou(score > method.find_threshold, truth, points, bounds, voxels) or 0.0,
                    peak_in_answer=float(truth[score == score.max()].mean()),
                )
            )
    return tuple(found)
