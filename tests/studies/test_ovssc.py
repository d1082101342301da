"""The completion study: the measure, the floors and the oracle on a view known by arithmetic; cells, sums, page."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studies.synthetic_views import BOUNDS, BOXES, INSIDE, LATTICE, OUTSIDE, Told, view
from vantage.abstraction.network import NetworkSettings, untrained_network
from vantage.abstraction.network_files import Calibration, TrainedNetwork, save_network
from vantage.abstraction.samples import ViewSample, voxel_iou
from vantage.abstraction.true_relevancy import with_true_relevancy
from vantage.cli.main import main
from vantage.errors import DataError, MissingError, UsageError
from vantage.reports.matrix_chart import matrix_chart
from vantage.runs import RunFolder
from vantage.studies import ovssc
from vantage.studies.cells import CellName
from vantage.studies.ovssc_cells import Completed, Confused, OvsscCell, Silent, draw_view, measure_view
from vantage.studies.ovssc_methods import (
    Heights,
    Method,
    NetworkMethod,
    VisibleMethod,
    measure_heights,
)
from vantage.studies.ovssc_report import ovssc_page
from vantage.studies.ovssc_samples import Views, asked_of, is_pair
from vantage.studies.ovssc_settings import SPLITS, CompletionStudySettings, Split
from vantage.studies.ovssc_summary import OvsscResults, claim, headline_metrics
from vantage.studies.study_page import page_so_far

HEIGHTS = Heights(threshold=0.5, find_threshold=0.5, inside=INSIDE, outside=OUTSIDE)
EVERYTHING = SPLITS["novel_room"]


def measured(method: Method, split: Split = EVERYTHING):
    return measure_view(method, view(), asked_of(view(), split), BOUNDS, 32, LATTICE)


def taken(confused: Sequence[Confused]) -> list[tuple[str, str]]:
    return [(one.category, one.taken_for) for one in confused if one.points]


def test_who_knows_gets_everything_and_who_confuses_gets_nothing() -> None:
    assert isinstance(Told({}), Method)
    completed, silent, confused, owner = measured(Told({0: 1, 1: 2}))
    assert [(one.category, one.iou, one.iou_alone) for one in completed] == [("box", 1.0, 1.0), ("mug", 1.0, 1.0)]
    assert taken(confused) == [("box", "box"), ("mug", "mug")]
    # Every pair that a view shows has its share, be it none.
    assert len(confused) == 2 * 3
    assert [one.litres for one in silent] == [0.0]
    assert np.array_equal(owner, view().owner)
    # The lattice is the measure's here, so that a voxel is a point; the count is the boxes' volume.
    volume = float(np.prod(BOXES[0][1] - BOXES[0][0]))
    assert completed[0].voxels == pytest.approx(volume / (3.6 / 32) ** 3, rel=0.35)
    completed, _, confused, _ = measured(Told({0: 2, 1: 1}))
    assert [one.iou for one in completed] == [0.0, 0.0]
    assert taken(confused) == [("box", "mug"), ("mug", "box")]
    completed, silent, confused, _ = measured(Told({3: 1}))
    assert [one.iou for one in completed] == [0.0, 0.0]
    assert taken(confused) == [("box", ""), ("mug", "")]
    cells = int((view().owner == 1).sum())
    assert silent[0].litres == pytest.approx(cells * (3.6 / LATTICE) ** 3 * 1000)


def test_labels_contend_and_are_asked_alone() -> None:
    class Both(Told):
        def complete(self, sample: ViewSample, labels: Sequence[int]) -> np.ndarray:
            # Everybody claims the first box; the one that is right more loudly.
            rows = [np.where(sample.owner == 1, 3.0 if k == 0 else 1.0, -2.0) for k in labels]
            return np.stack(rows).astype(np.float32)

    completed, _, _, _ = measured(Both({}))
    assert (completed[0].iou, completed[0].iou_alone) == (1.0, 1.0)
    assert completed[1].iou == 0.0


def test_who_is_judged_to_be_absent_gets_nothing_and_leaves_room() -> None:
    class Greedy(Told):
        """The mug is seen in both boxes, more loudly than the box; what is absent in the first."""

        def complete(self, sample: ViewSample, labels: Sequence[int]) -> np.ndarray:
            rows = {
                0: np.where(sample.owner == 1, 1.0, -2.0),
                1: np.where(sample.owner > 0, 3.0, -2.0),
                3: np.where(sample.owner == 1, 1.0, -2.0),
            }
            return np.stack([rows[k] for k in labels]).astype(np.float32)

    def judged(presence: list[float] | None):
        given = None if presence is None else np.array(presence, dtype=np.float32)
        return measure_view(
            Greedy({}, least_presence=0.3), view(), asked_of(view(), EVERYTHING), BOUNDS, 32, LATTICE, given
        )

    for presence in (None, [0.9, 0.3, 0.9, 0.9]):
        completed, silent, _, _ = judged(presence)
        assert [one.iou_judged for one in completed] == [one.iou for one in completed]
        assert completed[0].iou_judged == 0.0
        assert silent[0].litres_judged == silent[0].litres > 0
    completed, silent, _, _ = judged([0.9, 0.29, 0.9, 0.1])
    assert [one.iou_judged for one in completed] == [1.0, 0.0]
    assert [one.iou for one in completed] == [one.iou for one in judged(None)[0]]
    assert silent[0].litres > 0
    assert silent[0].litres_judged == 0


def test_the_splits_count_what_carries_the_novelty() -> None:
    sample = view()
    assert asked_of(sample, EVERYTHING).counted == (0, 1)
    assert asked_of(sample, SPLITS["novel_class"]).counted == (1,)
    assert asked_of(sample, SPLITS["novel_class"]).together == (0, 1)
    assert asked_of(sample, SPLITS["novel_synonyms"]).counted == ()
    pairs = asked_of(sample, SPLITS["novel_pairs"])
    assert (pairs.together, pairs.counted, pairs.absent) == ((0, 1, 2), (2,), (3,))
    assert is_pair("chair", "a red chair")
    assert not is_pair("chair", "a blue chair")
    assert not is_pair("box", "a red box")


def test_visible_points_are_on_the_faces_that_the_camera_sees() -> None:
    sample = view()
    true = VisibleMethod("value-path-fast", HEIGHTS, bounds=BOUNDS, lattice=LATTICE, true=True)
    found = true.complete(sample, [0, 3])
    filled = sample.points[found[0] > true.threshold].astype(np.float64)
    assert len(filled) > 10
    # Each cell touches the box, and none lies behind its front by more than two cells where the top is not seen.
    cell = 3.6 / LATTICE
    low, high = BOXES[0]
    assert ((filled > low - cell) & (filled < high + cell)).all()
    truth = sample.truth([0])[0]
    # Voxels that hold eight of the lattice's points, as in the study; a surface is seldom at a point itself.
    iou = voxel_iou(found[0] > true.threshold, truth, sample.points.astype(np.float64), BOUNDS, LATTICE // 2)
    assert iou is not None
    assert 0.05 < iou < 0.7
    assert not (found[1] > true.threshold).any()
    # By relevancy the same points are found, for the masks are the relevancy here.
    by_relevancy = VisibleMethod("value-path-fast", HEIGHTS, bounds=BOUNDS, lattice=LATTICE)
    same = by_relevancy.complete(sample, [0])[0] > by_relevancy.threshold
    assert np.array_equal(same, found[0] > true.threshold)


def test_validation_views_give_the_heights_and_the_best_threshold() -> None:
    heights = measure_heights([view()], BOUNDS, LATTICE, 32)
    assert heights.inside == pytest.approx(INSIDE, abs=0.02)
    assert heights.outside == pytest.approx(OUTSIDE, abs=0.02)
    # Half precision rounds the maps.
    assert OUTSIDE - 1e-3 < heights.threshold < INSIDE - 0.1
    assert OUTSIDE - 1e-3 < heights.find_threshold < INSIDE - 0.1
    nothing = dataclasses.replace(view(), members=np.zeros((4, 3), dtype=bool))
    with pytest.raises(DataError, match="no validation view shows a label"):
        measure_heights([nothing], BOUNDS, LATTICE, 32)


def test_the_oracle_has_the_masks_at_real_heights() -> None:
    maps = with_true_relevancy(view(), inside=INSIDE, outside=OUTSIDE).relevancy
    assert maps.shape == view().relevancy.shape
    assert np.array_equal(maps[0] == np.float16(INSIDE), view().instances == 1)
    assert set(np.unique(maps)) == {np.float16(INSIDE), np.float16(OUTSIDE)}
    assert (maps[3] == np.float16(OUTSIDE)).all()


def cell(room: int, method: str, split: str, ious: dict[str, float], litres: float = 0.0) -> OvsscCell:
    completed = tuple(
        Completed(view=0, text=f"a {name}", category=name, iou=iou, iou_alone=iou / 2, iou_judged=iou / 4, voxels=9)
        for name, iou in ious.items()
    )
    return OvsscCell(
        name=CellName(scene=f"room_{room}", encoder=method, field=split, seed=0),
        fingerprints={"semabs": "0123"},
        completed=completed,
        silent=(
            Silent(view=0, text="a bed", litres=litres, litres_judged=litres / 3),
            Silent(view=1, text="a cup", litres=0.0, litres_judged=0.0),
        ),
        confused=tuple(Confused(category=name, taken_for="box", points=3) for name in ious)
        + tuple(Confused(category=name, taken_for="", points=1) for name in ious),
    )


def results() -> OvsscResults:
    settings = CompletionStudySettings(rooms=(900_000, 900_001), splits=("novel_room", "novel_class"))
    cells = [
        cell(900_000, "semabs", "novel_room", {"box": 0.4, "mug": 0.2}, 6.0),
        cell(900_001, "semabs", "novel_room", {"box": 0.5}),
        cell(900_000, "semabs", "novel_class", {"mug": 0.35}),
        cell(900_001, "semabs", "novel_class", {}),
        cell(900_000, "semaware", "novel_room", {"box": 0.3, "mug": 0.1}),
        cell(900_001, "semaware", "novel_room", {"box": 0.4}),
        cell(900_000, "semaware", "novel_class", {"mug": 0.0}),
        cell(900_001, "semaware", "novel_class", {}),
    ]
    return OvsscResults(settings=settings, methods=("semabs", "semaware"), cells=cells)


def test_means_are_over_rooms_and_over_labels() -> None:
    found = results()
    metric = found.metric("semabs", "novel_room")
    assert (metric.value, metric.n) == (pytest.approx((0.3 + 0.5) / 2), 2)
    assert found.metric("semabs", "novel_room", "iou_alone").value == pytest.approx(0.2)
    assert (found.metric("semabs", "novel_class").value, found.metric("semabs", "novel_class").n) == (0.35, 1)
    by_label = found.per_label("semabs", "novel_room")
    assert list(by_label) == ["box", "mug"]
    assert by_label["box"].value == pytest.approx(0.45)
    assert found.label_mean("semabs", "novel_room").value == pytest.approx((0.45 + 0.2) / 2)
    assert (found.loud("semabs", "novel_room").value, found.loud("semabs", "novel_room").n) == (0.25, 4)
    assert found.false_litres("semabs", "novel_room").value == pytest.approx(1.5)
    assert found.metric("semabs", "novel_room", "iou_judged").value == pytest.approx(0.1)
    assert found.false_litres("semabs", "novel_room", "litres_judged").value == pytest.approx(0.5)
    shares = found.confusion("semabs", ("novel_room",))
    assert shares == {("box", "box"): 0.75, ("box", ""): 0.25, ("mug", "box"): 0.75, ("mug", ""): 0.25}
    test = found.compared("novel_room")[0]
    assert test.difference.value == pytest.approx(0.1)
    metrics = headline_metrics(found)
    assert metrics["semabs_novel_room_iou"] == metric
    assert all(one.n for one in metrics.values())
    said = claim(found)
    assert said[0].startswith("semabs: 40.0 % in novel rooms, 35.0 % on novel classes: keeps its level (87 %")
    assert "semaware: 30.0 % in novel rooms, 0.0 % on novel classes: falls to nearly nothing" in said[1]


def test_the_page_holds_every_table_and_no_markup_of_labels() -> None:
    found = results()
    evil = cell(900_000, "semabs", "novel_room", {"<script>alert(1)</script>": 0.4, "box": 0.3})
    found = dataclasses.replace(found, cells=[evil, *found.cells[1:]])
    page = ovssc_page(found, {"rooms": [900_000]}, "vantage study ovssc").html()
    assert "<script>alert" not in page
    for heading in ("Completion (Table 1)", "What is not there", "Figure 10", "Labels in novel_class"):
        assert heading in page
    assert "0.4000" in page or "0.400" in page


def test_a_matrix_has_a_square_for_each_share() -> None:
    svg = matrix_chart({("a", "a"): 1.0, ("a", ""): 0.0, ("<b>", "a"): 0.5}, ["a", "<b>"], ["a", "<b>", ""], blank="no")
    assert svg.count("<rect") == 3
    assert "<b>" not in svg
    assert "&lt;b&gt;, taken for a: 0.500" in svg


def test_cells_come_back(tmp_path: Path) -> None:
    one = cell(900_000, "semabs", "novel_room", {"box": 0.4})
    asked = asked_of(view(), EVERYTHING)
    drawn = draw_view(view(), asked, measured(Told({0: 1, 1: 2}))[3], BOUNDS, LATTICE)
    assert np.array_equal(drawn.true, drawn.made)
    one = dataclasses.replace(one, drawn=drawn)
    assert OvsscCell.load(tmp_path, one.name) is None
    one.save(tmp_path)
    again = OvsscCell.load(tmp_path, one.name)
    assert again is not None
    assert (again.completed, again.silent, again.confused) == (one.completed, one.silent, one.confused)
    assert again.drawn is not None
    assert np.array_equal(again.drawn.made, drawn.made)
    (tmp_path / f"{one.name.stem}.json").write_text("{}")
    with pytest.raises(DataError, match="no cell of this study"):
        OvsscCell.load(tmp_path, one.name)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    for seed, approach in enumerate(("semabs", "clipspatial", "semaware")):
        network = untrained_network(
            NetworkSettings(approach=approach, grid=16, widths=(4, 8), blocks=(0, 0), text_dim=8), seed=seed
        )
        trained = TrainedNetwork(network=network, calibration=Calibration(), source="test")
        save_network(trained, folder / f"{approach}.safetensors")
    return folder


def test_a_study_goes_on_where_it_stopped(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[int, str]] = []

    def of(self: Views, seed: int, split: Split, extractor: str):
        made.append((seed, extractor))
        return [view(0), view(1)]

    monkeypatch.setattr(Views, "of", of)
    monkeypatch.setattr(Views, "presence", lambda self, sample, extractor: np.ones(len(sample.labels), np.float32))
    settings = CompletionStudySettings(
        rooms=(900_000, 900_001),
        models=(f"semabs={weights / 'semabs.safetensors'}", f"semaware={weights / 'semaware.safetensors'}"),
        splits=("novel_room",),
        validation_rooms=(800_100,),
        lattice=LATTICE,
    )
    networks = ovssc.Networks.load(settings)
    assert networks.methods == ["semabs", "semaware", "oracle", "visible", "visible-true"]

    def run(**flags: bool) -> dict:
        with RunFolder.open(tmp_path / "run", command=ovssc.COMMAND, settings=settings, seed=0, **flags) as folder:
            return ovssc.run_ovssc(folder, settings, networks, quiet=True)

    result = run()
    assert made == [(seed, "value-path-fast") for seed in (800_100, 900_000, 900_001)]
    assert result["metrics"]["visible-true_novel_room_iou"]["n"] == 2
    assert result["metrics"]["visible_novel_room_iou"]["value"] == pytest.approx(
        result["metrics"]["visible-true_novel_room_iou"]["value"]
    )
    assert result["labels"]["novel_room"] == {"asked": 8, "absent": 4, "rooms": 2}
    cells = sorted((tmp_path / "run/cells").glob("*.json"))
    assert len(cells) == 10
    cells[3].unlink()
    again = run(resume=True)
    assert len(made) == 4
    assert again["metrics"] == result["metrics"]
    other = dataclasses.replace(networks, fingerprints=dict.fromkeys(networks.fingerprints, "another"))
    networks = other
    with pytest.raises(DataError, match="other weights"):
        run(resume=True)


def test_what_cannot_be_studied_is_refused(weights: Path, tmp_path: Path) -> None:
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"rooms": ()}, "no room"),
        ({"rooms": (5,)}, "room 5 is not for testing"),
        ({"validation_rooms": (900_000,)}, "room 900000 is not for validation"),
        ({"splits": ("novel_smell",)}, "'novel_smell' is not known"),
        ({"models": ("semabs",)}, "expected NAME=FILE"),
        ({"models": ("oracle=x",)}, "the name oracle is taken"),
        ({"rooms": (900_000, 900_000)}, "named twice"),
        ({"lattice": 40}, "expected a view, and a lattice"),
    )
    usual: dict[str, Any] = {"rooms": (900_000,)}
    for changes, message in cases:
        with pytest.raises(UsageError, match=message):
            CompletionStudySettings(**usual | changes)
    with pytest.raises((MissingError, DataError)):
        ovssc.Networks.load(CompletionStudySettings(rooms=(900_000,), models=("a=nowhere.safetensors",)))
    settings = CompletionStudySettings(rooms=(900_000,), models=(f"c={weights / 'clipspatial.safetensors'}",))
    with (
        RunFolder.open(tmp_path / "run", command=ovssc.COMMAND, settings=settings, seed=0) as run,
        pytest.raises(UsageError, match="only finds"),
    ):
        ovssc.run_ovssc(run, settings, ovssc.Networks.load(settings), quiet=True)


def test_networks_are_asked_with_their_own_threshold(weights: Path) -> None:
    from vantage.abstraction.network_files import load_network

    trained = load_network(weights / "semabs.safetensors")
    method = NetworkMethod(dataclasses.replace(trained, calibration=Calibration(threshold=0.75, find_threshold=1.5)))
    assert (method.threshold, method.find_threshold) == (0.75, 1.5)
    found = method.complete(view(), [0, 1])
    assert found.shape == (2, len(view().points))
    assert np.isfinite(found).all()


@pytest.mark.slow
def test_the_verb_studies_a_real_room(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--rooms", "900000", "--models", f"semabs={weights / 'semabs.safetensors'}", "--splits", "novel_class"]
    flags += ["--validation-rooms", "800100", "--random-views", "1", "--close-views", "0", "--json"]
    assert main(["study", "ovssc", *flags, "--out", str(tmp_path / "run")]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["metrics"]["visible-true_novel_class_absent_seen"]["value"] == 0.0
    assert (tmp_path / "run/report.html").stat().st_size > 10_000


def test_a_page_so_far_needs_no_network(tmp_path: Path) -> None:
    settings = CompletionStudySettings(
        rooms=(900_000, 900_001), models=("semabs=gone.safetensors",), splits=("novel_room", "novel_class")
    )
    with RunFolder.open(tmp_path / "run", command=ovssc.COMMAND, settings=settings, seed=0):
        pass
    cell(900_000, "semabs", "novel_room", {"box": 0.4}).save(tmp_path / "run/cells")
    cell(900_000, "visible", "novel_room", {"box": 0.1}).save(tmp_path / "run/cells")
    page = page_so_far(tmp_path / "run")
    assert (page.cells, page.of) == (2, 16)
    text = page.report.html()
    assert "semabs, visible in 2 rooms a split" in text
