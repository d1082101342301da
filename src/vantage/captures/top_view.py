"""A capture from above: its floor, the footprints of its objects, its cameras; and its objects as a tree of lines."""

import colorsys
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64

from vantage.captures.capture import Capture, SceneObject
from vantage.captures.objects_tree import STRUCTURE, ObjectNode, objects_tree
from vantage.geometry import OrientedBox

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABELLED_AREA = 0.1
"""Least footprint that is labelled by its class, square metres; a smaller one has room for its number alone."""
TREE_LINES = 46
"""Lines in a column of the tree; as many as stay legible beside the sheet."""
INDENT = 0.05
"""Of a line for each level of the tree, columns."""
LINE_LETTERS = 44
"""Letters of a line of the tree."""


def draw_top_view(axes: "Axes", capture: Capture) -> None:
    """Draw the floor, objects, points and cameras in the plane of the floor, or across the cameras' mean up direction.

    Args:
        axes: to draw into.
        capture: what to draw; footprints are drawn of objects whose box is known.
    """
    across, along = plan_axes(capture)
    frame = np.stack([across, along], axis=-1)
    if capture.floor:
        axes.fill(*(np.array(capture.floor) @ frame).T, facecolor="#f4f1ec", edgecolor="0.35", linewidth=1.5, zorder=0)
    if capture.points is not None and len(capture.points.points):
        points = capture.points.points[:: max(1, len(capture.points.points) // 20_000)]
        x, y = points @ across, points @ along
        # The outermost hundredth are mostly triangulation errors, and would squeeze everything else into a dot.
        inside = np.all([(v >= np.percentile(v, 1)) & (v <= np.percentile(v, 99)) for v in (x, y)], axis=0)
        axes.scatter(x[inside], y[inside], s=1, c="0.7", label="points")
    _draw_objects(axes, capture, frame)
    _draw_cameras(axes, capture, frame)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.08)
    unit = "m" if capture.metric else "units of the reconstruction"
    axes.set(title=f"{capture.name}: {len(capture)} cameras from above", xlabel=unit, ylabel=unit)
    # Below the plan, where it hides nothing.
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.09), ncols=3, frameon=False)


def _draw_objects(axes: "Axes", capture: Capture, frame: Float64[np.ndarray, "3 2"]) -> None:
    """Draw footprints, the lower ones first, so that a mug lies on its table."""
    from matplotlib.patheffects import withStroke

    colours = class_colours(capture)
    up = np.cross(frame[:, 0], frame[:, 1])
    drawn: list[tuple[float, SceneObject, OrientedBox]] = []
    for thing in capture.objects:
        if thing.box is not None and STRUCTURE not in dict(thing.attributes):
            drawn.append((float((thing.box.corners() @ up).max()), thing, thing.box))
    for order, (_, thing, box) in enumerate(sorted(drawn, key=lambda item: (item[0], item[1].instance))):
        outline = _outline(box.corners() @ frame)
        axes.fill(
            *outline.T,
            facecolor=colours[thing.category],
            edgecolor="0.2",
            linewidth=0.6,
            alpha=0.85,
            zorder=1 + 1e-3 * order,
        )
        x, y = outline[:, 0], outline[:, 1]
        area = 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))
        text, size = (thing.category, 7) if area >= LABELLED_AREA else (str(thing.instance), 4.5)
        middle = np.array(box.centre) @ frame
        # A white rim keeps words legible on any colour.
        rim = [withStroke(linewidth=1.5, foreground="white")]
        axes.text(
            float(middle[0]),
            float(middle[1]),
            text,
            fontsize=size,
            ha="center",
            va="center",
            zorder=2,
            clip_on=True,
            path_effects=rim,
        )


def _draw_cameras(axes: "Axes", capture: Capture, frame: Float64[np.ndarray, "3 2"]) -> None:
    positions = capture.camera_positions @ frame
    forward = np.stack([source.world_from_camera[:3, 2] for source in capture.sources]) @ frame
    axes.plot(*positions.T, color="0.6", linewidth=0.6, zorder=3, alpha=0.6)
    held_out = np.isin(np.arange(len(capture)), capture.test_indices)
    for chosen, colour, name in ((~held_out, "#0072B2", "training views"), (held_out, "#D55E00", "held-out views")):
        if chosen.any():
            where, look = positions[chosen], forward[chosen]
            axes.quiver(*where.T, *look.T, color=colour, width=0.003, label=name, zorder=4, scale=22)


def _outline(points: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, "k 2"]:
    """Return the convex outline of points of a plane, counter-clockwise."""
    from scipy.spatial import ConvexHull, QhullError

    try:
        return points[ConvexHull(points).vertices]
    except QhullError:
        # A box without width: its points lie on one line.
        return points


def plan_axes(capture: Capture) -> tuple[Float64[np.ndarray, " 3"], Float64[np.ndarray, " 3"]]:
    """Return two orthonormal world directions that span the floor, or the ground as the cameras' mean up shows it."""
    up = _up(capture)
    start = np.array([1.0, 0, 0]) if abs(up[0]) < 0.9 else np.array([0.0, 1, 0])
    across = start - up * (start @ up)
    across /= np.linalg.norm(across)
    return across, np.cross(up, across)


def _up(capture: Capture) -> Float64[np.ndarray, " 3"]:
    up = -np.mean([source.world_from_camera[:3, 1] for source in capture.sources], axis=0)
    if capture.floor:
        # Newell's normal, turned to the side that the cameras call up.
        corners = np.array(capture.floor)
        normal = np.sum(np.cross(corners, np.roll(corners, -1, axis=0)), axis=0)
        if np.linalg.norm(normal) > 1e-6:
            up = normal if normal @ up >= 0 else -normal
    length = float(np.linalg.norm(up))
    return up / length if length > 1e-6 else np.array([0.0, 0.0, 1.0])


def class_colours(capture: Capture) -> dict[str, tuple[float, float, float]]:
    """Return a light colour for each class of the capture's objects, neighbours in the alphabet far apart in hue."""
    names = sorted({thing.category for thing in capture.objects})
    # Steps of the golden ratio spread hues evenly for any number of classes.
    return {
        name: colorsys.hsv_to_rgb((0.618034 * k) % 1, 0.35 + 0.2 * (k % 3), 0.97 - 0.08 * (k % 2))
        for k, name in enumerate(names)
    }


def tree_columns(capture: Capture) -> int:
    """Return how many columns the tree of a capture takes; 0 where there is none."""
    lines = sum(1 for root in objects_tree(capture) for _ in root.walk())
    return -(-lines // TREE_LINES)


def draw_tree(axes: "Axes", capture: Capture) -> None:
    """Draw the objects as lines of text: each under what carries it, with its class's colour and its number.

    Args:
        axes: to draw into; takes `tree_columns` columns of text.
        capture: whose objects these are.
    """
    axes.set_axis_off()
    axes.set(xlim=(0, max(1, tree_columns(capture))), ylim=(TREE_LINES + 1, -1.2))
    axes.text(0, -1.2, "scene graph" if capture.relations else "objects", fontsize=9, va="bottom")
    colours = class_colours(capture)
    lines = [line for root in objects_tree(capture) for line in root.walk()]
    for k, (depth, node) in enumerate(lines):
        column, row = divmod(k, TREE_LINES)
        x = column + INDENT * depth
        axes.plot([x + 0.02], [row], marker="s", markersize=5, color=colours[node.thing.category], mec="0.3", mew=0.4)
        axes.text(x + INDENT, row, line_of(node), fontsize=6.5, va="center", weight="normal" if depth else "bold")


def line_of(node: ObjectNode) -> str:
    """Return an object's line in a tree, such as "in: a red mug (12)"."""
    how = {"on top of": "on: ", "inside": "in: "}.get(node.predicate, f"{node.predicate}: " if node.predicate else "")
    caption = node.thing.caption
    caption = caption if len(caption) <= LINE_LETTERS else caption[: LINE_LETTERS - 1] + "…"
    return f"{how}{caption} ({node.thing.instance})"
