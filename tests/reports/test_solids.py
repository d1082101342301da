"""Solid cells in pictures and on pages: what hides what, where things stand, and that no label becomes markup."""

import itertools
import json
import math
import time
from pathlib import Path

import numpy as np
import pytest

from vantage.errors import DataError
from vantage.reports import Report, SolidLayer, SolidScene, draw_solids, label_colours
from vantage.reports.solids import exposed_faces, page_data
from viewer.chromium import Chromium, find_chromium, wait_until

EVIL = "<script>alert('x')</script> & \"quotes\" {{ 7 * 7 }}"
RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def scene(*layers: SolidLayer, shape: tuple[int, int, int] = (8, 8, 8), points: int = 0) -> SolidScene:
    rng = np.random.default_rng(0)
    return SolidScene(
        low=(0.5, -1.0, 0.0),
        high=(2.5, 1.0, 2.0),
        shape=shape,
        layers=layers,
        points=rng.uniform((0.5, -1, 0), (2.5, 1, 0.01), (points, 3)).astype(np.float32),
        point_colours=np.full((points, 3), 40, np.uint8),
        eye=(0.0, 0.0, 1.2),
    )


def layer(label: str, colour: tuple[float, float, float], cells: list[tuple[int, int, int]]) -> SolidLayer:
    return SolidLayer(
        label=label,
        colour=colour,
        cells=np.array(cells, dtype=np.int32).reshape(-1, 3),
        confidence=np.ones(len(cells), np.float32),
    )


def reddish(image: np.ndarray) -> np.ndarray:
    return image[..., 0] > image[..., 2] + 0.2


def bluish(image: np.ndarray) -> np.ndarray:
    return image[..., 2] > image[..., 0] + 0.2


@pytest.mark.parametrize("side", [1, 2, 5])
def test_a_block_shows_its_surface_alone(side: int) -> None:
    cells = np.array(list(itertools.product(range(1, 1 + side), repeat=3)))
    owners, directions = exposed_faces(cells, (8, 8, 8))
    assert len(owners) == len(directions) == 6 * side**2
    # At the grid's border, and apart from each other, every face counts.
    corners = np.array([[0, 0, 0], [7, 7, 7], [0, 7, 0]])
    assert len(exposed_faces(corners, (8, 8, 8))[0]) == 18


def test_pictures_have_left_at_the_left_and_up_at_the_top() -> None:
    shown = scene(layer("left, low", RED, [(4, 6, 1)]), layer("right, high", BLUE, [(4, 1, 6)]))
    image = draw_solids(shown, azimuth=0.0, elevation=0.0, size=200)
    (red_row, red_column), (blue_row, blue_column) = (np.argwhere(m(image)).mean(axis=0) for m in (reddish, bluish))
    assert red_column < 100 < blue_column
    assert blue_row < 100 < red_row
    # Seen from the left, what is farther ahead is at the left; from above, at the top.
    ahead = scene(layer("near", RED, [(1, 4, 4)]), layer("far", BLUE, [(6, 4, 4)]))
    for azimuth, elevation, axis in ((-math.pi / 2, 0.0, 1), (0.0, math.pi / 2, 0)):
        image = draw_solids(ahead, azimuth=azimuth, elevation=elevation, size=200)
        assert np.argwhere(bluish(image))[:, axis].max() < np.argwhere(reddish(image))[:, axis].min()


def test_what_is_nearer_hides_what_is_behind_it() -> None:
    both = scene(layer("near", RED, [(2, 4, 4)]), layer("far", BLUE, [(6, 4, 4)]))
    front = draw_solids(both, azimuth=0.0, elevation=0.0, size=200)
    assert reddish(front).sum() > 100
    assert bluish(front).sum() == 0
    back = draw_solids(both, azimuth=math.pi, elevation=0.0, size=200)
    assert bluish(back).sum() > 100
    assert reddish(back).sum() == 0


def test_surfaces_have_no_holes_and_little_confidence_is_grey() -> None:
    block = layer("block", RED, [tuple(cell) for cell in np.argwhere(np.ones((4, 4, 4)))])
    image = draw_solids(scene(block, points=500), azimuth=0.4, elevation=0.5, size=300, points=False)
    filled = reddish(image)
    rows = np.flatnonzero(filled.any(axis=1))
    for row in rows:
        columns = np.flatnonzero(filled[row])
        assert len(columns) == columns[-1] - columns[0] + 1
    faint = SolidLayer(label="b", colour=RED, cells=block.cells, confidence=np.zeros(64, np.float32))
    assert np.ptp(draw_solids(scene(faint), azimuth=0.4, elevation=0.5, size=300), axis=-1).max() < 0.45


def test_an_empty_scene_is_drawn_empty() -> None:
    image = draw_solids(scene(layer("nothing", RED, [])), azimuth=0.0, elevation=0.3, size=64)
    assert np.ptp(image) == 0


def test_colours_stay_apart() -> None:
    colours = np.array(label_colours(24))
    assert ((colours >= 0) & (colours <= 1)).all()
    apart = np.abs(colours[:, None] - colours[None]).sum(axis=-1) + 9 * np.eye(24)
    assert apart.min() > 0.05
    assert apart[:8, :8].min() > 0.25


def test_what_does_not_belong_together_is_refused() -> None:
    with pytest.raises(DataError, match="outside the grid"):
        scene(layer("a", RED, [(8, 0, 0)]))
    with pytest.raises(DataError, match="expected 1 to 256"):
        scene(shape=(257, 8, 8))


def test_a_page_holds_labels_as_text_alone() -> None:
    report = Report(EVIL)
    report.solids("Objects in 3D", scene(layer(EVIL, RED, [(1, 1, 1)]), points=50))
    page = report.html()
    assert "<script>alert" not in page
    assert page.count("<script>") == 1
    assert "&lt;script&gt;alert" in page
    assert json.loads(page_data(scene(points=3)))["shape"] == [8, 8, 8]
    # The script for cells is there only where cells are.
    assert "webgl" in page
    assert "webgl" not in Report("plain").html()


@pytest.mark.slow
@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (Debian: apt install chromium)")
def test_the_page_turns_and_switches_labels_in_a_browser(tmp_path: Path) -> None:
    near = layer("near", RED, [(2, 4, 4)])
    far = SolidLayer(
        label=EVIL, colour=BLUE, cells=np.array([[6, 4, 4]], np.int32), confidence=np.full(1, 0.5, np.float32)
    )
    report = Report("cells")
    report.solids("Objects", scene(near, far))
    report.write(tmp_path / "page.html")
    with Chromium(900, 700) as browser:
        tab = browser.open((tmp_path / "page.html").as_uri())
        faces = "document.querySelector('canvas')?.dataset.faces"
        wait_until(lambda: tab.evaluate(faces) == "12", 60)
        tab.evaluate("document.querySelector('.solids').scrollIntoView()")

        def seen(side: str) -> np.ndarray:
            tab.evaluate(f"document.querySelector('[data-side={side}]').click()")
            time.sleep(0.5)
            left, top, width, height = tab.evaluate(
                "(() => { const b = document.querySelector('canvas').getBoundingClientRect();"
                " return [b.x, b.y, b.width, b.height] })()"
            )
            return tab.picture()[int(top) : int(top + height), int(left) : int(left + width)] / 255

        left = seen("left")
        assert np.argwhere(bluish(left))[:, 1].mean() < np.argwhere(reddish(left))[:, 1].mean()
        front = seen("camera")
        assert reddish(front).sum() > bluish(front).sum()
        tab.evaluate("document.querySelector('input[data-layer]').click()")
        assert tab.evaluate(faces) == "6"
        assert reddish(seen("camera")).sum() == 0
        row, column = np.argwhere(bluish(seen("camera"))).mean(axis=0)
        box = tab.evaluate(
            "(() => { const b = document.querySelector('canvas').getBoundingClientRect(); return [b.x, b.y] })()"
        )
        tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=box[0] + column, y=box[1] + row)
        said = wait_until(lambda: tab.evaluate("document.querySelector('.said').textContent"), 10)
        assert said.startswith(f"{EVIL}: 0.50 at 2.0")
        tab.evaluate(
            "(() => { const r = document.querySelector('input[type=range]'); r.value = 0.6;"
            " r.dispatchEvent(new Event('input')) })()"
        )
        assert tab.evaluate(faces) == "0"
