"""Captures that no field can do well with: each is distilled or refused in a line, none hangs, and each is told of."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vantage.captures import Capture, View, ViewSource, write_rgbd
from vantage.cli.main import main

FLAGS = ["--steps", "12", "--gaussians", "300", "--max-gaussians", "400", "--sh-degree", "1", "--json"]


def changed(capture: Capture, change: Callable[[View], View]) -> Capture:
    """Return the capture with every view changed."""
    views = [change(view) for view in capture]
    sources = tuple(
        dataclasses.replace(source, world_from_camera=view.world_from_camera, read=lambda view=view: view)
        for source, view in zip(capture.sources, views, strict=True)
    )
    return dataclasses.replace(capture, sources=sources)


def renamed(source: ViewSource, ending: str) -> ViewSource:
    """Return the same view under another name."""
    name = source.name + ending
    return dataclasses.replace(source, name=name, read=lambda: dataclasses.replace(source.read(), name=name))


def one_view(capture: Capture) -> Capture:
    return capture.subset([1])


def the_same_view_twice(capture: Capture) -> Capture:
    return dataclasses.replace(capture, sources=(capture.sources[1], renamed(capture.sources[1], "b")), test_indices=())


def ten_kilometres_across(capture: Capture) -> Capture:
    def far(view: View) -> View:
        pose = view.world_from_camera.copy()
        pose[:3, 3] *= 1e4 / 0.6
        return dataclasses.replace(view, world_from_camera=pose, depth=np.zeros((40, 48), dtype=np.float32))

    return changed(capture, far)


def no_depth(capture: Capture) -> Capture:
    return changed(capture, lambda view: dataclasses.replace(view, depth=np.zeros((40, 48), dtype=np.float32)))


def distill(folder: Path, out: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, dict, str]:
    capsys.readouterr()
    code = main(["distill", str(folder), "--encoder", "pixels", "--out", str(out), *FLAGS, *flags])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return code, json.loads(said.out) if said.out else {}, said.err


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("make", "note"),
    [
        (one_view, "a single view"),
        (the_same_view_twice, "all poses are identical"),
        (ten_kilometres_across, "expected metres"),
        (no_depth, "depth is unknown everywhere"),
    ],
)
def test_a_scene_comes_out_and_the_result_says_what_is_odd(
    cube_capture: Capture,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    make: Callable[[Capture], Capture],
    note: str,
) -> None:
    write_rgbd(make(cube_capture), tmp_path / "capture")
    code, result, _ = distill(tmp_path / "capture", tmp_path / "run", capsys)
    assert code == 0 and any(note in line for line in result["notes"])
    assert (tmp_path / "run/scene/scene.json").is_file()
    for metric in result["metrics"].values():
        assert metric["value"] is None or np.isfinite(metric["value"])


def poses_of_nothing(folder: Path, count: int) -> None:
    lines = (folder / "poses.txt").read_text().splitlines()
    broken = [" ".join(["nan"] * len(line.split())) if i < count else line for i, line in enumerate(lines)]
    (folder / "poses.txt").write_text("\n".join(broken) + "\n")


def test_poses_that_are_no_numbers_stop_the_run_where_they_are_many(
    cube_capture: Capture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rgbd(cube_capture, tmp_path / "capture")
    poses_of_nothing(tmp_path / "capture", 12)
    code, _, said = distill(tmp_path / "capture", tmp_path / "run", capsys)
    assert code == 3 and len(said.strip().splitlines()) <= 2


def test_a_focal_length_of_zero_stops_the_run(
    cube_capture: Capture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rgbd(cube_capture, tmp_path / "capture")
    lines = (tmp_path / "capture/K.txt").read_text().split()
    zeroed = ["0" if i in (0, 4) else word for i, word in enumerate(lines)]
    (tmp_path / "capture/K.txt").write_text("\n".join(" ".join(zeroed[i : i + 3]) for i in (0, 3, 6)))
    content = json.loads((tmp_path / "capture/capture.json").read_text())
    if "camera" in content:
        content["camera"] |= {"fx": 0.0, "fy": 0.0}
        (tmp_path / "capture/capture.json").write_text(json.dumps(content))
    code, _, said = distill(tmp_path / "capture", tmp_path / "run", capsys)
    assert code == 3 and "focal" in said.lower()
    assert not (tmp_path / "run/scene").exists()


def test_one_truncated_image_of_many_is_set_aside(
    cube_capture: Capture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Every photograph twice, held-out ones too: what equals a held-out view is no baseline for it.
    twice = tuple(renamed(source, "b") for source in cube_capture.sources)
    many = dataclasses.replace(cube_capture, sources=(*cube_capture.sources, *twice))
    write_rgbd(many, tmp_path / "capture")
    image = sorted((tmp_path / "capture/images").iterdir())[5]
    image.write_bytes(image.read_bytes()[: image.stat().st_size // 2])
    code, result, _ = distill(tmp_path / "capture", tmp_path / "run", capsys)
    assert code == 0 and "psnr_db_warped_neighbour" in result["metrics"], result
    assert [view["name"] for view in result["set_aside"]] == [image.name]
    code, _, said = distill(tmp_path / "capture", tmp_path / "strict", capsys, "--strict")
    assert code == 3 and image.name in said
