"""The report of a training run: curves from its log, and what the model can do on rooms it has not seen."""

from collections.abc import Mapping
from pathlib import Path

from vantage.metrics import Metric
from vantage.reports import Report
from vantage.runs import RunFolder, read_log
from vantage.runs.environment import command_line

ABOUT = {
    "category_top1": "An object's mean patch is named right among all categories.",
    "colour_top1": "Its colour is named right among all colour words.",
    "crop_category_top1": "The same for crops of single objects, by their summary.",
    "crop_category_large": "The same for objects that show at least 32x32 pixels.",
    "crop_colour_top1": "A crop's colour is named right among all colour words.",
    "localization_accuracy": 'The patch most like "a red mug" lies on a red mug.',
    "localization_relevancy": "The same by relevancy against object, things, stuff and texture.",
    "localization_category": 'The patch most like "a mug" lies on a mug.',
    "localization_chance": "The same mask with the query of another object.",
    "miou": "Classes named by a linear head on frozen features: mean intersection over union.",
    "depth_rmse_m": "Depth by a linear head on frozen features: root mean squared error.",
    "depth_absrel": "The same: mean error over true depth.",
    "normal_error_deg": "Surface directions by a linear head on frozen features: mean angle.",
}


APART = {"event", "time_s", "step", "learning_rate", "loss"}
"""What a line of the log holds beside the loss terms and the watched values."""


def write_training_report(run: RunFolder, metrics: Mapping[str, Metric], encoder: str) -> Path:
    """Write report.html of a training run from its log and metrics; return where.

    Args:
        run: the run's folder.
        metrics: on validation rooms.
        encoder: the name of what was trained.
    """
    steps = [event for event in read_log(run.path / "log.jsonl") if event.get("event") == "step"]
    # After a kill some steps were taken twice; the later line is the one that counts.
    by_step = {int(event["step"]): event for event in steps}
    order = sorted(by_step)
    report = Report(f"Training of {encoder}", "on procedural rooms")
    report.metrics(metrics, about=ABOUT)
    if order:
        report.chart("Loss", {"loss": (order, [float(by_step[step]["loss"]) for step in order])}, "step", "loss")
        for name in sorted(by_step[order[0]].keys() - APART):
            values = [float(by_step[step][name]) for step in order]
            report.chart(name.replace("_", " ").capitalize(), {name: (order, values)}, "step", name.replace("_", " "))
        rates = [float(by_step[step]["learning_rate"]) for step in order]
        report.chart("Learning rate", {"learning rate": (order, rates)}, "step", "rate")
    report.settings(run.settings, command_line())
    path = run.artifact("report.html")
    report.write(path)
    return path
