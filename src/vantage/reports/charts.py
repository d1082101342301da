"""Charts as inline SVG that take their colours from the page, so that they fit light and dark alike."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from vantage.errors import DataError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours that matplotlib draws with and that are replaced by the page's CSS variables afterwards.
INK, MUTED, RULE = "#010203", "#040506", "#070809"
SERIES = tuple(f"#0a0b{index:02x}" for index in range(6))
# Size in points: close to the pixels a chart gets on a phone and in a row of three, so that its text stays text-sized.
WIDTH, HEIGHT, FONT_SIZE = 400, 235, 11
# A curve of more points than this is drawn faintly, under its running mean.
NOISY_POINTS = 60
# Points of a cloud beyond this make the file heavy without showing more.
CLOUD_POINTS = 1500

Curve = tuple[Sequence[float | int] | np.ndarray, Sequence[float | int] | np.ndarray]


def line_chart(series: Mapping[str, Curve], *, x_label: str, y_label: str, log_y: bool = False) -> str:
    """Return curves (name -> (x, y)) as an SVG element; the series' colours are the page's, in their order.

    Raises:
        DataError: a curve's x and y differ in length, there are more curves than colours, or none.
    """
    if not 1 <= len(series) <= len(SERIES):
        raise DataError(f"a chart takes 1 to {len(SERIES)} curves; got {len(series)}")
    for name, (x, y) in series.items():
        if len(x) != len(y):
            raise DataError(f"curve {name!r} has {len(x)} x and {len(y)} y values")

    def draw(axes: "Axes") -> None:
        for colour, (x, y) in zip(SERIES, series.values()):
            xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
            smooth = _running_mean(ys)
            if smooth is None:
                axes.plot(xs, ys, color=colour, linewidth=1.8, marker="o" if len(xs) < 12 else None, markersize=4)
            else:
                axes.plot(xs, ys, color=colour, linewidth=0.8, alpha=0.3)
                axes.plot(xs, smooth, color=colour, linewidth=1.8)
        if log_y:
            axes.set_yscale("log")
        axes.set_xlabel(x_label, parse_math=False)
        axes.set_ylabel(y_label, parse_math=False)
        axes.grid(axis="y", color=RULE, linewidth=0.8)
        axes.margins(x=0.02)

    return draw_svg(draw, salt=f"{list(series)}{x_label}{y_label}")


def camera_top_view(
    world_from_camera: Float[np.ndarray, "n 4 4"],
    *,
    held_out: Sequence[int] = (),
    points_world: Float[np.ndarray, "p 3"] | None = None,
    up_world: tuple[float, float, float] | None = None,
) -> str:
    """Return where the cameras stand and look, seen from above, as an SVG element; held-out views in the second colour.

    Args:
        world_from_camera: the cameras' poses, OpenCV axes, metres.
        held_out: indices of test views.
        points_world: points of the scene, drawn faintly beneath.
        up_world: the direction to look down along; by default the cameras' own mean up, which suits hand-held captures.
    """
    up = -world_from_camera[:, :3, 1].mean(axis=0) if up_world is None else np.asarray(up_world, dtype=np.float64)
    plane = _plane_across(up)
    spots, looks = world_from_camera[:, :3, 3] @ plane.T, world_from_camera[:, :3, 2] @ plane.T
    test = np.isin(np.arange(len(spots)), np.asarray(held_out, dtype=int))

    def draw(axes: "Axes") -> None:
        if points_world is not None and len(points_world):
            cloud = points_world[:: max(1, len(points_world) // CLOUD_POINTS)] @ plane.T
            # Stray points far outside would shrink everything that matters.
            low, high = np.percentile(cloud, [2, 98], axis=0)
            inside = np.all((cloud >= low) & (cloud <= high), axis=1)
            axes.plot(*cloud[inside].T, ".", color=MUTED, markersize=1.6, alpha=0.35, markeredgewidth=0)
        # Arrows a twelfth of the picture long read well from 10 to 200 cameras.
        length = max(float(np.ptp(spots, axis=0).max()), 0.5) / 12
        for chosen, colour in ((~test, SERIES[0]), (test, SERIES[1])):
            starts, ends = spots[chosen], spots[chosen] + length * looks[chosen]
            for start, end in zip(starts, ends, strict=True):
                axes.plot([start[0], end[0]], [start[1], end[1]], color=colour, linewidth=1.2, solid_capstyle="round")
            axes.plot(*starts.T, "o", color=colour, markersize=4)
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.08)
        axes.set_xlabel("metres", parse_math=False)
        axes.grid(color=RULE, linewidth=0.8)

    return draw_svg(draw, salt=f"cameras {len(spots)}", height=300)


def _running_mean(values: np.ndarray) -> np.ndarray | None:
    """Return the mean over a window of a thirtieth of the curve, or None where the curve is short or has gaps."""
    if len(values) <= NOISY_POINTS or not np.isfinite(values).all():
        return None
    radius = max(1, len(values) // 60)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    low, high = np.maximum(index - radius, 0), np.minimum(index + radius + 1, len(values))
    return (sums[high] - sums[low]) / (high - low)


def _plane_across(up: np.ndarray) -> np.ndarray:
    """Return two unit vectors (2, 3) across `up`: what a look down along it shows to the right and upwards."""
    up = up / np.linalg.norm(up)
    # World x stays to the right unless it is (nearly) the up direction itself.
    guide = np.array([1.0, 0.0, 0.0]) if abs(up[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
    right = guide - (guide @ up) * up
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(up, right)])


def draw_svg(draw: Any, *, salt: str, height: int = HEIGHT) -> str:
    """Draw on plain axes and return the SVG element, its colours replaced by CSS variables."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style: dict[Any, Any] = {
        "svg.fonttype": "none",
        # Identifiers inside the SVG come from this and the content, so that the same chart has the same bytes.
        "svg.hashsalt": salt,
        "font.size": FONT_SIZE,
        "axes.edgecolor": RULE,
        "axes.labelcolor": MUTED,
        "text.color": INK,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "ytick.minor.size": 0,
        "axes.axisbelow": True,
        "axes.formatter.use_mathtext": False,
    }
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(WIDTH / 72, height / 72), layout="constrained")
        FigureCanvasSVG(figure)
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        draw(axes)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _for_page(file.getvalue())


def _for_page(svg: str) -> str:
    """Strip the XML prologue, let the page set size, font and colours."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r"font: ?([\d.]+px)[^;\"]*", r"font-size: \1", svg)
    names = {INK: "--ink", MUTED: "--muted", RULE: "--rule", **{c: f"--series-{i + 1}" for i, c in enumerate(SERIES)}}
    for colour, name in names.items():
        svg = svg.replace(colour, f"var({name})")
    return svg.replace("<svg ", '<svg role="img" ', 1)
