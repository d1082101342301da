"""Results of studies with one encoder a cell: which encoders and scenes there are, and words for their numbers."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np

from vantage.encoders import Family
from vantage.metrics import Metric
from vantage.reports.report import format_number
from vantage.studies.cells import EncoderCell
from vantage.studies.study_settings import StudySettings

Settings = TypeVar("Settings", bound=StudySettings)
Cell = TypeVar("Cell", bound=EncoderCell)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class EncoderResults(Generic[Settings, Cell]):
    """All cells that are done."""

    settings: Settings
    cells: Sequence[Cell]

    @property
    def encoders(self) -> list[str]:
        """The encoders that have a cell, in the settings' order."""
        present = {cell.name.encoder for cell in self.cells}
        return [name for name in self.settings.encoders if name in present]

    @property
    def scenes(self) -> list[str]:
        """The scenes that have a cell."""
        return list(dict.fromkeys(cell.name.scene for cell in self.cells))

    @property
    def families(self) -> dict[str, Family]:
        """The family of each encoder."""
        return {cell.name.encoder: cell.family for cell in self.cells}

    def first_cells(self, field: str = "") -> dict[str, dict[str, Cell]]:
        """Return by scene and encoder the cell of the first seed, which is the one that is drawn."""
        found: dict[str, dict[str, Cell]] = {}
        for cell in self.cells:
            if cell.name.field == field:
                found.setdefault(cell.name.scene, {}).setdefault(cell.name.encoder, cell)
        return found


GROUNDED, SEMANTIC = "geometry-grounded", "visual-semantic"


def family_means(
    families: Mapping[str, Family], per_scene: Callable[[str], Mapping[str, float]]
) -> dict[str, dict[str, float]] | None:
    """Return by family and scene the mean of a measure over the family's encoders; None without both families.

    Args:
        families: of each encoder.
        per_scene: the measure of an encoder by scene; scenes that one of a family lacks are left out.
    """
    means: dict[str, dict[str, float]] = {}
    for family in (GROUNDED, SEMANTIC):
        members = [per_scene(encoder) for encoder, its in families.items() if its == family]
        if not members:
            return None
        shared = sorted(set.intersection(*(set(one) for one in members)))
        means[family] = {scene: float(np.mean([one[scene] for one in members])) for scene in shared}
    return means


def describe(metric: Metric) -> str:
    """Return a metric as '0.12 (0.08 to 0.16, n = 9)'."""
    if metric.ci95 is None:
        return f"{format_number(metric.value)} (n = {metric.n})"
    low, high = map(format_number, metric.ci95)
    return f"{format_number(metric.value)} ({low} to {high}, n = {metric.n})"


def scenes_in_words(scenes: Sequence[str]) -> str:
    """Return the first three scenes, and how many more there are."""
    return ", ".join(scenes[:3]) + (f" and {len(scenes) - 3} more" if len(scenes) > 3 else "")
