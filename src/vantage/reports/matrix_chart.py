"""A matrix of shares as squares with names at both sides: SVG in the page's colours."""

import html
from collections.abc import Mapping, Sequence

SQUARE, LETTER = 13, 6.2
"""Sides of a square and the mean width of a letter, in the drawing's units: text of 10 units over squares of 13."""
LONGEST = 22
"""Letters of a name that are shown."""


def matrix_chart(
    shares: Mapping[tuple[str, str], float], rows: Sequence[str], columns: Sequence[str], *, blank: str = ""
) -> str:
    """Return a matrix as an SVG element: the darker a square, the larger the share; what is not given stays white.

    Args:
        shares: from 0 to 1 by names of row and column.
        rows: names from top to bottom.
        columns: names from left to right.
        blank: what to call the empty name.
    """
    longest = max((len(name) for name in [*rows, *columns]), default=1)
    margin = LETTER * min(longest, LONGEST) + 8
    width, height = margin + SQUARE * len(columns) + 4, margin + SQUARE * len(rows) + 4
    parts = [f'<svg role="img" viewBox="0 0 {width:.0f} {height:.0f}" style="font-size: 10px">']
    for i, row in enumerate(rows):
        y = margin + SQUARE * i
        at = f'x="{margin - 5:.1f}" y="{y + 10:.1f}" text-anchor="end"'
        parts.append(f'<text {at} fill="var(--ink)">{_name(row, blank)}</text>')
        for j, column in enumerate(columns):
            share = shares.get((row, column))
            if share is None:
                continue
            told = f"{row or blank}, taken for {column or blank}: {share:.3f}"
            parts.append(
                f'<rect x="{margin + SQUARE * j:.1f}" y="{y:.1f}" width="{SQUARE - 1}" height="{SQUARE - 1}" '
                f'fill="var(--series-1)" fill-opacity="{min(1.0, 0.04 + 0.96 * share):.3f}">'
                f"<title>{html.escape(told)}</title></rect>"
            )
    for j, column in enumerate(columns):
        x = margin + SQUARE * j + 10
        turned = f'transform="rotate(-90 {x:.1f} {margin - 5:.1f})"'
        parts.append(f'<text x="{x:.1f}" y="{margin - 5:.1f}" {turned} fill="var(--ink)">{_name(column, blank)}</text>')
    return "".join([*parts, "</svg>"])


def _name(name: str, blank: str) -> str:
    shown = name or blank
    return html.escape(shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 2]}..")
