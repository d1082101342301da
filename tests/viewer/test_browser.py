"""The page in a real Chromium: what a visitor does, and what then is seen. Its parts have tests of their own."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vantage.errors import DataError
from vantage.fields import DistilledScene
from vantage.localization import SceneQuery
from vantage.viewer import Located, Look, Page
from viewer.chromium import Chromium, Tab, find_chromium, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine (Debian: apt install chromium)"),
]

WIDTH, HEIGHT = 660, 360
PANEL = 345
"""Pixels at the right that the control panel takes."""

ALIKE = 0.9
"""Least correlation of what is seen with what should be; 0.94 to 0.99 are reached, another look has less than 0.8."""

PATIENCE_S = 120.0
"""Browsers without a graphics card are slow on machines with other work."""


SOUGHT = 4
"""The camera that took every image, as far as this page is told; what places images has tests of its own."""


@pytest.fixture(scope="module")
def page(
    cube_scene: DistilledScene, cube_query: Callable[[], SceneQuery], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    def locate(name: str, content: bytes, after_step: Callable[[], None]) -> Located:
        after_step()
        if Image.open(io.BytesIO(content)).size != (40, 30):
            raise DataError(f"{name}: not the image that was chosen")
        return Located(said=f"{name}: taken there", camera=cube_scene.cameras[SOUGHT])

    page = Page(cube_scene, query=cube_query(), locate=locate, pictures_folder=tmp_path_factory.mktemp("views"))
    yield page
    page.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium(WIDTH, HEIGHT) as browser:
        yield browser


@pytest.fixture(scope="module")
def tab(browser: Chromium, page: Page) -> Iterator[Tab]:
    tab = browser.open(page.url)
    # The panel is seen before the last of it is there.
    wait_until(lambda: "Save a picture" in tab.text and page._visitors, PATIENCE_S)
    # The warning of a browser without a graphics card covers a good part of a small window.
    tab.hide(".mantine-Notifications-root")
    yield tab
    tab.close()


def _scene(tab: Tab) -> np.ndarray:
    """Return what is seen of the scene, left of the panel, in 8-bit numbers."""
    return tab.picture()[:, : WIDTH - PANEL].astype(np.float64)


def _expected(page: Page, look: Look) -> np.ndarray:
    """Return the rendering of what the tab's visitor looks at."""
    visitor = next(iter(page._visitors.values()))
    return page.painter.picture(look, visitor.screen.viewpoint).image[:, : WIDTH - PANEL] * 255


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation of two pictures: software and JPEG draw the same thing a little differently."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def _changes_to(tab: Tab, page: Page, look: Look) -> np.ndarray:
    """Wait until the scene looks as it should."""
    expected = _expected(page, look)

    seen: list[np.ndarray] = []

    def is_there() -> bool:
        seen.append(_scene(tab))
        return _alike(seen[-1], expected) > ALIKE

    wait_until(is_there, PATIENCE_S)
    return seen[-1]


def test_a_visit(tab: Tab, page: Page):
    """One visit, in the order of the panel; each step's picture is compared with the rendering it should show."""
    colour = Look(encoder="smooth")
    start = _changes_to(tab, page, colour)

    tab.choose("What", "Depth")
    depth = _changes_to(tab, page, Look(encoder="smooth", shown="depth"))
    assert "distance from the eye" in tab.text and " m" in tab.text
    tab.choose("What", "Features")
    smooth = _changes_to(tab, page, Look(encoder="smooth", shown="features"))
    tab.choose("Encoder", "height")
    height = _changes_to(tab, page, Look(encoder="height", shown="features"))

    tab.fill("Text", "right")
    wait_until(lambda: "relevancy 0." in tab.text or "relevancy 1." in tab.text, PATIENCE_S)
    found = _changes_to(tab, page, Look(encoder="height", shown="relevancy", text="right"))
    assert "how well the words fit" in tab.text

    x, y = (WIDTH - PANEL) // 2, HEIGHT // 2
    tab.click(x, y)
    wait_until(lambda: "by height" in tab.text, PATIENCE_S)
    visitor = next(iter(page._visitors.values()))
    point = visitor._look.point
    assert point is not None
    view = visitor.screen.viewpoint
    column, row = _pixel(point, view.camera.matrix, view.world_from_camera)
    assert abs(column - x) < 2 and abs(row - y) < 2
    np.testing.assert_allclose(np.abs(point).max(), 1.0, atol=0.1)  # the cube's walls
    similar = _changes_to(tab, page, Look(encoder="height", shown="similarity", point=point))

    pictures = {"start": start, "depth": depth, "smooth": smooth, "height": height, "found": found, "similar": similar}
    names = list(pictures)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            assert np.abs(pictures[one] - pictures[other]).mean() > 5, f"{one} looks like {other}"


def _pixel(point: tuple[float, float, float], matrix: np.ndarray, pose: np.ndarray) -> tuple[float, float]:
    x, y, z = np.asarray(matrix) @ pose[:3, :3].T @ (np.array(point) - pose[:3, 3])
    return x / z, y / z


def test_a_text_that_is_empty_and_a_word_never_seen_are_told(tab: Tab):
    tab.fill("Text", " ")
    wait_until(lambda: "empty" in tab.text, PATIENCE_S)
    tab.fill("Text", "xyzzy")
    wait_until(lambda: "Never seen by the encoder: xyzzy" in tab.text, PATIENCE_S)


def test_two_encoders_are_compared(tab: Tab):
    tab.press("Compare encoders")
    tab.press("Compare this view")
    wait_until(lambda: "smooth | height" in tab.text, PATIENCE_S)
    both = "[...document.querySelectorAll('img')].find(e => e.naturalWidth > 300)"
    wait_until(lambda: tab.evaluate(f"!!{both}"), PATIENCE_S)
    width, height = tab.evaluate(f"(() => {{ const e = {both}; return [e.naturalWidth, e.naturalHeight] }})()")
    assert (width, height) == (2 * 320 + 4, round(320 * HEIGHT / WIDTH))


def test_an_image_is_placed(tab: Tab, page: Page, tmp_path: Path):
    visitor = next(iter(page._visitors.values()))
    sought = page.painter.scene.cameras[SOUGHT].world_from_camera
    before = visitor.screen.viewpoint.world_from_camera[:3, 3]
    assert np.linalg.norm(before - sought[:3, 3]) > 0.1
    Image.new("RGB", (40, 30), "red").save(tmp_path / "holiday.png")
    tab.press("Where was it taken?")
    tab.give_file("input[type=file]", tmp_path / "holiday.png")
    wait_until(lambda: "holiday.png: taken there" in tab.text, PATIENCE_S)
    wait_until(lambda: np.allclose(visitor.screen.viewpoint.world_from_camera[:3, 3], sought[:3, 3], atol=1e-3), 20)
    np.testing.assert_allclose(visitor.screen.viewpoint.world_from_camera[:3, 2], sought[:3, 2], atol=1e-2)
    Image.new("RGB", (20, 30), "red").save(tmp_path / "other.png")
    tab.give_file("input[type=file]", tmp_path / "other.png")
    wait_until(lambda: "other.png: not the image" in tab.text, PATIENCE_S)


def test_a_picture_is_saved(tab: Tab, page: Page):
    tab.press("Save a picture")
    wait_until(lambda: "Saved as" in tab.text, PATIENCE_S)
    (saved,) = Path(page.pictures_folder).iterdir()
    content = saved.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert Image.open(io.BytesIO(content)).size == (WIDTH, HEIGHT)


def test_two_visitors_see_what_each_asked_for(tab: Tab, page: Page, browser: Chromium):
    before = _scene(tab)
    other = browser.open(page.url)
    try:
        wait_until(lambda: "Save a picture" in other.text and len(page._visitors) == 2, PATIENCE_S)
        other.choose("What", "Depth")
        wait_until(lambda: "distance from the eye" in other.text, PATIENCE_S)
        assert "distance from the eye" not in tab.text
        assert np.abs(_scene(tab) - before).mean() < 2
    finally:
        other.close()
    wait_until(lambda: len(page._visitors) == 1, PATIENCE_S)
