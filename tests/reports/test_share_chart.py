"""The chart of shares: every mark where its value is, within the rims, and nothing drawn that is not known."""

import re

import pytest

from vantage.errors import DataError
from vantage.reports.share_chart import HIGHEST, LOWEST, MOST_SERIES, Mark, share_chart


def marks(value: float, count: int = 1) -> dict[str, Mark | None]:
    return {f"encoder {n}": Mark(value=value, low=value - 0.1, high=value + 0.1) for n in range(count)}


def circle_at(svg: str) -> float:
    """Return where the first contestant's mark is drawn, in points from the left."""
    uses = re.findall(r'<use [^>]*x="([\d.]+)"[^>]*style="fill: var\(--series-1\)', svg)
    assert len(uses) == 1
    return float(uses[0])


def test_marks_stand_in_proportion_and_stop_at_the_rims():
    nothing: dict[str, float | None] = {"edges": None}
    at = [circle_at(share_chart({"edges": marks(v)}, bars=nothing, diamonds=nothing)) for v in (0.0, 0.5, 1.0)]
    assert at[1] - at[0] == pytest.approx(at[2] - at[1], abs=0.01) and at[1] - at[0] > 50
    scale = at[2] - at[0]
    for far, rim in ((-7.0, LOWEST), (7.0, HIGHEST)):
        found = circle_at(share_chart({"edges": marks(far)}, bars=nothing, diamonds=nothing))
        assert found == pytest.approx(at[0] + rim * scale, abs=0.01)


def test_what_is_not_known_is_not_drawn_and_axes_are_named():
    known = share_chart({"edges": marks(0.5), "depth": marks(0.5)}, bars={"edges": 0.2}, diamonds={"edges": 1.0})
    assert ">edges<" in known and ">depth<" in known and ">ceiling<" in known
    unknown = share_chart({"edges": {"encoder 0": None}}, bars={"edges": None}, diamonds={"edges": None})
    assert "--series-1" in known and "--series-1" not in unknown


@pytest.mark.parametrize("count", [0, MOST_SERIES + 1])
def test_there_are_as_many_contestants_as_colours(count: int):
    with pytest.raises(DataError, match="contestants"):
        share_chart({"edges": marks(0.5, count)}, bars={}, diamonds={})
