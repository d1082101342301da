"""Reports: self-contained, escaped, deterministic, true to the numbers they show."""

import html.parser
import re
import shutil
import subprocess

import numpy as np
import pytest

from vantage.errors import DataError
from vantage.metrics import Metric
from vantage.reports import Report, camera_top_view, colorize_depth, line_chart
from vantage.reports.report import format_number, label_of

EVIL = "<script>alert('x')</script> & \"quotes\" $x$ {{ 7 * 7 }}"


def example(text="A room"):
    generator = np.random.default_rng(0)
    report = Report(text, text)
    report.metrics(
        {
            "psnr_db": Metric.of([25.0, 26.0]),
            "localization_accuracy": Metric.share(9, 12),
            "localization_accuracy_chance": Metric.share(1, 12),
            "empty": Metric.of([]),
        },
        about={"psnr_db": text},
    )
    report.text(f"{text}\n\nSecond paragraph.", title=text)
    picture = generator.random((120, 160, 3))
    report.gallery(text, {text: {text: picture, "depth": colorize_depth(picture[..., 0] + 1)}}, note=text)
    report.gallery("Sheet", {"": {f"view {index}": generator.random((4, 5, 3)) for index in range(9)}})
    steps = np.arange(200)
    report.chart(text, {text: (steps, np.exp(-steps / 50)), "b": ([0, 1], [1.0, 0.5])}, text, text, note=text)
    report.chart("Log", {"a": (steps, np.exp(-steps / 50))}, "step", "loss", log_y=True)
    poses = np.tile(np.eye(4), (10, 1, 1))
    poses[:, :3, 3] = generator.normal(size=(10, 3))
    report.svg("Cameras", camera_top_view(poses, held_out=[0, 8], points_world=generator.normal(size=(50, 3))))
    report.table(text, [text, "score", "hit"], [[text, 0.5, True], ["b", None, False]], note=text)
    report.settings({text: text, "nested": {"a": [1, 2], "b": {"c": None}}, "list": []}, f"vantage demo {text}")
    return report


class Reader(html.parser.HTMLParser):
    """Collects tags, what they refer to, and whether every element is closed."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input"})

    def __init__(self):
        super().__init__()
        self.references, self.tags, self.open, self.ids = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name in ("src", "href", "xlink:href", "data", "action", "poster", "srcset"):
                self.references.append(value)
            if name == "id":
                self.ids.append(value)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def test_nothing_is_asked_of_the_network():
    page = example().html()
    references = read(page).references
    assert references
    assert all(re.match(r"data:|#", reference) for reference in references)
    assert "@import" not in page and not re.search(r"url\((?!#)", page)
    assert "default-src 'none'" in page
    # Names of XML namespaces and licences are no requests; nothing else looks like an address.
    addresses = set(re.findall(r"https?://[^\"' <)]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_text_is_escaped_everywhere():
    page = example(EVIL).html()
    reader = read(page)
    assert reader.tags.count("script") == 1
    assert "alert('x')</script>" not in page and "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page and " 49 " not in page


def test_the_same_content_gives_the_same_bytes(tmp_path):
    example().write(tmp_path / "a.html")
    example().write(tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_identifiers_that_the_page_links_to_are_there_once():
    reader = read(example().html())
    targets = [reference[1:] for reference in reader.references if reference.startswith("#")]
    assert set(targets) <= set(reader.ids)
    sections = [name for name in reader.ids if name in targets]
    assert len(sections) == len(set(sections))


def test_the_numbers_shown_are_the_metrics():
    page = example().html()
    for text in ("25.50", "0.750", "n = 12", "chance 0.0833", "psnr_db", "localization_accuracy_chance"):
        assert text in page
    assert re.search(r"left:75(\.0)?%", page)


def test_charts_take_their_colours_from_the_page():
    svg = line_chart({"a": ([0, 1, 2], [1.0, np.nan, 2.0]), "b": ([0, 1], [0.0, 1.0])}, x_label="x", y_label="y")
    assert "var(--series-1)" in svg and "var(--series-2)" in svg and "var(--muted)" in svg
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) <= {"#ffffff", "#000000"}
    assert " width=" not in svg.split(">")[0]


def test_charts_that_cannot_be_drawn_are_refused():
    with pytest.raises(DataError, match="3 x and 2 y"):
        line_chart({"a": ([0, 1, 2], [1.0, 2.0])}, x_label="x", y_label="y")
    with pytest.raises(DataError, match="1 to 6 curves"):
        line_chart({}, x_label="x", y_label="y")
    with pytest.raises(DataError, match="1 cells for 2 columns"):
        Report("t").table("t", ["a", "b"], [[1]])


def test_a_top_view_follows_the_cameras_own_up():
    poses = np.tile(np.eye(4), (3, 1, 1))
    poses[:, 0, 3] = [0, 1, 2]
    # OpenCV cameras: image up is -y. Either way of saying so gives the same drawing.
    assert camera_top_view(poses) == camera_top_view(poses, up_world=(0.0, -1.0, 0.0))
    assert camera_top_view(poses) != camera_top_view(poses, up_world=(0.0, 0.0, 1.0))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (0.83333, "0.833"),
        (0.083333, "0.0833"),
        (25.637, "25.64"),
        (-3.14159, "−3.14"),
        (123.456, "123.5"),
        (21340.0, "21340"),
        (1.5e-7, "1.5e−07"),
        (2.5e9, "2.5e+09"),
        (float("inf"), "∞"),
        (float("nan"), "NaN"),
    ],
)
def test_numbers_as_people_read_them(value, text):
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("psnr_db", ("PSNR", "dB")),
        ("depth_mae_m", ("Depth MAE", "m")),
        ("psnr_db_warped_neighbour", ("PSNR warped neighbour", "dB")),
        ("localization_accuracy", ("Localization accuracy", "")),
        ("ssim", ("SSIM", "")),
        ("m", ("M", "")),
    ],
)
def test_names_become_words_and_units(name, words):
    assert label_of(name) == words


@pytest.mark.slow
def test_a_browser_shows_it_without_a_complaint(tmp_path):
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    example(EVIL).write(tmp_path / "report.html")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    done = subprocess.run(
        [
            chromium,
            *flags,
            "--enable-logging=stderr",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--screenshot={tmp_path / 'page.png'}",
            f"file://{tmp_path / 'report.html'}",
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    # The page's own messages (a refused request, a script error) are marked as the console's.
    assert "CONSOLE" not in done.stderr
    assert (tmp_path / "page.png").stat().st_size > 10_000
