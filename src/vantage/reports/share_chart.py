"""A chart of shares on several axes: who comes how far from the floor of each to its ceiling."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vantage.errors import DataError
from vantage.reports.charts import INK, MUTED, RULE, SERIES, draw_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_SERIES = len(SERIES)
"""The page has as many colours."""
LOWEST, HIGHEST = -0.15, 1.15
"""Shares beyond are drawn at the rim: how far below the floor a value lies says no more than that it does."""
ROW, GAP = 15, 12
"""Height of a mark's line and of the space between axes, in points: text-sized, as in the other charts."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mark:
    """A share with its interval."""

    value: float
    low: float
    high: float


def share_chart(
    axes: Mapping[str, Mapping[str, Mark | None]],
    *,
    bars: Mapping[str, float | None],
    diamonds: Mapping[str, float | None],
) -> str:
    """Return the shares of some contestants on some axes as an SVG element; colours are the page's, in their order.

    Args:
        axes: by axis and contestant; None where nothing is known.
        bars: by axis, a share that all are to be held against, drawn as a bar from the floor.
        diamonds: by axis, another, drawn as a diamond above the marks.

    Raises:
        DataError: there is no axis, no contestant, or more contestants than colours.
    """
    names = list(next(iter(axes.values()), {}))
    if not 1 <= len(names) <= MOST_SERIES:
        raise DataError(f"a chart of shares takes 1 to {MOST_SERIES} contestants; got {len(names)}")
    step = len(names) * ROW + GAP

    def draw(plot: "Axes") -> None:
        for number, (axis, marks) in enumerate(axes.items()):
            top = number * step
            middle = top + (len(names) - 1) * ROW / 2
            bar, diamond = bars.get(axis), diamonds.get(axis)
            if bar is not None:
                plot.barh(middle, _inside(bar), height=len(names) * ROW, color=RULE)
            for line, (name, colour) in enumerate(zip(names, SERIES)):
                mark = marks.get(name)
                if mark is not None:
                    y = top + line * ROW
                    ends = [_inside(mark.low), _inside(mark.high)]
                    plot.plot(ends, [y, y], color=colour, linewidth=1.6, solid_capstyle="round")
                    plot.plot([_inside(mark.value)], [y], "o", color=colour, markersize=6)
            if diamond is not None:
                plot.plot([_inside(diamond)], [middle], "D", color=MUTED, markersize=5, markerfacecolor="none")
        plot.axvline(0, color=MUTED, linewidth=0.8)
        plot.axvline(1, color=MUTED, linewidth=0.8)
        plot.set_xlim(LOWEST, HIGHEST)
        plot.set_ylim(len(axes) * step - GAP, -GAP)
        plot.set_xticks([0, 0.25, 0.5, 0.75, 1], ["floor", "¼", "½", "¾", "ceiling"])
        plot.set_yticks([n * step + (len(names) - 1) * ROW / 2 for n in range(len(axes))], list(axes))
        for label in plot.get_yticklabels():
            label.set_color(INK)
        plot.tick_params(axis="y", length=0)
        plot.grid(axis="x", color=RULE, linewidth=0.8)

    # Some forty points are the horizontal axis with its labels.
    return draw_svg(draw, salt=f"shares {list(axes)}{names}", height=40 + len(axes) * step)


def _inside(value: float) -> float:
    return float(np.clip(value, LOWEST, HIGHEST))
