"""The report: sections collected in order, written as one HTML file that asks nothing of the network."""

import base64
import dataclasses
import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from vantage.errors import DataError
from vantage.metrics import Metric
from vantage.reports.charts import Curve, line_chart
from vantage.reports.pictures import Picture, Scale, data_uri, is_cell_grid
from vantage.reports.solids import SolidScene, hex_colour, page_data
from vantage.storage import write_text

Image = Float[np.ndarray, "_h _w 3"]

# Units as they end a metric's name, and as people write them.
UNITS = {"db": "dB", "m": "m", "cm": "cm", "mm": "mm", "deg": "°", "s": "s", "ms": "ms", "mb": "MB", "percent": "%"}
# Abbreviations that are not words.
CAPITALS = {"psnr": "PSNR", "ssim": "SSIM", "mae": "MAE", "rmse": "RMSE", "iou": "IoU", "miou": "mIoU", "rgb": "RGB"}
# Endings that mark a metric as what another is to be measured against.
BASELINES = ("_chance", "_baseline")
HEADLINE_TILES = 5


@dataclasses.dataclass(frozen=True, kw_only=True)
class Link:
    """A table's cell that leads to a file beside the page."""

    text: str
    target: str
    """Path from the page's folder."""


class Report:
    """A page about one run. Every method adds a section; `write` makes the file."""

    def __init__(self, title: str, subtitle: str = "") -> None:
        self.title = title
        self.subtitle = subtitle
        self._sections: list[dict[str, Any]] = []
        self._tiles: list[dict[str, Any]] = []
        self._command = ""

    def metrics(
        self,
        metrics: Mapping[str, Metric],
        *,
        headline: Sequence[str] = (),
        about: Mapping[str, str] | None = None,
        title: str = "Measurements",
    ) -> None:
        """Add the metrics: the headline ones as tiles at the top, all of them in a table with n and interval.

        Args:
            metrics: by name; an ending such as `_db` or `_m` is the unit, `_chance` marks a baseline of its namesake.
            headline: names for the tiles, by default the first few that are no baselines.
            about: one sentence for each metric that wants explaining.
            title: heading of the table.
        """
        names = list(headline) or [name for name in metrics if not name.endswith(BASELINES)][:HEADLINE_TILES]
        self._tiles += [_describe(name, metrics, {}) for name in names]
        rows = [_describe(name, metrics, about or {}) for name in metrics]
        self._add("metrics", title, rows=rows)

    def gallery(self, title: str, rows: Mapping[str, Mapping[str, Picture | Image]], note: str = "") -> None:
        """Add pictures in rows: `{"view 12": {"true": image, "rendered": image, "depth": colorize_depth(depth)}}`.

        Images are RGB in [0, 1]; a row of more than six wraps as a contact sheet.
        """
        shown = [{"label": label, "figures": [_figure(*item) for item in row.items()]} for label, row in rows.items()]
        self._add("gallery", title, rows=shown, note=note)

    def chart(
        self,
        title: str,
        series: Mapping[str, Curve],
        x_label: str,
        y_label: str,
        *,
        log_y: bool = False,
        note: str = "",
    ) -> None:
        """Add curves, `{name: (x, y)}`; charts that follow each other stand side by side where there is room."""
        svg = line_chart(series, x_label=x_label, y_label=y_label, log_y=log_y)
        self.svg(title, svg, names=list(series) if len(series) > 1 else [], note=note)

    def svg(self, title: str, svg: str, *, names: Sequence[str] = (), note: str = "") -> None:
        """Add a chart made by this package's chart functions; `names` label the series' colours in their order."""
        chart = {"title": title, "svg": svg, "names": list(names), "note": note}
        if self._sections and self._sections[-1]["kind"] == "charts":
            self._sections[-1]["charts"].append(chart)
        else:
            self._add("charts", "", charts=[chart])

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], note: str = "") -> None:
        """Add a table; numbers are set to the right and rounded to what people read.

        Raises:
            DataError: a row's length is not that of the columns.
        """
        for number, row in enumerate(rows):
            if len(row) != len(columns):
                raise DataError(f"table {title!r}: row {number} has {len(row)} cells for {len(columns)} columns")
        cells = [[_cell(value) for value in row] for row in rows]
        self._add("table", title, columns=list(columns), rows=cells, note=note)

    def solids(self, title: str, scene: SolidScene, note: str = "") -> None:
        """Add cells of labels that can be turned, switched on and off, and asked for their label and confidence."""
        rows = [
            {"label": layer.label, "colour": hex_colour(layer.colour), "cells": len(layer.cells)}
            for layer in scene.layers
        ]
        self._add("solids", title, layers=rows, data=page_data(scene), note=note)

    def text(self, text: str, *, title: str = "") -> None:
        """Add paragraphs, parted by empty lines."""
        self._add("text", title, paragraphs=[part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()])

    def settings(self, settings: Mapping[str, Any], command: str) -> None:
        """Set the exact command, shown at the top, and add the settings, nested ones by dotted names."""
        self._command = command
        self._add("settings", "Settings", rows=list(_flatten(settings, "")))

    def html(self) -> str:
        """Return the page."""
        import jinja2

        environment = jinja2.Environment(
            loader=jinja2.PackageLoader("vantage.reports", "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        scripts = ["report.js"]
        if any(section["kind"] == "solids" for section in self._sections):
            scripts.append("solids.js")
        script = "\n".join(environment.get_template(name).render().strip() for name in scripts)
        digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        return environment.get_template("report.html").render(
            title=self.title,
            subtitle=self.subtitle,
            command=self._command,
            tiles=self._tiles,
            sections=self._sections,
            script=script,
            script_hash=digest,
        )

    def write(self, path: Path) -> None:
        """Write the page to one file, whole or not at all."""
        write_text(Path(path), self.html())

    def _add(self, kind: str, title: str, **content: Any) -> None:
        taken = {section["anchor"] for section in self._sections}
        anchor = base = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or kind
        count = 2
        while anchor in taken:
            anchor, count = f"{base}-{count}", count + 1
        self._sections.append({"kind": kind, "title": title, "anchor": anchor, "note": "", **content})


def _figure(caption: str, picture: Picture | np.ndarray) -> dict[str, Any]:
    """Return what the template needs of one picture."""
    if isinstance(picture, np.ndarray):
        picture = Picture(image=picture)
    height, width = picture.image.shape[:2]
    return {
        "caption": caption,
        "uri": data_uri(picture.image),
        "width": width,
        "height": height,
        "cells": is_cell_grid(picture.image),
        "scale": _scale(picture.scale) if picture.scale else None,
    }


def _scale(scale: Scale) -> dict[str, str]:
    unit = f" {scale.unit}" if scale.unit else ""
    low, high = format_number(scale.low), format_number(scale.high)
    return {"low": low + unit, "high": high + unit, "gradient": ", ".join(scale.colours)}


def _describe(name: str, metrics: Mapping[str, Metric], about: Mapping[str, str]) -> dict[str, Any]:
    """Return a metric in words and numbers, with its interval as positions on a bar from 0 to 1 where it lies there."""
    metric = metrics[name]
    label, unit = label_of(name)
    baseline = next((metrics[name + end] for end in BASELINES if name + end in metrics), None)
    interval = metric.ci95
    on_bar = not unit and metric.value is not None and 0 <= metric.value <= 1
    low, high = interval if interval else (metric.value or 0.0, metric.value or 0.0)
    return {
        "name": name,
        "label": label,
        "unit": unit,
        "value": format_number(metric.value),
        "n": metric.n,
        "interval": f"{format_number(interval[0])} – {format_number(interval[1])}" if interval else "",
        "bar": {"value": 100 * (metric.value or 0.0), "low": 100 * max(low, 0.0), "high": 100 * min(high, 1.0)}
        if on_bar
        else None,
        "baseline": format_number(baseline.value) if baseline else "",
        "baseline_bar": 100 * baseline.value if baseline and baseline.value is not None else None,
        "about": about.get(name, ""),
    }


def label_of(name: str) -> tuple[str, str]:
    """Split a metric's name into words and unit: `depth_mae_m` is ('Depth MAE', 'm')."""
    words = name.split("_")
    # The unit mostly comes last, but stands inside names such as `psnr_db_warped_neighbour`.
    at = next((index for index in range(len(words) - 1, 0, -1) if words[index] in UNITS), None)
    unit = UNITS[words.pop(at)] if at is not None else ""
    label = " ".join(CAPITALS.get(word, word) for word in words)
    return label[:1].upper() + label[1:], unit


def format_number(value: float | None) -> str:
    """Return a number to the digits people read, with a true minus sign; None is a dash."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "−∞"}.get(value, "NaN")
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if size >= 7 or size < -4:
        text = f"{value:.3g}"
    else:
        # Three significant digits below 1; from there on two decimals at most, as papers print decibels.
        text = f"{value:.{max(0, 2 - size if size < 0 else min(2, 3 - size))}f}"
    return text.replace("-", "−")


def _cell(value: Any) -> dict[str, Any]:
    if isinstance(value, Link):
        return {"text": value.text, "number": False, "target": value.target}
    if isinstance(value, bool):
        return {"text": "yes" if value else "no", "number": False}
    if isinstance(value, int):
        return {"text": str(value).replace("-", "−"), "number": True}
    if isinstance(value, float) or value is None:
        return {"text": format_number(value), "number": True}
    return {"text": str(value), "number": False}


def _flatten(settings: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in settings.items():
        if isinstance(value, Mapping):
            rows += _flatten(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple):
            rows.append((f"{prefix}{key}", ", ".join(str(part) for part in value) or "none"))
        else:
            rows.append((f"{prefix}{key}", "none" if value is None else str(value)))
    return rows
