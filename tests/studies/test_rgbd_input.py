"""RGB-D images as they come: folders, files, and all that is wrong with them said in words."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from vantage.captures import Capture, View, ViewSource, write_rgbd
from vantage.captures.images import encode_depth_png, encode_integer_png, encode_rgb_png
from vantage.errors import DataError, UsageError, VantageError
from vantage.geometry import Camera
from vantage.studies.rgbd_input import RgbdSource, read_rgbd

CAMERA = Camera(fx=40.0, fy=40.0, cx=24.0, cy=18.0, width=48, height=36)
DEPTH = np.linspace(1.5, 2.5, 48 * 36, dtype=np.float32).reshape(36, 48)
IMAGE = np.tile(np.linspace(0, 1, 48, dtype=np.float32)[None, :, None], (36, 1, 3))


def capture(folder: Path, *, floor: bool = True) -> Path:
    """Write a folder of three views; each camera stands 1.2 m over the floor and looks along the world's y."""
    pose = np.eye(4)
    pose[:3, :3] = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], dtype=np.float64)
    pose[2, 3] = 1.2
    views = [
        View(name=f"view_{k}", image=IMAGE, camera=CAMERA, world_from_camera=pose, depth=DEPTH + np.float32(k))
        for k in range(3)
    ]
    sources = tuple(ViewSource(name=v.name, camera=CAMERA, world_from_camera=pose, read=lambda v=v: v) for v in views)
    corners = ((0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (0.0, 4.0, 0.0)) if floor else ()
    write_rgbd(Capture(name="three", sources=sources, floor=corners), folder)
    return folder


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "photo.png").write_bytes(encode_rgb_png(IMAGE))
    (tmp_path / "depth.png").write_bytes(encode_depth_png(DEPTH))
    (tmp_path / "tiny.png").write_bytes(encode_depth_png(DEPTH[:18, :24]))
    (tmp_path / "empty.png").write_bytes(encode_integer_png(np.zeros((36, 48), np.int32)))
    np.save(tmp_path / "metres.npy", DEPTH)
    np.save(tmp_path / "millimetres.npy", DEPTH * 1000)
    np.save(tmp_path / "hollow.npy", np.where(DEPTH > 2, np.nan, DEPTH))
    np.save(tmp_path / "flat.npy", np.zeros(7))
    (tmp_path / "broken.npy").write_bytes((tmp_path / "metres.npy").read_bytes()[:200])
    return tmp_path


def of_files(files: Path, **changes: object) -> RgbdSource:
    source = RgbdSource(
        path=str(files / "photo.png"), depth=str(files / "depth.png"), intrinsics=(40.0, 40.0, 24.0, 18.0)
    )
    return dataclasses.replace(source, **changes)


def test_a_folder_gives_the_view_that_is_asked_for(tmp_path: Path) -> None:
    folder = str(capture(tmp_path / "three"))
    for asked, expected in ((None, 0), ("001", 1), ("002.png", 2), ("2", 2)):
        view = read_rgbd(RgbdSource(path=folder, view=asked))
        np.testing.assert_allclose(view.depth, DEPTH + expected, atol=1e-3)
    assert view.camera == CAMERA
    # The floor is known, so the vertical and the camera's height are.
    assert view.up_camera is not None
    np.testing.assert_allclose(view.up_camera, (0, -1, 0), atol=1e-9)
    assert view.camera_height == pytest.approx(1.2)
    assert read_rgbd(RgbdSource(path=str(capture(tmp_path / "b", floor=False)))).up_camera is None


def test_files_give_the_same_in_every_unit(files: Path) -> None:
    for changes in (
        {},
        {"depth_scale": 1000.0},
        {"depth": str(files / "metres.npy")},
        {"depth": str(files / "millimetres.npy"), "depth_scale": 1000.0},
    ):
        view = read_rgbd(of_files(files, **changes))
        np.testing.assert_allclose(view.depth, DEPTH, atol=1e-3)
        assert view.camera == CAMERA
    hollow = read_rgbd(of_files(files, depth=str(files / "hollow.npy")))
    assert np.array_equal(hollow.depth == 0, DEPTH > 2)


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"depth": None}, UsageError, "an image alone has no depth; give --depth FILE and --intrinsics"),
        ({"intrinsics": ()}, UsageError, "give its camera as --intrinsics fx,fy,cx,cy"),
        ({"intrinsics": (40.0, 40.0)}, UsageError, "with 2 numbers"),
        ({"intrinsics": (0.0, 40.0, 24.0, 18.0)}, DataError, "fx is 0"),
        ({"intrinsics": (80.0, 80.0, 48.0, 36.0)}, DataError, "seem to be of one of about 96x72"),
        ({"intrinsics": (20.0, 20.0, 12.0, 9.0)}, DataError, "seem to be of one of about 24x18"),
        ({"view": "1"}, UsageError, "--view is for a folder"),
        ({"depth_scale": 0.0}, UsageError, "--depth-scale 0.0: expected units per metre"),
        ({"depth_scale": float("nan")}, UsageError, "--depth-scale nan"),
        ({"depth_scale": 1.0}, DataError, "millimetres"),
        ({"depth_scale": 1e6}, DataError, "median depth is 0.002.*--depth-scale"),
        ({"depth": "millimetres.npy"}, DataError, "millimetres"),
        ({"depth": "tiny.png"}, DataError, "the image is 48x36 pixels, the depth 24x18"),
        ({"depth": "empty.png"}, DataError, "no pixel has a known depth"),
        ({"depth": "photo.png"}, DataError, "16-bit"),
        ({"depth": "flat.npy"}, DataError, "expected height x width numbers"),
        ({"depth": "broken.npy"}, DataError, "cannot be read as .npy"),
        ({"depth": "none.png"}, DataError, "no such image file"),
        ({"path": "metres.npy"}, DataError, "not an image"),
        ({"path": "nowhere"}, DataError, "no such file; expected a folder with depth"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_fix(
    files: Path, changes: dict[str, object], kind: type[VantageError], message: str
) -> None:
    placed = {
        key: str(files / value) if key in ("depth", "path") and isinstance(value, str) else value
        for key, value in changes.items()
    }
    with pytest.raises(kind, match=message) as caught:
        read_rgbd(of_files(files, **placed))
    assert len(str(caught.value)) < 400


def test_a_folder_is_refused_with_the_fix(tmp_path: Path) -> None:
    folder = str(capture(tmp_path / "three"))
    for source, message in (
        (RgbdSource(path=folder, view="4"), "--view 4: no such view; expected one of 000.png, .* from 0 to 2"),
        (RgbdSource(path=folder, view="<b>" * 999), "no such view"),
        (RgbdSource(path=folder, depth="x.png"), "--depth is for an image file"),
        (RgbdSource(path=folder, intrinsics=(1.0, 1.0, 1.0, 1.0)), "--intrinsics is for an image file"),
    ):
        with pytest.raises(UsageError, match=message):
            read_rgbd(source)
