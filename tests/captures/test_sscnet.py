"""SSCNet's layout: volumes written as its MATLAB code does come back, depth bits, coarse voxels, and damage."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studies.nyu_layout import SHAPE, UNIT, write_depth, write_volume
from vantage.captures.sscnet import SIZE, open_sscnet, read_rotated_depth, unrotated
from vantage.captures.sscnet_volume import HEADER, LabelVolume, read_volume
from vantage.errors import DataError

ORIGIN = np.array([-1.5, -2.25, -0.05])
POSE = np.array([[1.0, 0, 0, 0.25], [0, 0, 1, -0.5], [0, -1, 0, 1.5], [0, 0, 0, 1]])
"""A level camera that looks along y; all numbers are exact in float32."""


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    """Boxes of numbers that no symmetry maps onto themselves."""
    made = np.zeros(SHAPE, dtype=np.int64)
    made[:, :, :3] = 2
    made[10:50, 20:90, 30:40] = 7
    made[200:239, 5:7, 100:144] = 36
    made[100, 130, 70] = 1
    made[:, 220:, :] = 255
    return made


@pytest.fixture(scope="module")
def written(labels: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("volume") / "NYU0001_0000.bin"
    write_volume(path, labels, ORIGIN, POSE)
    return path


def test_a_volume_comes_back_along_the_worlds_axes(labels: np.ndarray, written: Path) -> None:
    volume = read_volume(written)
    assert np.array_equal(volume.labels, labels)
    assert volume.origin == pytest.approx(ORIGIN, abs=1e-7)
    assert np.array_equal(volume.world_from_camera, POSE)
    rng = np.random.default_rng(0)
    index = rng.integers(0, SHAPE, size=(500, 3))
    places = ORIGIN + UNIT * (index + rng.uniform(-0.49, 0.49, size=(500, 3)))
    assert np.array_equal(volume.at(places), labels[tuple(index.T)])
    assert volume.at(np.array([[0.0, 0.0, -0.07], [9.0, 0.0, 1.0]])).tolist() == [255, 255]
    assert volume.centres()[3, 5, 7] == pytest.approx(ORIGIN + UNIT * np.array([3, 5, 7]), abs=1e-6)


def test_a_volume_of_one_label_may_be_counted_one_short(tmp_path: Path) -> None:
    # SSCNet's writer does so.
    header = np.concatenate([ORIGIN, POSE.ravel()]).astype("<f4").tobytes()
    for short in (1, 0):
        path = tmp_path / "empty.bin"
        path.write_bytes(header + np.array([0, np.prod(SHAPE) - short], dtype="<u4").tobytes())
        assert not read_volume(path).labels.any()


def test_depth_bits_are_turned_back(tmp_path: Path) -> None:
    millimetres = np.arange(2**16).reshape(256, 256)
    turned = (millimetres * 8) % 65536 + millimetres // 8192
    assert np.array_equal(unrotated(turned.astype(np.int32)), millimetres)
    depth = np.array([[0.0, 0.5, 4.321], [8.192, 12.0, 40.0]], dtype=np.float32)
    write_depth(tmp_path / "depth.png", depth)
    assert read_rotated_depth(tmp_path / "depth.png") == pytest.approx(depth, abs=1e-6)


def test_large_voxels_are_filled_by_a_twentieth_and_named_by_the_most() -> None:
    rng = np.random.default_rng(1)
    labels = rng.choice([0, 0, 0, 0, 3, 5, 255], size=(16, 16, 8)).astype(np.uint16)
    labels[:4, :4, :4] = 0
    labels[0, 0, :3] = 9  # Three of 64 are less than a twentieth, four are more.
    labels[4:8, :4, :4] = 0
    labels[4, 0, :4] = 9
    labels[:4, 4:8, :4] = 255
    labels[0, 4, :3] = 9
    labels[4:8, 4:8, :4] = 0
    labels[4:6, 4:8, :4] = np.array([5, 3], dtype=np.uint16)[:, None, None]
    volume = LabelVolume(labels=labels, origin=np.zeros(3), world_from_camera=np.eye(4))
    coarse = volume.coarse()
    for x, y, z in np.ndindex(4, 4, 2):
        block = labels[4 * x : 4 * x + 4, 4 * y : 4 * y + 4, 4 * z : 4 * z + 4].ravel().tolist()
        classes = [value for value in block if value not in (0, 255)]
        expected = 255 if block.count(255) > block.count(0) else 0
        if len(classes) / 64 >= 0.05:
            expected = min(set(classes), key=lambda value: (-classes.count(value), value))
        assert coarse.labels[x, y, z] == expected
    assert coarse.labels[:2, :2, 0].tolist() == [[0, 255], [9, 3]]
    # The middle of the first four voxels, whose own middles lie at 0, 2, 4 and 6 cm.
    assert coarse.centres()[0, 0, 0] == pytest.approx([0.03, 0.03, 0.03])
    assert coarse.centres()[1, 0, 0] == pytest.approx([0.11, 0.03, 0.03])


def test_every_truncated_volume_is_refused(written: Path, tmp_path: Path) -> None:
    content = written.read_bytes()
    short = tmp_path / "short.bin"
    for length in (0, 3, HEADER - 1, HEADER, HEADER + 4, HEADER + 8, len(content) // 2, len(content) - 8):
        short.write_bytes(content[:length])
        with pytest.raises(DataError, match="truncated"):
            read_volume(short)
    short.write_bytes(content + content[-8:])
    with pytest.raises(DataError, match=r"expected 8294400 \(240x144x240\)"):
        read_volume(short)


def test_what_is_no_volume_is_refused(written: Path, tmp_path: Path) -> None:
    content = bytearray(written.read_bytes())

    def changed(offset: int, value: float | int, kind: str) -> Path:
        other = bytearray(content)
        other[offset : offset + 4] = np.array([value], dtype=kind).tobytes()
        path = tmp_path / f"{offset}-{value}.bin"
        path.write_bytes(other)
        return path

    for path, message in (
        (changed(0, np.nan, "<f4"), "origin holds NaN"),
        (changed(4 * 5, np.inf, "<f4"), "camera pose holds NaN or infinite"),
        (changed(4 * 3, 2.0, "<f4"), "no rigid motion"),
        (changed(4 * 3, -1.0, "<f4"), "no rigid motion"),
        (changed(HEADER, 70_000, "<u4"), "label 70000"),
        (tmp_path / "none.bin", "no such label volume"),
    ):
        with pytest.raises(DataError, match=message):
            read_volume(path)


def test_a_folder_names_the_frame_that_lacks_its_pair(written: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        open_sscnet(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"no label volume \(\.bin\)"):
        open_sscnet(tmp_path)
    (tmp_path / "NYU0002_0000.bin").write_bytes(written.read_bytes())
    with pytest.raises(DataError, match=r"frame NYU0002_0000 has no \.png \(depth\)"):
        open_sscnet(tmp_path)
    write_depth(tmp_path / "NYU0002_0000.png", np.full(SIZE[::-1], 2.0, dtype=np.float32))
    write_depth(tmp_path / "NYU0003_0000.png", np.full(SIZE[::-1], 2.0, dtype=np.float32))
    with pytest.raises(DataError, match=r"frame NYU0003_0000 has no \.bin"):
        open_sscnet(tmp_path)
    (tmp_path / "NYU0003_0000.png").unlink()
    Image.new("RGB", SIZE, (255, 0, 0)).save(tmp_path / "NYU0002_rgb.png")
    folder = open_sscnet(tmp_path)
    assert folder.names == ("NYU0002_0000",)
    frame = next(folder.frames())
    view = frame.view()
    assert view.image[3, 4].tolist() == [1.0, 0.0, 0.0]
    assert view.depth is not None
    assert float(view.depth[0, 0]) == 2.0
    (tmp_path / "NYU0002_rgb.png").unlink()
    without = folder.read("NYU0002_0000")
    assert without.image is None
    with pytest.raises(DataError, match="no colour image; put it beside"):
        without.view()
    write_depth(tmp_path / "NYU0002_0000.png", np.full((240, 320), 2.0, dtype=np.float32))
    with pytest.raises(DataError, match="depth is 320x240 pixels; expected 640x480"):
        folder.read("NYU0002_0000")
    (tmp_path / "NYU0002_0000.png").write_bytes((tmp_path / "NYU0002_0000.png").read_bytes()[:200])
    with pytest.raises(DataError):
        folder.read("NYU0002_0000")
