"""What a capture holds, as numbers and as one picture: a contact sheet, a view from above, the tree of its objects."""

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np

from vantage.captures.capture import Capture
from vantage.captures.objects_tree import scene_graph
from vantage.captures.top_view import draw_top_view, draw_tree, tree_columns
from vantage.captures.view import View
from vantage.storage import write_bytes

SHEET_VIEWS = 24
"""Views on a contact sheet and in the depth statistics, spread evenly: four rows of six stay legible on a screen."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Overview:
    """A capture's numbers."""

    facts: dict[str, Any]
    """What is known, ready for JSON."""
    sample: tuple[View, ...]
    """The views of the contact sheet."""


def overview(capture: Capture) -> Overview:
    """Read up to 24 views spread over the capture and gather its numbers.

    Raises:
        DataError: one of these views is damaged (`check_images` finds all such views first).
    """
    chosen = sorted({round(i) for i in np.linspace(0, len(capture) - 1, SHEET_VIEWS)})
    sample = tuple(capture[i] for i in chosen)
    cameras = dict.fromkeys(source.camera for source in capture.sources)
    positions = capture.camera_positions
    facts: dict[str, Any] = {
        "name": capture.name,
        "views": len(capture),
        "held_out": list(capture.test_indices),
        "metric": capture.metric,
        "cameras": [dataclasses.asdict(camera) for camera in cameras],
        "camera_extent": [float(x) for x in np.ptp(positions, axis=0)],
        "points": 0 if capture.points is None else len(capture.points.points),
        "depth_m": _depth_range(sample),
        "objects": len(capture.objects),
        "class_names": list(capture.class_names),
        "scene_graph": scene_graph(capture) if capture.objects else None,
        "captions": sum(source.caption is not None for source in capture.sources),
        "set_aside": [dataclasses.asdict(item) for item in capture.set_aside],
        "notes": list(capture.notes),
    }
    return Overview(facts=facts, sample=sample)


def _depth_range(sample: tuple[View, ...]) -> dict[str, float] | None:
    """Return percentiles of known depth and the share of pixels that have any; None without depth."""
    depths = [view.depth.ravel() for view in sample if view.depth is not None]
    if not depths:
        return None
    values = np.concatenate(depths)
    known = values[values > 0]
    if len(known) == 0:
        return None
    low, median, high = (float(x) for x in np.percentile(known, (1, 50, 99)))
    return {"p1": low, "median": median, "p99": high, "known_share": len(known) / len(values)}


def draw_overview(capture: Capture, sample: tuple[View, ...], path: Path) -> None:
    """Draw the contact sheet, the capture from above and the tree of its objects into the PNG file `path`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = min(6, len(sample))
    rows = -(-len(sample) // columns)
    widths = [columns * 2.4, 6.2, 3.3 * tree_columns(capture)]
    widths = widths if widths[2] else widths[:2]
    height = max(rows * 1.9, 7.6 if len(widths) > 2 else 5.2)
    figure = Figure(figsize=(sum(widths), height), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    sheet, plan, *graph = np.ravel(np.asarray(figure.subfigures(1, len(widths), width_ratios=widths)))
    cells = np.atleast_1d(sheet.subplots(rows, columns, squeeze=False)).ravel()
    held_out = {capture.sources[i].name for i in capture.test_indices}
    for cell in cells:
        cell.set_axis_off()
    for cell, view in zip(cells, sample, strict=False):
        width = 240 if view.camera.width > 240 else view.camera.width
        small = view.resized(width, max(1, round(view.camera.height * width / view.camera.width)))
        cell.imshow(small.image)
        cell.set_title(view.name + (" (held out)" if view.name in held_out else ""), fontsize=7)
    draw_top_view(plan.subplots(), capture)
    if graph:
        draw_tree(graph[0].subplots(), capture)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    write_bytes(path, buffer.getvalue())
