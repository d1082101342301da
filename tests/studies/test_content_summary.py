"""What the content study makes of its cells: means over scenes, the claim, agreement, the page and the sheets."""

from pathlib import Path

import numpy as np
import pytest

from vantage.encoders import Family
from vantage.errors import DataError
from vantage.studies.cells import CellName
from vantage.studies.content_cells import PHOTO, Cell
from vantage.studies.content_report import content_report, write_pictures
from vantage.studies.content_settings import IMAGE, ContentSettings
from vantage.studies.content_summary import Results, agreement_matrix, comparisons, headline_metrics, low_thresholds

FAMILIES: dict[str, Family] = {"sees-things": "visual-semantic", "sees-edges": "geometry-grounded"}
SETTINGS = ContentSettings(
    encoders=("sees-things", "sees-edges"), rooms=(1, 2, 3), seeds=(0, 1), thresholds=(0.05, 0.1, 0.3)
)


def cell(scene: int, encoder: str, seed: int, low: float, labels: list[int]) -> Cell:
    picture = np.random.default_rng(scene).random((6, 8, 3))
    return Cell(
        name=CellName(scene=f"room_{scene}", encoder=encoder, seed=seed),
        fingerprint="0" * 32,
        family=FAMILIES[encoder],
        values={IMAGE: {"geometry_auc": low / 2, "shadow_auc": None}},
        curves={IMAGE: {"gff": [low, low + 0.2, None]}},
        labels={IMAGE: np.array(labels)},
        pictures={PHOTO: picture, IMAGE: picture},
    )


def results(advantage: tuple[float, float, float], settings: ContentSettings = SETTINGS) -> Results:
    cells = []
    for scene, more in enumerate(advantage, start=1):
        for seed in (0, 1):
            # Seeds differ by as much as scenes do, and are no scenes.
            base = 0.2 * scene + (0.1 if seed else -0.1)
            cells.append(cell(scene, "sees-things", seed, base, [0, 0, 1, 1]))
            cells.append(cell(scene, "sees-edges", seed, base + more, [0, 0, 1, 1] if seed else [0, 1, 0, 1]))
    return Results(settings=settings, cells=cells)


def test_seeds_are_averaged_within_a_scene_and_intervals_are_over_scenes():
    found = results((0.0, 0.0, 0.0)).metric("sees-things", IMAGE, "gff@0.05")
    assert found.n == 3 and found.value == pytest.approx(0.4)
    assert results((0.0, 0.0, 0.0)).metric("sees-things", IMAGE, "gff").value == pytest.approx(0.5)
    assert results((0.0, 0.0, 0.0)).metric("sees-things", IMAGE, "shadow_auc").n == 0
    assert results((0.0, 0.0, 0.0)).metric("sees-things", IMAGE, "gff@0.3").value is None
    assert low_thresholds(SETTINGS) == [0.05, 0.1]


@pytest.mark.parametrize(
    ("advantage", "verdict"),
    [((0.3, 0.31, 0.29), "higher"), ((-0.3, -0.31, -0.29), "lower"), ((0.3, -0.3, 0.1), "not decided")],
)
def test_the_claim_is_decided_by_differences_within_scenes(advantage: tuple[float, float, float], verdict: str):
    (found,) = comparisons(results(advantage), ["gff"])
    assert found.verdict == verdict and found.difference.n == 3
    assert found.difference.value == pytest.approx(np.mean(advantage))
    page = content_report(results(advantage), {}, "vantage study content").html()
    assert f"in the image: {verdict}; difference" in page


def test_agreement_is_of_one_seed_between_encoders_and_of_two_within_one():
    (same, between), (again, within) = agreement_matrix(results((0.0, 0.0, 0.0)), IMAGE)
    assert same.value == 1.0 and within.value == pytest.approx(-0.5)
    # Seed 0 disagrees (-0.5), seed 1 agrees (1).
    assert between.value == again.value == pytest.approx(0.25) and between.n == 3


def test_headlines_name_measure_and_encoder():
    metrics = headline_metrics(results((0.1, 0.1, 0.1)))
    assert list(metrics) == ["gff_sees-things", "geometry_auc_sees-things", "gff_sees-edges", "geometry_auc_sees-edges"]


def test_a_cell_is_read_as_it_was_written_and_counts_only_when_whole(tmp_path: Path):
    one = results((0.1, 0.1, 0.1)).cells[1]
    assert Cell.load(tmp_path, one.name) is None
    one.save(tmp_path)
    read = Cell.load(tmp_path, one.name)
    assert read is not None and (read.values, read.curves, read.family) == (one.values, one.curves, one.family)
    assert np.array_equal(read.labels[IMAGE], one.labels[IMAGE])
    assert np.allclose(read.pictures[IMAGE], one.pictures[IMAGE], atol=0.5 / 255)
    path = tmp_path / f"{one.name.stem}.json"
    text = path.read_text()
    for length in range(0, len(text) - 1, 37):
        path.write_text(text[:length])
        with pytest.raises(DataError):
            Cell.load(tmp_path, one.name)
    path.write_text('{"values": {}}')
    with pytest.raises(DataError, match="no cell of this study"):
        Cell.load(tmp_path, one.name)


def test_sheets_show_the_photograph_and_every_encoder(tmp_path: Path):
    assert write_pictures(results((0.1, 0.1, 0.1)), tmp_path) == ["room_1.png", "room_2.png", "room_3.png"]
    from PIL import Image

    with Image.open(tmp_path / "room_1.png") as sheet:
        assert sheet.size == (3 * 8, 6)
