"""TUM RGB-D, ScanNet exports, unposed photos, and what `open_capture` says to a wrong folder."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vantage.captures import Capture, open_capture
from vantage.captures.images import encode_integer_png, encode_rgb_png
from vantage.captures.tum import associate
from vantage.errors import DataError, MissingError
from vantage.geometry import quat_wxyz_from_matrix

KITCHEN = Path(__file__).parents[3] / "shared" / "data" / "office_kitchen"


def write_tum(capture: Capture, folder: Path, *, depth_delay: float = 0.01) -> None:
    import torch

    lists: dict[str, list[str]] = {"rgb": ["# colour"], "depth": ["# depth"], "groundtruth": ["# poses"]}
    for i, view in enumerate(capture):
        time = 1305031102.1 + i * 0.1
        for kind, content in (
            ("rgb", encode_rgb_png(view.image)),
            ("depth", encode_integer_png(np.round(view.depth * 5000))),
        ):
            (folder / kind).mkdir(parents=True, exist_ok=True)
            (folder / kind / f"{time:.4f}.png").write_bytes(content)
        lists["rgb"].append(f"{time:.4f} rgb/{time:.4f}.png")
        lists["depth"].append(f"{time + depth_delay:.4f} depth/{time:.4f}.png")
        w, x, y, z = quat_wxyz_from_matrix(torch.from_numpy(view.world_from_camera[:3, :3])).tolist()
        tx, ty, tz = view.world_from_camera[:3, 3]
        lists["groundtruth"].append(f"{time - 0.005:.4f} {tx} {ty} {tz} {x} {y} {z} {w}")
    for name, lines in lists.items():
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")


def test_tum(tmp_path: Path, make_capture) -> None:
    truth = make_capture(views=4)
    write_tum(truth, tmp_path / "freiburg1_room")
    np.savetxt(tmp_path / "freiburg1_room" / "K.txt", truth.sources[0].camera.matrix)
    capture = open_capture(tmp_path / "freiburg1_room")
    assert len(capture) == 4
    assert capture.metric
    for a, b in zip(truth, capture, strict=True):
        assert np.allclose(a.world_from_camera, b.world_from_camera, atol=1e-9)
        assert np.abs(a.depth - b.depth).max() < 0.00011
    (tmp_path / "freiburg1_room" / "K.txt").unlink()
    assert open_capture(tmp_path / "freiburg1_room").sources[0].camera.fx == 517.3


def test_tum_out_of_step(tmp_path: Path, make_capture) -> None:
    write_tum(make_capture(views=4), tmp_path / "a", depth_delay=0.04)
    with pytest.raises(DataError, match=r"within 0\.02 s"):
        open_capture(tmp_path / "a")


def test_association_is_one_to_one_nearest_first() -> None:
    # 0.012 is within reach of both others; it takes the nearer, and the first time keeps what is left.
    assert associate(np.array([0.0, 0.012, 1.0]), np.array([0.01, -0.015])).tolist() == [1, 0, -1]


@pytest.mark.parametrize("name", ["rgb.txt", "depth.txt", "groundtruth.txt"])
@pytest.mark.parametrize("text", ["", "1.0\n", "x rgb/a.png\n", "nan rgb/a.png 0 0 0 0 0 1\n"])
def test_tum_lists_damaged(tmp_path: Path, make_capture, name: str, text: str) -> None:
    write_tum(make_capture(views=2), tmp_path / "a")
    (tmp_path / "a" / name).write_text(text)
    with pytest.raises(DataError):
        open_capture(tmp_path / "a")


def test_scannet_with_another_depth_camera(tmp_path: Path, make_capture) -> None:
    truth = make_capture(views=3)
    folder = tmp_path / "scene0000_00"
    for part in ("color", "depth", "pose", "intrinsic"):
        (folder / part).mkdir(parents=True)
    matrix = np.eye(4)
    matrix[:3, :3] = truth.sources[0].camera.matrix
    np.savetxt(folder / "intrinsic" / "intrinsic_color.txt", matrix)
    # A depth camera of half the resolution: pixel (u, v) is colour pixel (2u, 2v).
    matrix[:2] /= 2
    np.savetxt(folder / "intrinsic" / "intrinsic_depth.txt", matrix)
    depth = np.arange(1000, 1000 + 12 * 16).reshape(12, 16)
    for i, view in enumerate(truth):
        Image.fromarray((view.image * 255).astype(np.uint8)).save(folder / "color" / f"{i}.jpg")
        (folder / "depth" / f"{i}.png").write_bytes(encode_integer_png(depth))
        np.savetxt(folder / "pose" / f"{i}.txt", view.world_from_camera if i != 1 else np.full((4, 4), -np.inf))
    capture = open_capture(folder)
    assert [s.name for s in capture.sources] == ["0.jpg", "2.jpg"]
    assert any("lost track" in note for note in capture.notes)
    assert np.allclose(capture[0].depth, np.repeat(np.repeat(depth, 2, 0), 2, 1) / 1000)


def test_nearest_layout_is_named(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "depth").mkdir()
    (tmp_path / "poses.txt").write_text("")
    with pytest.raises(DataError, match=r"nearly a RGB-D folder, but K\.txt is missing\. Looked for"):
        open_capture(tmp_path)


def test_a_capture_one_folder_down_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "scene").mkdir()
    (tmp_path / "scene" / "transforms.json").write_text("{}")
    with pytest.raises(DataError, match=r"did you mean .*scene\?"):
        open_capture(tmp_path)


def test_photos_without_pycolmap(tmp_path: Path, monkeypatch) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingError, match=r"vantage\[sfm\]"):
        open_capture(tmp_path)


def test_photos_that_show_nothing(tmp_path: Path) -> None:
    for i in range(3):
        Image.new("RGB", (64, 64), (i, 0, 0)).save(tmp_path / f"{i}.png")
    with pytest.raises(DataError, match="overlapping photos"):
        open_capture(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not KITCHEN.is_dir(), reason="needs ../shared/data/office_kitchen")
def test_structure_from_motion_finds_the_poses_of_the_kitchen(tmp_path: Path) -> None:
    import torch

    from vantage.geometry import align_points

    truth = open_capture(KITCHEN)
    (tmp_path / "photos").mkdir()
    names = [f"{i:03d}.jpg" for i in range(8, 32, 2)]
    for name in names:
        (tmp_path / "photos" / name).write_bytes((KITCHEN / "images" / name).read_bytes())
    found = open_capture(tmp_path / "photos")
    assert len(found) >= 10
    assert not found.metric
    assert found.points is not None
    assert len(found.points.points) > 200
    position = {s.name: s.world_from_camera[:3, 3] for s in truth.sources}
    wanted = torch.from_numpy(np.stack([position[s.name] for s in found.sources]))
    ours = torch.from_numpy(found.camera_positions)
    error = (align_points(wanted, ours, with_scale=True)(ours) - wanted).norm(dim=-1)
    # The walk spans over a metre; HoloLens poses themselves are good to a few centimetres.
    assert float(error.median()) < 0.05
