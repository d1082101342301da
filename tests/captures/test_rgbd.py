"""RGB-D folders: what is written reads back, real captures open, bad input is named."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vantage.captures import View, open_capture, write_rgbd
from vantage.errors import DataError, UsageError

KITCHEN = Path(__file__).parents[3] / "shared" / "data" / "office_kitchen"


def test_roundtrip_of_everything(tmp_path: Path, make_capture) -> None:
    capture = make_capture(views=5)
    write_rgbd(capture, tmp_path / "out")
    again = open_capture(tmp_path / "out")
    assert again.name == capture.name
    assert again.test_indices == capture.test_indices == (1, 4)
    assert again.class_names == capture.class_names
    assert again.objects == capture.objects
    assert [s.caption for s in again.sources] == [s.caption for s in capture.sources]
    for before, after in zip(capture, again, strict=True):
        assert after.camera == before.camera
        assert np.array_equal(after.world_from_camera, before.world_from_camera)
        assert np.abs(after.image - before.image).max() <= 0.5 / 255 + 1e-6
        assert np.abs(after.depth - before.depth).max() <= 0.0005 + 1e-6
        assert np.array_equal(after.instances, before.instances)
        assert np.array_equal(after.classes, before.classes)
        assert np.array_equal(after.mask, before.mask)


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path, make_capture) -> None:
    capture = make_capture(views=3)

    def broken() -> View:
        raise DataError("damaged")

    sources = (*capture.sources[:2], dataclasses.replace(capture.sources[2], read=broken))
    with pytest.raises(DataError, match="damaged"):
        write_rgbd(dataclasses.replace(capture, sources=sources), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_writing_over_something_is_refused(tmp_path: Path, make_capture) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        write_rgbd(make_capture(views=2), tmp_path)


@pytest.fixture
def folder(tmp_path: Path, make_capture) -> Path:
    write_rgbd(make_capture(views=5), tmp_path / "room")
    return tmp_path / "room"


def test_nan_pose_sets_the_view_aside(tmp_path: Path, make_capture) -> None:
    write_rgbd(make_capture(views=21), tmp_path / "room")
    path = tmp_path / "room" / "poses.txt"
    lines = path.read_text().splitlines()
    lines[3] = " ".join(["nan"] * 16)
    path.write_text("\n".join(lines))
    capture = open_capture(tmp_path / "room")
    assert len(capture) == 20
    assert [(a.name, a.reason) for a in capture.set_aside] == [("003.png", "pose_invalid")]
    with pytest.raises(DataError, match="1 of 21 views are unusable"):
        open_capture(tmp_path / "room", strict=True)


def test_more_than_five_percent_set_aside_stops(folder: Path) -> None:
    (folder / "images" / "002.png").write_bytes(b"<html>login</html>")
    with pytest.raises(DataError, match=r"1 of 5 views are unusable.*web page"):
        open_capture(folder)


@pytest.mark.parametrize("change", ["mirror", "scale", "words", "count", "bottom"])
def test_wrong_poses_are_refused(folder: Path, change: str) -> None:
    poses = np.loadtxt(folder / "poses.txt").reshape(-1, 4, 4)
    if change == "mirror":
        poses[:, :3, 2] *= -1
    if change == "scale":
        poses[:, :3, :3] *= 1.2
    if change == "bottom":
        poses[0, 3] = poses[0, 0]
    np.savetxt(folder / "poses.txt", poses[1 if change == "count" else 0 :].reshape(-1, 16))
    if change == "words":
        (folder / "poses.txt").write_text("a b c\n" * 5)
    expected = {
        "mirror": "determinant -1",
        "scale": "not orthonormal",
        "words": "expected numbers",
        "count": "5 files in images/ but 4 poses",
        "bottom": "bottom row",
    }
    with pytest.raises(DataError, match=expected[change]):
        open_capture(folder)


def test_every_prefix_of_poses_and_intrinsics_is_refused_or_whole(folder: Path) -> None:
    for name in ("poses.txt", "K.txt", "capture.json"):
        whole = (folder / name).read_bytes()
        # Cutting within the last number leaves a shorter number, which no reader can tell; so stop before it.
        end = len(whole.rstrip()) - len(whole.split()[-1]) if name != "capture.json" else len(whole.rstrip())
        for length in range(0, end, 1 if name == "K.txt" else 7):
            (folder / name).write_bytes(whole[:length])
            with pytest.raises(DataError):
                open_capture(folder)
        (folder / name).write_bytes(whole)
    assert len(open_capture(folder)) == 5


def test_wrong_depth_unit_asks_for_the_scale(folder: Path) -> None:
    for file in (folder / "depth").iterdir():
        raw = np.asarray(Image.open(file)).astype(np.float64)
        Image.fromarray((raw / 1000).round().astype(np.uint16)).save(file)
    with pytest.raises(DataError, match="--depth-scale"):
        open_capture(folder)
    assert 0.5 < float(np.median(open_capture(folder, depth_scale=1.0)[0].depth)) < 5


def test_colourised_depth_is_refused(folder: Path) -> None:
    for file in (folder / "depth").iterdir():
        Image.open(file).convert("L").convert("RGB").save(file)
    with pytest.raises(DataError, match="not a colour picture"):
        open_capture(folder)


def test_depth_of_another_shape_sets_the_view_aside(folder: Path) -> None:
    Image.fromarray(np.full((10, 10), 1500, np.uint16)).save(folder / "depth" / "001.png")
    with pytest.raises(DataError, match="rgbd_unsynced"):
        open_capture(folder)


def test_missing_depth_sets_the_view_aside(folder: Path) -> None:
    (folder / "depth" / "001.png").unlink()
    with pytest.raises(DataError, match="rgbd_unsynced"):
        open_capture(folder)


def test_identical_poses_are_noted(folder: Path) -> None:
    line = (folder / "poses.txt").read_text().splitlines()[0]
    (folder / "poses.txt").write_text((line + "\n") * 5)
    assert any("identical" in note for note in open_capture(folder).notes)


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    target = folder / "images" / "002.png"
    target.rename(tmp_path / "elsewhere.png")
    target.symlink_to(tmp_path / "elsewhere.png")
    with pytest.raises(DataError, match="leaves the capture's folder"):
        open_capture(folder)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("captions", ["one"], r"\$\.captions: 1 captions"),
        ("test", [99], r"\$\.test\[0\]: found 99"),
        ("clas_names", [], r"unknown keys \['clas_names'\]"),
        ("objects", [{"instance": 1, "category": "mug"}], r"\$\.objects\[0\]: the key 'caption' is missing"),
        ("metric", "yes", r"\$\.metric: found str"),
    ],
)
def test_capture_json_errors_name_the_json_path(folder: Path, key: str, value: object, message: str) -> None:
    about = json.loads((folder / "capture.json").read_text())
    (folder / "capture.json").write_text(json.dumps(about | {key: value}))
    with pytest.raises(DataError, match=message):
        open_capture(folder)


def test_hold_out_and_max_size(folder: Path) -> None:
    capture = open_capture(folder, hold_out=2, max_size=20)
    assert capture.test_indices == (0, 2, 4)
    assert open_capture(folder, hold_out=0).test_indices == ()
    view = capture[0]
    assert max(view.image.shape[:2]) == 20
    assert view.camera == capture.sources[0].camera


def test_an_empty_or_missing_folder_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        open_capture(tmp_path / "nowhere")
    with pytest.raises(DataError, match="Looked for"):
        open_capture(tmp_path)


@pytest.mark.skipif(not KITCHEN.is_dir(), reason="needs ../shared/data/office_kitchen")
def test_office_kitchen_depth_agrees_between_views() -> None:
    capture = open_capture(KITCHEN, max_size=180)
    assert len(capture) == 90
    assert capture.set_aside == ()
    a, b = capture[10], capture[12]
    # Ground truth by geometry: view a's depth, moved into view b, must be near what b measured there.
    points = (a.camera.rays() * a.depth[..., None])[a.depth > 0]
    world = points @ a.world_from_camera[:3, :3].T + a.world_from_camera[:3, 3]
    local = world @ b.camera_from_world[:3, :3].T + b.camera_from_world[:3, 3]
    u = np.floor(local[:, 0] / local[:, 2] * b.camera.fx + b.camera.cx).astype(int)
    v = np.floor(local[:, 1] / local[:, 2] * b.camera.fy + b.camera.cy).astype(int)
    inside = (local[:, 2] > 0) & (u >= 0) & (u < b.camera.width) & (v >= 0) & (v < b.camera.height)
    measured = b.depth[v[inside], u[inside]]
    error = np.abs(measured - local[inside, 2])[measured > 0]
    assert len(error) > 5000
    assert float(np.median(error)) < 0.03
