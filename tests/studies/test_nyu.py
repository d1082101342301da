"""NYUv2-CAD from disk: a room written in the layout, whose truth is known; both protocols; classes; the verb."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studies.nyu_layout import UNIT, Written, write_depth, write_room, write_volume
from vantage.abstraction.frame import Bounds
from vantage.abstraction.network import NetworkSettings, untrained_network
from vantage.abstraction.network_files import Calibration, TrainedNetwork, save_network
from vantage.captures.sscnet import CAMERA, SscFrame, open_sscnet
from vantage.captures.sscnet_volume import LabelVolume
from vantage.cli.main import main
from vantage.errors import DataError, UsageError
from vantage.studies.cells import CellName
from vantage.studies.nyu_cells import NyuCell, NyuScore, coarse_classes, draw_frame, measure_frame
from vantage.studies.nyu_classes import ELEVEN, nyu_classes
from vantage.studies.nyu_methods import SeenMethod
from vantage.studies.nyu_report import nyu_page
from vantage.studies.nyu_scored import NEAR, scored_voxels
from vantage.studies.nyu_settings import NyuStudySettings
from vantage.studies.nyu_summary import NyuResults, over_frames
from vantage.studies.nyu_views import NyuView, nyu_view
from vantage.studies.study_page import page_so_far

CLASSES = nyu_classes("11")
WIDE = Bounds(low=(-1.0, -6.0, -1.0), high=(11.0, 6.0, 5.0))
"""Holds the whole volume, whichever way the camera looks."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write_room(tmp_path_factory.mktemp("nyu") / "NYUCADtest")


@pytest.fixture(scope="module")
def frame(written: Written) -> SscFrame:
    return open_sscnet(written.folder).read(written.name)


@pytest.fixture(scope="module")
def view(frame: SscFrame) -> NyuView:
    return nyu_view(frame, 0, CLASSES, WIDE, 1)


@pytest.fixture(scope="module")
def near(frame: SscFrame) -> NyuView:
    """In the networks' usual cube."""
    return nyu_view(frame, 0, CLASSES, Bounds(), 2)


def told(view: NyuView) -> np.ndarray:
    """The truth as an answer."""
    return np.concatenate([view.cube_truth.clip(0), view.coarse_truth[view.coarse_voxel]])


def shifted(view: NyuView, frame: SscFrame, metres: float) -> np.ndarray:
    """The answer of who knows the volume but takes it to lie elsewhere along the world's x."""
    volume = dataclasses.replace(frame.volume, origin=frame.volume.origin + np.array([metres, 0, 0]))
    pose = frame.volume.world_from_camera
    points = (view.points - view.sample.frame_from_camera[:3, 3]) @ view.sample.frame_from_camera[:3, :3]
    labels = volume.at(points @ pose[:3, :3].T + pose[:3, 3])
    return CLASSES.classes(labels, "test").clip(0)


def test_pixels_show_the_class_that_the_room_has_there(written: Written, view: NyuView) -> None:
    # What the camera sees is full in the volume, and of the class that is seen, but for edges of thin things.
    seen = view.sample.instances
    assert (seen > 0).mean() > 0.9
    assert {ELEVEN[k - 1] for k in np.unique(seen[seen > 0])} >= {"floor", "wall", "objs"}
    # The floor is flat at height 0 in the view frame, whatever the pose in the file.
    surface, known = view.sample.surface()
    floor = surface[seen[known] == ELEVEN.index("floor") + 1]
    assert np.median(np.abs(floor[:, 2])) < 0.03


def test_who_is_told_the_truth_gets_everything(view: NyuView) -> None:
    score = measure_frame(view, told(view), 11)
    there = [iou for iou in score.iou if iou is not None]
    assert len(there) >= 3
    assert there == [1.0] * len(there)
    assert sum(score.tp) == score.filled == score.filled_inside > 1000
    assert sum(score.fp) == sum(score.fn) == 0
    assert score.completion == 1.0


def test_who_says_nothing_gets_nothing(view: NyuView) -> None:
    score = measure_frame(view, np.zeros_like(told(view)), 11)
    assert {iou for iou in score.iou if iou is not None} == {0.0}
    assert (sum(score.tp), sum(score.fp), score.completion) == (0, 0, 0.0)
    assert sum(score.fn) == score.filled


def test_a_shifted_volume_gets_less_the_farther(view: NyuView, frame: SscFrame) -> None:
    means = []
    for metres in (0.0, 0.08, 0.4):
        score = measure_frame(view, shifted(view, frame, metres), 11)
        means.append(np.mean([iou for iou in score.iou if iou is not None]))
    assert means[0] > 0.9
    assert means[0] > means[1] + 0.05 > means[2] + 0.05
    assert means[2] > 0


def test_the_unknown_is_left_out_and_not_taken_for_empty(frame: SscFrame, view: NyuView) -> None:
    assert (view.cube_truth == -1).any()
    # A method that fills all that is unknown loses nothing.
    answer = told(view)
    answer[: len(view.cube_truth)][view.cube_truth == -1] = 3
    assert measure_frame(view, answer, 11) == measure_frame(view, told(view), 11)
    # Half of the room made unknown: half of it is measured, and who was right stays right.
    labels = frame.volume.labels.copy()
    labels[:120] = 255
    half = nyu_view(
        dataclasses.replace(frame, volume=dataclasses.replace(frame.volume, labels=labels)), 0, CLASSES, WIDE, 1
    )
    score, whole = measure_frame(half, told(half), 11), measure_frame(view, told(view), 11)
    assert 0 < score.scored_voxels < whole.scored_voxels
    assert 0 < score.cube_voxels < whole.cube_voxels
    assert {iou for iou in score.iou if iou is not None} == {1.0}


def test_what_lies_outside_the_cube_counts_as_missed(near: NyuView) -> None:
    score = measure_frame(near, told(near), 11)
    assert 0 < score.filled_inside < score.filled
    # At the bounds a voxel may have points inside though its middle is not, and the other way.
    assert sum(score.fn) == pytest.approx(score.filled - score.filled_inside, abs=0.05 * score.filled)
    assert sum(score.fp) == 0
    # No point is beyond the bounds or out of the picture.
    points = near.points.astype(np.float64)
    assert (points > np.array(Bounds().low) - 2e-3).all()
    camera = (points - near.sample.frame_from_camera[:3, 3]) @ near.sample.frame_from_camera[:3, :3]
    cube = camera[: len(near.cube_voxel)]
    u = cube[:, 0] / cube[:, 2] * CAMERA.fx + CAMERA.cx
    assert (u > -1).all()
    assert (u < CAMERA.width + 1).all()


def test_visible_points_are_a_part_of_the_truth(near: NyuView) -> None:
    score = measure_frame(near, SeenMethod().classes_at(near), 11)
    truth = measure_frame(near, told(near), 11)
    assert 0.3 * sum(truth.tp) < sum(score.tp) < sum(truth.tp)
    assert score.completion is not None
    assert truth.completion is not None
    assert score.completion < truth.completion
    drawn = draw_frame(near, told(near), CLASSES)
    assert np.array_equal(drawn.true, drawn.made)
    assert "floor" in drawn.labels


def test_scored_are_the_hidden_and_what_is_near_a_surface() -> None:
    # A wall across the picture, 2 m ahead of a level camera at a height of 1.4 m that looks along y.
    pose = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 1.4], [0, 0, 0, 1]])
    labels = np.zeros((240, 240, 144), dtype=np.uint16)
    labels[:40] = 255
    volume = LabelVolume(labels=labels, origin=np.array([-2.4, 0.0, -0.05]), world_from_camera=pose)
    depth = np.full((480, 640), 2.0, dtype=np.float32)
    scored = scored_voxels(volume, depth)
    middles = volume.coarse().centres().reshape(-1, 3)
    middles = middles[volume.coarse().known().ravel()]
    y = middles[:, 1]
    u = CAMERA.cx + CAMERA.fx * middles[:, 0] / y
    v = CAMERA.cy - CAMERA.fy * (middles[:, 2] - 1.4) / y
    inside = (u >= 0) & (u < 640) & (v >= 0) & (v < 480)
    assert int(scored.hidden.sum()) == int((inside & (y > 2.0)).sum())
    assert (scored.middles[scored.hidden, 1] > 2.0).all()
    # Before the wall the nearest surface is straight ahead, but for the picture's edges and the surface's own voxels.
    free = scored.middles[~scored.hidden, 1]
    assert len(free) == pytest.approx(int((inside & (y <= 2.0) & (y > 2.0 - NEAR)).sum()), rel=0.1)
    assert (free > 2.0 - NEAR - UNIT).all()
    assert scored.middles[:, 0].min() > -1.7
    # Without depth everything in the picture is hidden.
    assert scored_voxels(volume, np.zeros_like(depth)).hidden.sum() == inside.sum()


def test_a_large_voxel_takes_the_commonest_of_its_points(view: NyuView) -> None:
    few = dataclasses.replace(
        view,
        coarse_voxel=np.array([0, 0, 0, 1, 1, 3]),
        coarse_truth=np.zeros(4, dtype=np.int64),
        coarse_hidden=np.zeros(4, dtype=bool),
        coarse_inside=np.ones(4, dtype=bool),
    )
    assert coarse_classes(few, np.array([2, 5, 5, 0, 4, 0])).tolist() == [5, 4, 0, 0]
    assert coarse_classes(few, np.array([7, 5, 0, 3, 1, 0])).tolist() == [5, 1, 0, 0]
    assert coarse_classes(few, np.zeros(6, dtype=np.int64)).tolist() == [0, 0, 0, 0]


@pytest.fixture
def class_list(tmp_path: Path) -> Path:
    path = tmp_path / "classes.csv"
    path.write_text("id,name,class\n2,puppy toy,objs\n255,ipod,objs\n11,parquet,floor\n")
    return path


def test_names_of_a_list_count_as_their_class_or_for_themselves(class_list: Path) -> None:
    assert CLASSES.classes(np.array([[0, 1, 5, 36, 255]], dtype=np.uint16), "x").tolist() == [[0, 1, 11, 11, -1]]
    collapsed = nyu_classes("894", class_list)
    assert collapsed.texts == ("puppy toy", "ipod", "parquet")
    assert [collapsed.names[k] for k in collapsed.class_of_text] == ["objs", "objs", "floor"]
    assert collapsed.classes(np.array([2, 255], dtype=np.uint16), "x").tolist() == [2, -1]
    own = nyu_classes("894-own", class_list)
    assert own.names == own.texts
    # 255 is a class of its own there.
    assert own.classes(np.array([0, 2, 255, 11, 65535], dtype=np.uint16), "x").tolist() == [0, 1, 2, 3, -1]
    with pytest.raises(DataError, match="frame 7: label 3 is of no class; expected 0 to 255, or 65535"):
        own.classes(np.array([3], dtype=np.uint16), "frame 7")
    with pytest.raises(DataError, match="label 37 is of no class; expected 0 to 36, or 255 for the unknown"):
        CLASSES.classes(np.array([37], dtype=np.uint16), "frame 7")


def test_bad_lists_and_settings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    for text, message in (
        ("id,name\n1,x\n", "expected id, name and class"),
        ("id,name,class\n", "the list is empty"),
        ("id,name,class\n0,x,objs\n", "row 2: id '0'"),
        ("id,name,class\n1,x,things\n", "row 2: name 'x', class 'things'"),
        ("id,name,class\n1,x,objs\n1,y,objs\n", "the id 1 stands there twice"),
        ("id,name,class\n1,x,objs\n2,x,objs\n", "the name 'x' stands there twice"),
    ):
        path.write_text(text)
        with pytest.raises(DataError, match=message):
            nyu_classes("894", path)
    path.write_bytes(b"id,name,class\n1,\xff\xfe,objs\n")
    with pytest.raises(DataError, match="no CSV in UTF-8"):
        nyu_classes("894", path)
    with pytest.raises(DataError, match="no such list"):
        nyu_classes("894", tmp_path / "none.csv")
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"classes": "894"}, "894 need one"),
        ({"class_list": path}, "the 11 need no --class-list"),
        ({"models": ("semabs",)}, "expected NAME=FILE"),
        ({"models": ("visible-true=x",)}, "is taken"),
        ({"frames": -1}, "--frames -1"),
        ({"points": 4}, "--points 4"),
    )
    for changes, message in cases:
        with pytest.raises(UsageError, match=message):
            NyuStudySettings(data=tmp_path, **changes)


def test_averages_and_intervals_are_over_frames() -> None:
    hits = np.array([[10.0, 0.0], [30.0, 5.0], [0.0, 0.0], [20.0, 1.0]])
    either = np.array([[20.0, 10.0], [40.0, 10.0], [0.0, 0.0], [40.0, 0.0 + 10.0]])
    metric = over_frames(hits, either)
    assert metric.value == pytest.approx((60 / 100 + 6 / 30) / 2)
    # A frame in which nothing was there says nothing.
    assert metric.n == 3
    assert metric.ci95 is not None
    low, high = metric.ci95
    assert 0.2 <= low < 0.4 < high <= 0.625
    same = over_frames(np.tile([[1.0]], (9, 1)), np.tile([[4.0]], (9, 1)))
    assert (same.value, same.ci95) == (0.25, (0.25, 0.25))
    assert over_frames(hits[:1], either[:1]).ci95 is None
    assert over_frames(np.zeros((2, 3)), np.zeros((2, 3))).value is None


def score(first: float | None, second: float | None, tp: int) -> NyuScore:
    return NyuScore(
        iou=(first, second), tp=(tp, 0), fp=(10, 0), fn=(10, 0), completion=0.5, cube_voxels=9, scored_voxels=30,
        filled=20, filled_inside=10,
    )  # fmt: skip


def test_both_protocols_average_as_they_say(tmp_path: Path) -> None:
    cells = [
        NyuCell(name=CellName(scene=f"NYU{k}", encoder="semabs", seed=0), fingerprints={}, score=one)
        for k, one in enumerate((score(0.2, None, 20), score(0.4, 0.9, 0)))
    ]
    results = NyuResults(
        settings=NyuStudySettings(data=tmp_path), names=("wall", "<b>window"), methods=("semabs",), cells=cells
    )
    assert (results.cube_class("semabs", 0).value, results.cube_class("semabs", 0).n) == (pytest.approx(0.3), 2)
    assert (results.cube_class("semabs", 1).value, results.cube_class("semabs", 1).n) == (0.9, 1)
    assert results.cube("semabs").value == pytest.approx((0.3 + 0.9) / 2)
    # Sums over frames, not a mean of frames' ratios; a class that nobody has or says is left out.
    assert results.scored_class("semabs", 0).value == pytest.approx(20 / 60)
    assert results.scored("semabs").value == pytest.approx(20 / 60)
    assert (results.completion("semabs").value, results.completion("semabs").n) == (0.5, 2)
    assert results.reach().value == 0.5
    page = nyu_page(results, {"classes": "11"}, "vantage study ovssc-nyu").html()
    assert "<b>window" not in page
    assert "&lt;b&gt;window" in page
    assert "By the benchmark" in page


@pytest.mark.slow
def test_the_verb_measures_frames_and_goes_on(
    written: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = untrained_network(NetworkSettings(grid=16, widths=(4, 8), blocks=(0, 0), features=4, hidden=4))
    calibration = Calibration(extractor="value-path-single", segments=False)
    trained = TrainedNetwork(network=network, calibration=calibration, source="test")
    save_network(trained, tmp_path / "semabs.safetensors")
    out = tmp_path / "run"
    flags = ["study", "ovssc-nyu", "--data", str(written.folder), "--out", str(out), "--json", "--points", "1"]
    flags += ["--models", f"semabs={tmp_path / 'semabs.safetensors'}"]
    assert main(flags) == 0
    first = json.loads(capsys.readouterr().out)
    metrics = first["metrics"]
    assert set(metrics) == {f"{m}_{k}_iou" for m in ("semabs", "visible-true") for k in ("cube", "ssc", "completion")}
    assert metrics["visible-true_cube_iou"]["value"] > metrics["semabs_cube_iou"]["value"]
    assert first["frames"] == 1
    assert first["classes"]["visible-true"]["floor"]["cube_iou"]["value"] > 0.2
    page = (out / "report.html").read_text()
    assert "First frames" in page
    cell = next((out / "cells").glob("*visible-true*.json"))
    before = cell.read_bytes()
    cell.unlink()
    # A cell that is there is not made again; one that is not comes out the same.
    assert main([*flags, "--resume"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"] == metrics
    assert cell.read_bytes() == before
    assert page_so_far(out).cells == 2


def test_the_verb_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = np.zeros((240, 240, 144), dtype=np.int64)
    labels[:, :, :4] = 2
    pose = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 1.4], [0, 0, 0, 1]])
    folder = tmp_path / "data"
    folder.mkdir()
    write_volume(folder / "NYU0001_0000.bin", labels, np.array([-2.4, 0.0, -0.05]), pose)
    flags = ["study", "ovssc-nyu", "--data", str(folder), "--json"]
    assert main([*flags, "--out", str(tmp_path / "a")]) == 3
    assert "has no .png (depth)" in capsys.readouterr().err
    write_depth(folder / "NYU0001_0000.png", np.full((480, 640), 2.0))
    assert main([*flags, "--out", str(tmp_path / "b")]) == 3
    assert "no colour image" in capsys.readouterr().err
    assert main([*flags, "--classes", "894", "--out", str(tmp_path / "c")]) == 2
    assert "--class-list" in capsys.readouterr().err
