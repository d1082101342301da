"""`vantage study inversion`: where were images taken, by SPINE, by what needs a guess, and by looking for a like image.

One cell per scene, kind of field and seed; each is written when it is done, so a study that is stopped goes on from
there.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vantage.encoders import Encoder, load_encoder
from vantage.metrics import Metric
from vantage.reports import Report
from vantage.runs import RunFolder
from vantage.studies.cells import CellName
from vantage.studies.content_scenes import views_of
from vantage.studies.inversion_cells import Cell, Trial, make_cell
from vantage.studies.inversion_settings import METHODS, OF_ENCODERS, THRESHOLDS, InversionStudySettings
from vantage.studies.study_run import Study, run_study

COMMAND = "study inversion"
"""The run's command, as `config.json` names it."""


@dataclasses.dataclass(frozen=True)
class Contender:
    """A method, with the encoder it looks through where it has one, in one kind of field."""

    field: str
    method: str
    encoder: str

    @property
    def label(self) -> str:
        """How tables and charts call it."""
        return f"{self.method} ({self.encoder})" if self.encoder else self.method


def load_encoders(settings: InversionStudySettings) -> dict[str, Encoder]:
    """Load every encoder, so that what is missing is said before anything begins."""
    return {name: load_encoder(name) for name in settings.encoders}


def cell_names(settings: InversionStudySettings) -> list[CellName]:
    """Return all cells of a study, scene by scene.

    Raises:
        UsageError: two scenes have one name.
    """
    return [
        CellName(scene=scene, field=field, seed=seed)
        for scene in views_of(settings.rooms, settings.captures, settings.scene)
        for field in settings.fields
        for seed in settings.seeds
    ]


def run_inversion_study(
    run: RunFolder,
    settings: InversionStudySettings,
    encoders: Mapping[str, Encoder],
    *,
    cache: Path,
    quiet: bool = False,
) -> dict[str, Any]:
    """Run the study in a folder and return the content of `result.json` (`run_study`)."""

    def make(names: Sequence[CellName], after_step: Callable[[], None]) -> list[Cell]:
        return [make_cell(name, encoders, settings, cache=cache / "features", after_step=after_step) for name in names]

    weights = {name: encoder.fingerprint for name, encoder in encoders.items()}
    return run_study(run, inversion_study(settings), make, weights, quiet=quiet)


def inversion_study(settings: InversionStudySettings) -> Study[Cell, Sequence[Cell]]:
    """Return the study: its cells, and what is made of those that are done.

    Raises:
        UsageError: two scenes have one name.
    """
    return Study(
        doing="seeking held-out views",
        groups=[[name] for name in cell_names(settings)],
        load=Cell.load,
        results=lambda cells: cells,
        metrics=lambda cells: headline_metrics(cells, settings),
        page=lambda cells, plain, command: inversion_report(cells, settings, plain, command),
        details=lambda cells: {"contenders": [_details(cells, contender) for contender in contenders(cells)]},
    )


def contenders(cells: Sequence[Cell]) -> list[Contender]:
    """Return what was compared, in the order of `METHODS`."""
    found = {Contender(c.name.field, t.method, t.encoder) for c in cells for t in c.trials}
    return sorted(found, key=lambda c: (c.field, METHODS.index(c.method), c.encoder))


def trials_of(cell: Cell, contender: Contender) -> list[Trial]:
    """Return a contender's trials in a cell; none in a cell of another kind of field."""
    if cell.name.field != contender.field:
        return []
    return [t for t in cell.trials if (t.method, t.encoder) == (contender.method, contender.encoder)]


def success(cells: Sequence[Cell], contender: Contender, degrees: float, metres: float) -> Metric:
    """Return the share of views found: the mean over cells with its interval; of one cell, over its views."""
    groups = [trials for cell in cells if (trials := trials_of(cell, contender))]
    if len(groups) == 1:
        return Metric.share(sum(t.within(degrees, metres) for t in groups[0]), len(groups[0]))
    return Metric.of([float(np.mean([t.within(degrees, metres) for t in trials])) for trials in groups])


def median_of(cells: Sequence[Cell], contender: Contender, value: str) -> Metric:
    """Return a number of the trials, `rotation_deg`, `translation` or `seconds`: the median per cell, meaned."""
    groups = [trials for cell in cells if (trials := trials_of(cell, contender))]
    return Metric.of([float(np.median([getattr(t, value) for t in trials])) for trials in groups])


def headline_metrics(cells: Sequence[Cell], settings: InversionStudySettings) -> dict[str, Metric]:
    """Return the metrics of `result.json`: per contender, success within 5 degrees and 5 cm, errors and seconds."""
    metrics: dict[str, Metric] = {}
    for contender in contenders(cells):
        stem = "_".join([contender.method.replace("-", "_"), *([contender.encoder] if contender.encoder else [])])
        stem = stem if len(settings.fields) == 1 else f"{contender.field}_{stem}"
        metrics[f"{stem}_success"] = success(cells, contender, *THRESHOLDS[0])
        metrics[f"{stem}_rotation_deg"] = median_of(cells, contender, "rotation_deg")
        metrics[f"{stem}_translation_m"] = median_of(cells, contender, "translation")
        metrics[f"{stem}_s"] = median_of(cells, contender, "seconds")
    return metrics


def _details(cells: Sequence[Cell], contender: Contender) -> dict[str, Any]:
    trials = [t for cell in cells for t in trials_of(cell, contender)]
    return {
        **dataclasses.asdict(contender),
        "views": len(trials),
        "success": {f"{d:g} deg, {m:g} m": success(cells, contender, d, m).to_json() for d, m in THRESHOLDS},
        "believed": Metric.share(sum(t.found for t in trials), len(trials)).to_json(),
        "believed_but_wrong": sum(t.found and not t.within(*THRESHOLDS[1]) for t in trials),
        "rotation_deg": median_of(cells, contender, "rotation_deg").to_json(),
        "translation_m": median_of(cells, contender, "translation").to_json(),
        "seconds": median_of(cells, contender, "seconds").to_json(),
    }


def inversion_report(
    cells: Sequence[Cell], settings: InversionStudySettings, plain: Mapping[str, Any], command: str
) -> Report:
    """Return the page: a table of all contenders, and how many views each finds within which error."""
    scenes = len({cell.name.scene for cell in cells})
    report = Report(
        "Where was this image taken?",
        f"scenes: {scenes}; seeds: {len(settings.seeds)}; encoders: {', '.join(settings.encoders)}",
    )
    report.text(
        "Held-out views of distilled scenes are sought. SPINE and retrieval know nothing but the image; Splat-Loc and "
        f"iNeRF start from the true pose, turned by {settings.guess_rotation_deg:g} degrees and shifted by "
        f"{settings.guess_translation_m:g} m. Errors are medians over a scene's views, failures included; intervals "
        "are of the mean over scenes and seeds. Seconds are processor time of one image after set-up."
    )
    columns = ["field", "method", "views", *(f"within {d:g}°, {100 * m:g} cm" for d, m in THRESHOLDS)]
    rows = []
    for contender in contenders(cells):
        count = sum(len(trials_of(cell, contender)) for cell in cells)
        shares = [_percent(success(cells, contender, d, m)) for d, m in THRESHOLDS]
        numbers = [_plus_minus(median_of(cells, contender, v)) for v in ("rotation_deg", "translation", "seconds")]
        rows.append([contender.field, contender.label, count, *shares, *numbers])
    report.table("All methods", [*columns, "rotation, °", "position, m", "seconds"], rows)
    for value, title, label, limits in (
        ("rotation_deg", "Views turned by less than", "rotation error, degrees", np.geomspace(0.02, 180, 60)),
        ("translation", "Views shifted by less than", "position error, m", np.geomspace(0.001, 5, 60)),
    ):
        for field in settings.fields:
            there = [contender for contender in contenders(cells) if contender.field == field]
            series = {c.label: (np.log10(limits), _shares(cells, c, value, limits)) for c in there}
            if series:
                report.chart(f"{title}, {field}", series, f"log10 of the {label}", "share of views")
    setups = [s for cell in cells for s in cell.setup_s.values()]
    report.text(
        f"Setting a scene up took {Metric.of(setups).value or 0:.1f} s of processor time per encoder. Thresholds are "
        "ours: the paper's stand in an appendix that is not published. "
        f"Methods that see no encoder ({', '.join(m for m in settings.methods if m not in OF_ENCODERS)}) have one row."
    )
    report.settings(plain, command)
    return report


def _shares(cells: Sequence[Cell], contender: Contender, value: str, limits: np.ndarray) -> np.ndarray:
    errors = np.array([getattr(t, value) for cell in cells for t in trials_of(cell, contender)])
    return (errors[:, None] <= limits).mean(axis=0)


def _percent(metric: Metric) -> str:
    if metric.value is None:
        return "–"
    interval = f" ({100 * metric.ci95[0]:.0f} to {100 * metric.ci95[1]:.0f})" if metric.ci95 else ""
    return f"{100 * metric.value:.0f} %{interval}"


def _plus_minus(metric: Metric) -> str:
    if metric.value is None:
        return "–"
    half = f" ± {(metric.ci95[1] - metric.ci95[0]) / 2:.2g}" if metric.ci95 else ""
    return f"{metric.value:.3g}{half}"
