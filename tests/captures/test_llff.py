"""LLFF poses and the 3D-OVS layout: a room written in it comes back, and what is damaged is refused."""

from pathlib import Path

import numpy as np
import pytest

from captures.llff_folder import ANNOTATED, true_of, write_3dovs
from vantage.captures import Capture, has_segmentations, open_capture, open_segmentations, write_colmap
from vantage.captures.llff import read_poses_bounds, world_from_camera
from vantage.errors import DataError
from vantage.rooms import room_capture


@pytest.fixture(scope="module")
def room() -> Capture:
    return room_capture(800_000, views=5, width=48, height=36, hold_out=0)


@pytest.fixture
def folder(room: Capture, tmp_path: Path) -> Path:
    captions = list(dict.fromkeys(thing.caption for thing in room.objects))
    write_3dovs(room, tmp_path / "bed", captions[:3])
    return tmp_path / "bed"


def test_poses_and_cameras_come_back(room: Capture, folder: Path) -> None:
    found = open_capture(folder)
    assert not found.metric and found.test_indices == ANNOTATED
    for view, true in zip(found, room, strict=True):
        np.testing.assert_allclose(view.world_from_camera, true.world_from_camera, atol=1e-12)
        assert (view.camera.width, view.camera.height) == (48, 36)
        for name in ("fx", "fy", "cx", "cy"):
            assert getattr(view.camera, name) == pytest.approx(getattr(true.camera, name))
        assert np.abs(view.image - true.image).max() < 1 / 255


def test_axes_are_those_of_the_description() -> None:
    # Down, right and back of a camera that looks along x with its top towards z.
    row = np.concatenate([np.array([[0, 0, -1, 4, 30], [0, -1, 0, 5, 40], [-1, 0, 0, 6, 50.0]]).ravel(), [1, 2]])
    pose = world_from_camera(row)
    np.testing.assert_array_equal(pose[:3, 2], [1, 0, 0])
    np.testing.assert_array_equal(pose[:3, 1], [0, 0, -1])
    np.testing.assert_array_equal(pose[:3, 3], [4, 5, 6])
    assert np.linalg.det(pose) == pytest.approx(1)


def test_images_at_another_size_keep_their_rays(room: Capture, folder: Path) -> None:
    half = open_capture(folder, max_size=24, hold_out=2)
    assert half.test_indices == (0, 2, 4)
    assert half[0].camera.fx == pytest.approx(room.sources[0].camera.fx / 2)


def test_masks_come_back_for_annotated_images_alone(room: Capture, folder: Path) -> None:
    assert has_segmentations(folder)
    found = open_segmentations(folder)
    assert len(found.classes) == 3 and tuple(found.annotated) == ANNOTATED
    for number in range(len(room)):
        masks = found.masks(f"{number:02d}.png")
        assert bool(masks) == (number in ANNOTATED)
        for caption, mask in masks.items():
            np.testing.assert_array_equal(mask, true_of(room, number, caption))
    assert found.masks("elsewhere.png") == {}


def test_a_colmap_model_says_more_than_llff_unless_there_are_masks(room: Capture, folder: Path, tmp_path: Path) -> None:
    write_colmap(room, tmp_path / "model")
    (tmp_path / "model" / "sparse").rename(folder / "sparse")
    # With masks the photographs stay as they are, and the names are those of `images/`.
    assert open_capture(folder).sources[0].name == "00.png"
    (folder / "segmentations").rename(tmp_path / "away")
    names = [source.name for source in room.sources]
    for number, name in enumerate(names):
        (folder / "images" / f"{number:02d}.png").rename(folder / "images" / f"then-{name}")
    for name in names:
        (folder / "images" / f"then-{name}").rename(folder / "images" / name)
    (folder / "poses_bounds.npy").write_bytes(b"never read")
    assert [source.name for source in open_capture(folder).sources] == sorted(names)


def test_every_prefix_of_the_file_is_refused(folder: Path) -> None:
    path = folder / "poses_bounds.npy"
    whole = path.read_bytes()
    assert read_poses_bounds(path).shape == (5, 17)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"poses_bounds\.npy"):
            read_poses_bounds(path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused(folder: Path, value: float) -> None:
    rows = np.load(folder / "poses_bounds.npy")
    rows[3, 7] = value
    np.save(folder / "poses_bounds.npy", rows)
    with pytest.raises(DataError, match="row 3 holds NaN"):
        open_capture(folder)


def test_other_arrays_are_refused(folder: Path) -> None:
    path = folder / "poses_bounds.npy"
    rows = np.load(path)
    header = path.read_bytes()
    for wrong, said in (
        (rows[:, :15], "17 real numbers"),
        (rows.astype(np.int64), "17 real numbers"),
        (rows[:0], "17 real numbers"),
        (rows[0], "17 real numbers"),
        (np.array([["a"]], dtype=object), "17 real numbers"),
        (rows[:4], "4 poses, and 5 images"),
        (rows * [1, 1, 1, 1, 0.001, *[1] * 12], "pixels"),
        (rows * [*[1] * 14, -1, 1, 1], "row 0"),
        (rows * [2, *[1] * 16], "not orthonormal"),
        (rows * [*[-1, 1, 1, 1, 1] * 3, 1, 1], "determinant -1"),
    ):
        np.save(path, wrong, allow_pickle=True)
        with pytest.raises(DataError, match=said):
            open_capture(folder)
    # A header that promises more than any memory holds.
    path.write_bytes(header.replace(b"(5, 17)", b"(9999999999999, 17)").replace(b" " * 12 + b"\n", b"\n"))
    with pytest.raises(DataError, match=r"poses_bounds\.npy"):
        open_capture(folder)


def test_damaged_masks_are_told(folder: Path) -> None:
    classes = folder / "segmentations" / "classes.txt"
    names = classes.read_text()
    first = names.splitlines()[0]
    for text, said in (("", "0 classes"), (f"{first}\n{first}\n", "1 of them different"), ("../x\n", "plain name")):
        classes.write_text(text)
        with pytest.raises(DataError, match=said):
            open_segmentations(folder)
    classes.write_text(names + "an unseen thing\n")
    with pytest.raises(DataError, match=r"an unseen thing\.png is missing"):
        open_segmentations(folder)
    classes.write_text(names)
    (folder / "segmentations" / "99").mkdir()
    with pytest.raises(DataError, match="one of 5 images"):
        open_segmentations(folder)
    (folder / "segmentations" / "99").rmdir()
    mask = folder / "segmentations" / "01" / f"{first}.png"
    mask.write_bytes(mask.read_bytes()[:30])
    with pytest.raises(DataError, match=r"\.png"):
        open_segmentations(folder).masks("01.png")
