"""The page of a run: it adds up, shows what turns rest on, and leads to the shards."""

import re
from pathlib import Path

import numpy as np
import pytest

from vantage.dialogue.generation import COMMAND, GenerationSettings, run_generation
from vantage.dialogue.generation_report import example_rows, question_rows
from vantage.dialogue.making import MakeSettings
from vantage.dialogue.shards import read_samples
from vantage.dialogue.sources import SceneSettings
from vantage.dialogue.turn_pictures import COLOURS, turn_pictures
from vantage.rooms.splits import TEST_SEEDS
from vantage.runs import RunFolder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two small shards."""
    folder = tmp_path_factory.mktemp("report") / "run"
    scene = SceneSettings(room_views=2, width=96, height=72)
    settings = GenerationSettings(
        rooms=(TEST_SEEDS[44], TEST_SEEDS[45]), make=MakeSettings(scene=scene, views=(1, 2), per_scene=2), per_shard=2
    )
    with RunFolder.open(folder, command=COMMAND, settings=settings, seed=0) as run:
        run_generation(run, settings, quiet=True)
    return folder


def test_the_page_leads_to_every_shard(made: Path) -> None:
    page = (made / "report.html").read_text()
    links = re.findall(r'href="(shards/[^"]+)"', page)
    assert len(links) == 2 and all((made / link).is_file() for link in links)
    assert page.count("data:image/") >= 6 and "things with enough pixels" in page
    # Optional stages of which nothing was asked are not told of.
    assert "photographs of scenes" not in page and "pairs of views" in page


def test_kinds_add_up() -> None:
    kinds = {"left: yes": 3, "left: no": 1, "depth: told": 6, "closer: yes": 2, "visible: no": 4}
    rows = question_rows(kinds)
    assert [row[:3] for row in rows] == [
        ["pixel", "depth", 6],
        ["pixel", "closer", 2],
        ["object", "left", 4],
        ["object", "visible", 4],
    ]
    assert [row[3] for row in rows] == [0.75, 0.25, 0.5, 0.5]
    assert [row[4:] for row in rows] == [[None] * 3, [2, 0, 1.0], [3, 1, 0.75], [0, 4, 0.0]]


def test_pictures_are_drawn_where_the_words_say(made: Path) -> None:
    rings = 0
    for sample in read_samples(made):
        turns = [turn for turn in sample.conversation.turns if turn.level == "pixel"]
        for turn, pictures in zip(turns, turn_pictures(sample, turns), strict=True):
            point = turn.evidence.points[0]
            picture = pictures[0]
            height, width = picture.shape[:2]
            assert width >= 480 and len(pictures) == 1
            # A ring of six pixels in the first colour around the point, and the image itself inside.
            column, row = (point.told[0] + 0.5) / 1000 * width, (point.told[1] + 0.5) / 1000 * height
            painted = np.abs(picture - np.array(COLOURS[0]) / 255).max(axis=-1) < 0.01
            rows, columns = np.nonzero(painted)
            apart = np.hypot(rows + 0.5 - row, columns + 0.5 - column)
            # The second ring may cover a little of the first, and the edge of the image may cut it.
            assert (apart < 8).sum() >= 8 and not (apart < 2.5).any()
            rings += 1
    assert rings > 10


def test_examples_are_of_each_level_and_of_several_views(made: Path) -> None:
    shards = sorted((made / "shards").glob("*.parquet"))
    rows = example_rows(shards)
    names = {sample.name: sample for sample in read_samples(made)}
    # Each of the two shards has one conversation about one view and one about two.
    assert next(iter(rows)) == next(iter(names)) and len(rows) >= 3
    assert {len(names[name].views) for name in rows} == {1, 2}
    for name, row in rows.items():
        said = {f"{turn.question} — {turn.answer}" for turn in names[name].conversation.turns}
        assert row and all(re.sub(r" \((first|second) image\)$", "", text) in said for text in row)
