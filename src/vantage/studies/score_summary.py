"""The scorecard in numbers: means over rooms, and how far each row comes from the floor towards the ceiling."""

import dataclasses
from collections.abc import Sequence

from vantage.metrics import Metric
from vantage.studies.score_axes import AXES, LABELS, Axis
from vantage.studies.score_cells import Cell
from vantage.studies.score_settings import FLOOR, ORACLE, PIXELS, ScoreSettings


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Scorecard:
    """All cells that are done, and what they come to."""

    settings: ScoreSettings
    cells: Sequence[Cell]
    readers: frozenset[str] = frozenset()
    """Encoders that read text themselves."""
    no_fine: str = ""
    """Why poses were not refined; empty where they were."""

    @property
    def rows(self) -> list[str]:
        """The rows that have a cell, in their order."""
        present = {cell.name.encoder for cell in self.cells}
        return [row for row in self.settings.rows if row in present]

    @property
    def encoders(self) -> list[str]:
        """The rows that are no references."""
        return [row for row in self.rows if row in self.settings.encoders]

    @property
    def rooms(self) -> list[str]:
        """The rooms that have a cell."""
        return list(dict.fromkeys(cell.name.scene for cell in self.cells))

    @property
    def measures(self) -> list[str]:
        """What is known of some row, in the tables' order."""
        known = {name for cell in self.cells for name, value in cell.values.items() if value is not None}
        return [name for name in LABELS if name in known]

    def per_room(self, row: str, measure: str) -> dict[str, float]:
        """Return a measure by room, without the rooms that it is not known of."""
        values = {c.name.scene: c.values.get(measure) for c in self.cells if c.name.encoder == row}
        return {room: value for room, value in values.items() if value is not None}

    def metric(self, row: str, measure: str) -> Metric:
        """Return the mean over rooms with its interval."""
        return Metric.of(self.per_room(row, measure).values())

    def limits(self, axis: Axis) -> tuple[float, float] | None:
        """Return an axis' floor and ceiling, means over rooms; None where they are not known or do not lie apart."""
        floor = self.metric(FLOOR, axis.measure).value
        ceiling = self.metric(ORACLE, axis.measure).value if axis.ceiling is None else axis.ceiling
        if floor is None or ceiling is None or (ceiling >= floor if axis.lower_is_better else ceiling <= floor):
            return None
        return floor, ceiling

    def share(self, row: str, axis: Axis) -> Metric:
        """Return how far a row comes from the floor (0) to the ceiling (1), with the interval of its distance."""
        return self.lead(row, FLOOR, axis)

    def over_pixels(self, row: str, axis: Axis) -> Metric:
        """Return by how much of the way from floor to ceiling a row is ahead of `pixels`."""
        return self.lead(row, PIXELS, axis)

    def lead(self, row: str, other: str, axis: Axis) -> Metric:
        """Return by how much of the way a row is ahead of another, compared room by room.

        Rooms differ more than encoders do, so the interval is that of the differences in the same rooms. Floor and
        ceiling count as known: their own intervals are not in it.
        """
        limits = self.limits(axis)
        if limits is None:
            return Metric(value=None, n=0)
        values, others = self.per_room(row, axis.measure), self.per_room(other, axis.measure)
        way = limits[1] - limits[0]
        return Metric.of((values[room] - others[room]) / way for room in values if room in others)

    def metrics(self) -> dict[str, Metric]:
        """Return everything for `result.json`: `MEASURE_ROW` as measured, and `share_AXIS_ROW`."""
        shares = {f"share_{axis.key}_{row}": self.share(row, axis) for row in self.rows[1:] for axis in AXES}
        return {
            **{name: share for name, share in shares.items() if share.n},
            **{f"{measure}_{row}": self.metric(row, measure) for row in self.rows for measure in self.measures},
        }
