"""What a capture holds, as numbers and as one picture: a contact sheet and the cameras seen from above."""

import dataclasses
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64

from vantage.captures.capture import Capture
from vantage.captures.view import View
from vantage.storage import write_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    """Draw the contact sheet and the cameras from above into the PNG file `path`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = min(6, len(sample))
    rows = -(-len(sample) // columns)
    tall = rows * 1.9
    figure = Figure(figsize=(columns * 2.4 + 6.2, max(tall, 5.2)), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    sheet, plan = np.ravel(np.asarray(figure.subfigures(1, 2, width_ratios=[columns * 2.4, 6.2])))
    cells = np.atleast_1d(sheet.subplots(rows, columns, squeeze=False)).ravel()
    held_out = {capture.sources[i].name for i in capture.test_indices}
    for cell in cells:
        cell.set_axis_off()
    for cell, view in zip(cells, sample, strict=False):
        width = 240 if view.camera.width > 240 else view.camera.width
        small = view.resized(width, max(1, round(view.camera.height * width / view.camera.width)))
        cell.imshow(small.image)
        cell.set_title(view.name + (" (held out)" if view.name in held_out else ""), fontsize=7)
    _draw_plan(plan.subplots(), capture)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    write_bytes(path, buffer.getvalue())


def _draw_plan(axes: "Axes", capture: Capture) -> None:
    """Draw positions and viewing directions in the plane across the cameras' mean up direction."""
    across, along = plan_axes(capture)
    positions = capture.camera_positions
    forward = np.stack([source.world_from_camera[:3, 2] for source in capture.sources])
    if capture.points is not None and len(capture.points.points):
        points = capture.points.points[:: max(1, len(capture.points.points) // 20_000)]
        x, y = points @ across, points @ along
        # The outermost hundredth are mostly triangulation errors, and would squeeze everything else into a dot.
        inside = np.all([(v >= np.percentile(v, 1)) & (v <= np.percentile(v, 99)) for v in (x, y)], axis=0)
        axes.scatter(x[inside], y[inside], s=1, c="0.7", label="points")
    held_out = np.isin(np.arange(len(capture)), capture.test_indices)
    axes.plot(positions @ across, positions @ along, color="0.8", linewidth=0.8, zorder=1)
    for chosen, color, label in ((~held_out, "#0072B2", "training views"), (held_out, "#D55E00", "held-out views")):
        if chosen.any():
            where, look = positions[chosen], forward[chosen]
            axes.quiver(
                where @ across, where @ along, look @ across, look @ along, color=color, width=0.004, label=label
            )
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.15)
    unit = "m" if capture.metric else "units of the reconstruction"
    axes.set(title=f"{capture.name}: {len(capture)} cameras from above", xlabel=unit, ylabel=unit)
    axes.legend(fontsize=8, loc="best")


def plan_axes(capture: Capture) -> tuple[Float64[np.ndarray, " 3"], Float64[np.ndarray, " 3"]]:
    """Return two orthonormal world directions that span the ground, as the cameras' mean up direction shows it."""
    up = -np.mean([source.world_from_camera[:3, 1] for source in capture.sources], axis=0)
    length = float(np.linalg.norm(up))
    up = up / length if length > 1e-6 else np.array([0.0, 0.0, 1.0])
    start = np.array([1.0, 0, 0]) if abs(up[0]) < 0.9 else np.array([0.0, 1, 0])
    across = start - up * (start @ up)
    across /= np.linalg.norm(across)
    return across, np.cross(up, across)
