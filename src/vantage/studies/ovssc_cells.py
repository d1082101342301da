"""One cell of the completion study: a method on the views of a room in a split."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float32, Int, UInt8
from torch import Tensor

from vantage.abstraction.completion import SURFACES
from vantage.abstraction.frame import Bounds
from vantage.abstraction.samples import ViewSample, voxel_iou
from vantage.reports import SolidLayer, SolidScene, draw_solids, label_colours
from vantage.studies.cells import CellName, StudyCell, read_cell, write_cell
from vantage.studies.ovssc_methods import Method
from vantage.studies.ovssc_samples import Asked

DRAWN_PIXELS = 300
"""Side of a drawing of one view's completion."""
PICTURES = ("image", "true", "made")
"""Of a drawing."""
AZIMUTH, ELEVATION = -0.7, 0.55
"""Where drawings are seen from, radians: over the camera's left shoulder."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Completed:
    """A label that a view shows, completed."""

    view: int
    text: str
    category: str
    iou: float
    """Where all labels of the view contend (section 3.3)."""
    iou_alone: float
    """Where it is asked for alone."""
    iou_judged: float
    """Where all contend but those that are judged to be absent (`Method.least_presence`)."""
    voxels: int
    """Of the truth."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Silent:
    """A label that is not in the room, asked for alone."""

    view: int
    text: str
    litres: float
    """Volume in which it was seen all the same."""
    litres_judged: float
    """The same with the walls, floors and ceilings of the view contending, nothing where it is judged to be absent."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Confused:
    """How much of a class was taken for another."""

    category: str
    taken_for: str
    """Empty: for nothing."""
    points: int


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """The first view of a room, as pictures in 8-bit RGB."""

    labels: tuple[str, ...]
    image: UInt8[np.ndarray, "h w 3"]
    true: UInt8[np.ndarray, "s s 3"]
    made: UInt8[np.ndarray, "s s 3"]

    @classmethod
    def read(cls, labels: Sequence[str] | None, tensors: Mapping[str, Tensor]) -> "Drawn | None":
        """Return what `pictures_of` wrote of a drawing; None where the labels are."""
        if labels is None:
            return None
        return cls(labels=tuple(labels), **{name: tensors[name].numpy() for name in PICTURES})


def pictures_of(drawn: Drawn | None) -> dict[str, Tensor]:
    """Return a drawing's pictures as a cell's tensors; files of tensors hold at least one."""
    if drawn is None:
        return {"none": torch.zeros(1)}
    return {name: torch.from_numpy(getattr(drawn, name)) for name in PICTURES}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class OvsscCell(StudyCell):
    """What a method came to in a room; the name's encoder is the method, its field the split."""

    fingerprints: Mapping[str, str]
    """Fingerprint of the method's network, by the network's name; none of the floors."""
    completed: tuple[Completed, ...]
    silent: tuple[Silent, ...]
    confused: tuple[Confused, ...]
    drawn: Drawn | None = None

    @property
    def weights(self) -> Mapping[str, str]:
        """Fingerprints of the networks that it depends on."""
        return self.fingerprints

    def save(self, folder: Path) -> None:
        """Write the cell."""
        content: dict[str, Any] = {"cell": self.name.to_json(), "weights": dict(self.fingerprints)}
        for part in ("completed", "silent", "confused"):
            content[part] = [dataclasses.asdict(one) for one in getattr(self, part)]
        content["drawn"] = list(self.drawn.labels) if self.drawn else None
        write_cell(folder, self.name, content, pictures_of(self.drawn))

    @classmethod
    def load(cls, folder: Path, name: CellName) -> "OvsscCell | None":
        """Read a cell, or return None where it is not done.

        Raises:
            DataError: its files are damaged.
        """

        def parse(content: Any, tensors: dict[str, Tensor]) -> "OvsscCell":
            return cls(
                name=name,
                fingerprints=content["weights"],
                completed=tuple(Completed(**one) for one in content["completed"]),
                silent=tuple(Silent(**one) for one in content["silent"]),
                confused=tuple(Confused(**one) for one in content["confused"]),
                drawn=Drawn.read(content["drawn"], tensors),
            )

        return read_cell(folder, name, parse)


def measure_view(
    method: Method,
    sample: ViewSample,
    asked: Asked,
    bounds: Bounds,
    voxels: int,
    lattice: int,
    presence: Float32[np.ndarray, " k"] | None = None,
) -> tuple[list[Completed], list[Silent], list[Confused], Int[np.ndarray, " n"]]:
    """Return what a method makes of a view, and which label (its index + 1) has each point, 0 for none.

    Args:
        method: who completes.
        sample: the view; its points are a lattice.
        asked: what for.
        bounds: of the lattice.
        voxels: along each axis of the measure.
        lattice: points along each axis.
        presence: of all labels of the sample; None: not asked, nobody is judged to be absent.
    """
    points = sample.points.astype(np.float64)
    owner = np.zeros(len(points), dtype=np.int64)
    completed: list[Completed] = []
    confused: list[Confused] = []
    logits = np.zeros((0, len(points)), dtype=np.float32)
    if asked.together:
        logits = method.complete(sample, asked.together)
        owner = owners(logits, method.threshold, asked.together)
        doubted = [presence is not None and presence[label] < method.least_presence for label in asked.together]
        judged = owners(np.where(np.array(doubted)[:, None], -np.inf, logits), method.threshold, asked.together)
        truths = sample.truth(asked.together)

        def iou(predicted: Bool[np.ndarray, " n"], row: int) -> float:
            return voxel_iou(predicted, truths[row], points, bounds, voxels) or 0.0

        for row, label in enumerate(asked.together):
            if label in asked.counted:
                completed.append(
                    Completed(
                        view=sample.number,
                        text=sample.labels[label].text,
                        category=sample.labels[label].category,
                        iou=iou(owner == label + 1, row),
                        iou_alone=iou(logits[row] > method.threshold, row),
                        iou_judged=iou(judged == label + 1, row),
                        voxels=_filled(truths[row], points, bounds, voxels),
                    )
                )
                confused += _confused(sample, asked, label, owner[truths[row]])
    silent: list[Silent] = []
    litres = float(np.prod(bounds.size)) / lattice**3 * 1000
    surfaces = [label for label in asked.together if sample.labels[label].category in SURFACES]
    for label in asked.absent:
        alone = method.complete(sample, [label])[0] > method.threshold
        held = np.zeros_like(alone)
        if presence is None or presence[label] >= method.least_presence:
            beside = [label, *surfaces]
            held = owners(method.complete(sample, beside), method.threshold, beside) == label + 1
        silent.append(
            Silent(
                view=sample.number,
                text=sample.labels[label].text,
                litres=litres * int(alone.sum()),
                litres_judged=litres * int(held.sum()),
            )
        )
    return completed, silent, confused, owner


def owners(logits: Float32[np.ndarray, "k n"], threshold: float, labels: Sequence[int]) -> Int[np.ndarray, " n"]:
    """Return for each point the label with the highest logit, plus 1, where it is above the threshold; else 0."""
    best = np.array(labels)[logits.argmax(axis=0)]
    return np.where(logits.max(axis=0) > threshold, best + 1, 0)


def draw_view(sample: ViewSample, asked: Asked, owner: Int[np.ndarray, " n"], bounds: Bounds, lattice: int) -> Drawn:
    """Return a view, its true objects and those that were made, in one colour a label."""
    truth = np.zeros(len(sample.points), dtype=np.int64)
    for label in asked.together:
        truth[sample.truth([label])[0]] = label + 1
    surface, known = sample.surface()
    cells = ((sample.points.astype(np.float64) - np.array(bounds.low)) / bounds.size * lattice).astype(np.int32)
    eye = sample.frame_from_camera[:3, 3]

    def drawing(chosen: Int[np.ndarray, " n"]) -> UInt8[np.ndarray, "s s 3"]:
        layers = tuple(
            SolidLayer(
                label=sample.labels[label].text,
                colour=colour,
                cells=cells[chosen == label + 1].clip(0, lattice - 1),
                confidence=np.ones(int((chosen == label + 1).sum()), dtype=np.float32),
            )
            for label, colour in zip(asked.together, label_colours(len(asked.together)), strict=True)
        )
        scene = SolidScene(
            low=bounds.low,
            high=bounds.high,
            shape=(lattice, lattice, lattice),
            layers=layers,
            points=surface,
            point_colours=sample.image[known],
            eye=(float(eye[0]), float(eye[1]), float(eye[2])),
        )
        image = draw_solids(scene, azimuth=AZIMUTH, elevation=ELEVATION, size=DRAWN_PIXELS)
        return np.rint(255 * image).astype(np.uint8)

    labels = tuple(sample.labels[label].text for label in asked.together)
    return Drawn(labels=labels, image=sample.image, true=drawing(truth), made=drawing(owner))


def _confused(sample: ViewSample, asked: Asked, label: int, owner: Int[np.ndarray, " n"]) -> list[Confused]:
    """Return what a label's points were taken for: every label of the view, and nothing; many are taken for none."""
    category = sample.labels[label].category
    found = [Confused(category=category, taken_for="", points=int((owner == 0).sum()))]
    for other in asked.together:
        points = int((owner == other + 1).sum())
        found.append(Confused(category=category, taken_for=sample.labels[other].category, points=points))
    return found


def _filled(truth: Bool[np.ndarray, " n"], points: np.ndarray, bounds: Bounds, voxels: int) -> int:
    cells = ((points[truth] - np.array(bounds.low)) / bounds.size * voxels).astype(np.int64)
    return len(np.unique(cells, axis=0))
