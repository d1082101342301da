"""`vantage export` as a user runs it: every kind from a scene, and from a lone splat file."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
import trimesh
from PIL import Image

from vantage.captures import open_capture
from vantage.cli import main as cli
from vantage.fields import DistilledScene, Distiller
from vantage.fields.exchange import load_splats, read_splats


@pytest.fixture(scope="module")
def scene(trained_cube: Distiller, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    trained_cube.scene().save(folder / "scene")
    return folder


def export(capsys, *arguments: object) -> dict:
    assert cli.main(["export", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_splats_come_back_as_the_same_picture(scene: Path, tmp_path: Path, capsys) -> None:
    facts = export(capsys, scene, "--what", "splats", "--features", "smooth", "--out", tmp_path / "a.ply")
    ours = DistilledScene.load(scene / "scene")
    assert facts["gaussians"] == len(ours.field) and facts["bytes"] == (tmp_path / "a.ply").stat().st_size
    again = read_splats(tmp_path / "a.ply")
    item = ours.cameras[0]
    with torch.no_grad():
        rendered = again.field.render(item.camera, item.world_from_camera)
    assert torch.equal(rendered.rgb, ours.render(item.camera, item.world_from_camera).rgb)
    expected = ours.semantics.features(ours.field.means.detach(), "smooth")
    np.testing.assert_array_equal(again.features, expected)
    assert again.features_name == "smooth"


def test_a_foreign_splat_file_goes_through_every_kind(scene: Path, tmp_path: Path, capsys) -> None:
    splats, cameras = tmp_path / "a.ply", tmp_path / "cameras.json"
    export(capsys, scene, "--what", "splats", "--out", splats)
    export(capsys, scene, "--what", "cameras", "--out", cameras)
    export(capsys, splats, "--what", "splats", "--out", tmp_path / "b.ply")
    assert (tmp_path / "b.ply").read_bytes() == splats.read_bytes()
    facts = export(capsys, splats, "--what", "points", "--normals", "--out", tmp_path / "p.ply")
    assert len(trimesh.load(tmp_path / "p.ply").vertices) == facts["points"] > 100
    mesh = ["--what", "mesh", "--voxel-size", "0.1", "--cameras", cameras]
    facts = export(capsys, splats, *mesh, "--out", tmp_path / "m.obj")
    assert len(trimesh.load(tmp_path / "m.obj").faces) == facts["faces"] > 100
    video = ["--what", "video", "--path", cameras, "--panels", "rgb", "depth", "--width", "24"]
    facts = export(capsys, splats, *video, "--out", tmp_path / "v.gif")
    with Image.open(tmp_path / "v.gif") as image:
        assert (image.n_frames, image.size) == (12, (48, 20))
    assert len(load_splats(tmp_path / "b.ply")) > 0


def test_points_of_surfaces_and_cameras_with_pictures(scene: Path, tmp_path: Path, capsys) -> None:
    points = ["--what", "points", "--points-from", "surfaces", "--count", "3000"]
    assert 2500 < export(capsys, scene, *points, "--out", tmp_path / "p.ply")["points"] < 3500
    positions = trimesh.load(tmp_path / "p.ply").vertices
    assert np.median(np.abs(np.abs(positions).max(axis=1) - 1)) < 0.03
    for layout in ("transforms", "colmap"):
        export(capsys, scene, "--what", "cameras", "--layout", layout, "--out", tmp_path / layout)
        assert len(open_capture(tmp_path / layout)) == 12


def test_a_person_is_told_the_size_of_the_grid_beforehand(scene: Path, tmp_path: Path, capsys) -> None:
    flags = ["--what", "mesh", "--max-memory-mb", "20", "--out", str(tmp_path / "m.glb")]
    assert cli.main(["export", str(scene), *flags]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "voxels of" in first and " m, about" in first
    assert "triangles written to" in second


@pytest.mark.parametrize(
    ("code", "flags", "said"),
    [
        (2, ["--what", "splats", "--out", "a.obj"], "splats are written as .ply"),
        (2, ["--what", "mesh", "--out", "a.stl"], ".ply or .obj or .glb"),
        (2, ["--what", "splats", "--out", "a.ply", "--fps", "3"], "--fps is for --what video, not for splats"),
        (2, ["--what", "mesh", "--out", "a.ply", "--voxel-size", "-1"], "--voxel-size -1.0"),
        (2, ["--what", "video", "--out", "a.gif", "--frames", "1"], "--frames 1: expected 2 or more"),
        (2, ["--what", "video", "--out", "a.gif", "--fps", "0"], "expected 1 to 50"),
        (3, ["--what", "splats", "--out", "a.ply", "--features", "dino"], "'dino' was not distilled"),
        (3, ["--what", "video", "--out", "a.gif", "--path", "none.json"], "none.json: cannot be read"),
        (5, ["--what", "mesh", "--out", "a.ply", "--voxel-size", "0.0001"], "take larger voxels"),
    ],
)
def test_wrong_usage(scene: Path, tmp_path: Path, monkeypatch, capsys, code: int, flags: list[str], said: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", str(scene), *flags]) == code
    error = capsys.readouterr().err
    assert said in error and len(error.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_lone_splat_file_has_no_cameras(scene: Path, tmp_path: Path, capsys) -> None:
    export(capsys, scene, "--what", "splats", "--out", tmp_path / "a.ply")
    for what, name in (("mesh", "a.obj"), ("video", "a.gif"), ("cameras", "a.json")):
        assert cli.main(["export", str(tmp_path / "a.ply"), "--what", what, "--out", str(tmp_path / name)]) == 2
        assert "name some with --cameras" in capsys.readouterr().err
    assert cli.main(["export", str(tmp_path / "b.ply"), "--what", "points", "--out", str(tmp_path / "p.ply")]) == 3
    assert cli.main(["export", str(tmp_path), "--what", "points", "--out", str(tmp_path / "p.ply")]) == 3
