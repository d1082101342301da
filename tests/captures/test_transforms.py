"""transforms.json: round trip, nerfstudio's conventions, and errors that name the JSON path."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vantage.captures import PointCloud, check_images, open_capture, write_transforms
from vantage.errors import DataError


@pytest.fixture
def folder(tmp_path: Path, make_capture) -> Path:
    write_transforms(make_capture(views=3), tmp_path / "scene")
    return tmp_path / "scene"


def change(folder: Path, **values: object) -> dict:
    """Set top-level keys (None removes one); return the content."""
    path = folder / "transforms.json"
    content = json.loads(path.read_text()) | values
    content = {key: value for key, value in content.items() if value is not None}
    path.write_text(json.dumps(content))
    return content


def test_roundtrip(tmp_path: Path, make_capture) -> None:
    import dataclasses

    points = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    cloud = PointCloud(points=points, colors=np.arange(27, dtype=np.uint8).reshape(9, 3))
    before = dataclasses.replace(make_capture(views=5), points=cloud)
    write_transforms(before, tmp_path / "scene")
    after = open_capture(tmp_path / "scene")
    assert after.test_indices == before.test_indices == (1, 4)
    assert after.metric
    assert after.points is not None
    assert np.array_equal(after.points.points, points)
    assert np.array_equal(after.points.colors, cloud.colors)
    assert [s.caption for s in after.sources] == [s.caption for s in before.sources]
    for a, b in zip(before, after, strict=True):
        assert a.camera == b.camera
        assert np.allclose(a.world_from_camera, b.world_from_camera, atol=1e-15)
        assert np.abs(a.depth - b.depth).max() < 0.00051
        assert np.array_equal(a.mask, b.mask)


def test_axes_are_opengl(folder: Path) -> None:
    # nerfstudio's identity pose looks along -z with y up (its "Data conventions" page).
    content = change(folder)
    content["frames"][0]["transform_matrix"] = np.eye(4).tolist()
    change(folder, frames=content["frames"])
    pose = open_capture(folder).sources[0].world_from_camera
    assert np.array_equal(pose[:3, 2], (0, 0, -1))
    assert np.array_equal(pose[:3, 1], (0, -1, 0))


def test_applied_transform_and_scale_are_undone(folder: Path) -> None:
    truth = [s.world_from_camera for s in open_capture(folder).sources]
    applied = np.array([[0, 1, 0, 0.5], [1, 0, 0, -2], [0, 0, -1, 3.0], [0, 0, 0, 1]])
    content = change(folder)
    for frame in content["frames"]:
        pose = applied @ np.array(frame["transform_matrix"])
        pose[:3, 3] *= 4
        frame["transform_matrix"] = pose.tolist()
    change(folder, frames=content["frames"], applied_transform=applied[:3].tolist(), applied_scale=4.0)
    for source, pose in zip(open_capture(folder).sources, truth, strict=True):
        assert np.allclose(source.world_from_camera, pose, atol=1e-12)


def test_frame_intrinsics_go_before_global_ones(folder: Path) -> None:
    content = change(folder)
    content["frames"][1]["fl_x"] = 44.0
    change(folder, frames=content["frames"])
    assert [s.camera.fx for s in open_capture(folder).sources] == [30.0, 44.0, 30.0]


def test_blender_style(folder: Path) -> None:
    content = change(folder)
    for frame in content["frames"]:
        frame["file_path"] = "./" + frame["file_path"].removesuffix(".png")
    keys = dict.fromkeys(("fl_x", "fl_y", "cx", "cy", "w", "h", "train_filenames", "test_filenames", "val_filenames"))
    change(folder, frames=content["frames"], camera_angle_x=np.pi / 2, **keys)
    capture = open_capture(folder)
    assert capture.sources[0].camera.fx == pytest.approx(16)
    assert capture.sources[0].camera.cx == 16
    assert capture.test_indices == (0,)


def test_distortion_masks_what_the_lens_did_not_see(folder: Path) -> None:
    change(folder, k1=-0.3, k2=0.05)
    view = open_capture(folder)[0]
    assert view.mask is not None
    change(folder, k1=0.4, k2=0.0)
    view = open_capture(folder)[0]
    assert view.mask is not None
    assert not view.mask[0, 0]
    assert view.depth[0, 0] == 0
    assert view.mask[12, 16]


@pytest.mark.slow
def test_every_prefix_is_refused(folder: Path) -> None:
    path = folder / "transforms.json"
    whole = path.read_bytes().rstrip()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError):
            open_capture(folder)
    path.write_bytes(b"\xef\xbb\xbf" + whole)
    assert len(open_capture(folder)) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "nested too deeply|JSON"),
        ('{"frames": [], "frames": []}', "'frames' stands twice"),
        ('{"fl_x": NaN, "frames": []}', "NaN is not allowed"),
        ('{"fl_x": 1e999, "frames": []}', "no views found"),
        ("[]", r"\$: found list; expected an object"),
        ('{"frames": {}}', r"\$\.frames: found dict; expected a list"),
        ("{}", r"\$: the key 'frames' is missing"),
        ('{"frames": [{"file_path": 3}]}', r"\$\.frames\[0\]\.file_path: found int"),
        ('{"frames": [{"file_path": "../a.png"}]}', r"\$\.frames\[0\]\.file_path.*not a plain path"),
        ('{"frames": [{"file_path": "a.png"}]}', r"\$\.frames\[0\]: the key 'transform_matrix' is missing"),
        ('{"frames": [{"file_path": "a.png", "transform_matrix": [[1]]}]}', r"transform_matrix\[0\]: found 1 numbers"),
    ],
)
def test_errors_name_the_json_path(folder: Path, text: str, message: str) -> None:
    (folder / "transforms.json").write_text(text)
    with pytest.raises(DataError, match=message):
        open_capture(folder)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"fl_x": None}, "'fl_x' is missing"),
        ({"fl_x": "30"}, r"\$\.fl_x: found str; expected a number"),
        ({"fl_x": 0}, "positive focal length"),
        ({"w": 32.5}, r"\$\.w: found float; expected a whole number"),
        ({"camera_model": "OPENCV_FISHEYE"}, "OPENCV_FISHEYE' is not supported"),
        ({"depth_unit_scale_factor": 0}, r"depth_unit_scale_factor: found 0"),
        ({"applied_scale": -1.0}, r"\$\.applied_scale"),
        ({"applied_transform": [[2.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]}, "not a rotation"),
        ({"ply_file_path": "gone.ply"}, "gone.ply: cannot be read"),
        ({"depth_unit_scale_factor": 1.0}, "--depth-scale"),
    ],
)
def test_wrong_values(folder: Path, values: dict, message: str) -> None:
    change(folder, **values)
    with pytest.raises(DataError, match=message):
        open_capture(folder)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_flipped_bits_are_refused_or_harmless(folder: Path, data: st.DataObject) -> None:
    path = folder / "transforms.json"
    whole = path.read_bytes()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    damaged = bytearray(whole)
    damaged[bit // 8] ^= 1 << bit % 8
    path.write_bytes(damaged)
    try:
        assert all(np.isfinite(s.world_from_camera).all() for s in open_capture(folder).sources)
    except DataError:
        pass
    finally:
        path.write_bytes(whole)


def test_ply_damage(tmp_path: Path) -> None:
    from vantage.captures.ply import encode_points, read_points

    cloud = PointCloud(points=np.ones((4, 3), np.float32), colors=np.ones((4, 3), np.uint8))
    whole = encode_points(cloud)
    for length in range(len(whole)):
        (tmp_path / "a.ply").write_bytes(whole[:length])
        with pytest.raises(DataError):
            read_points(tmp_path / "a.ply")
    (tmp_path / "a.ply").write_bytes(whole.replace(b"vertex 4", b"vertex 99999999999"))
    with pytest.raises(DataError, match="bytes"):
        read_points(tmp_path / "a.ply")
    header = (
        "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
    )
    (tmp_path / "a.ply").write_text(header + "1 2 3\nnan 0 0\n")
    assert np.array_equal(read_points(tmp_path / "a.ply").points, [[1, 2, 3]])


def test_check_images_moves_damage_aside(tmp_path: Path, make_capture) -> None:
    write_transforms(make_capture(views=21), tmp_path / "scene")
    image = tmp_path / "scene" / "images" / "004.png"
    image.write_bytes(image.read_bytes()[:-200])
    capture = open_capture(tmp_path / "scene")
    assert len(capture) == 21
    checked = check_images(capture)
    assert [(a.name, a.reason) for a in checked.set_aside] == [("images/004.png", "image_unreadable")]
    assert len(checked) == 20
    assert capture.test_indices == (1, 4)
    assert checked.test_indices == (1,)
    with pytest.raises(DataError, match="1 of 21"):
        check_images(capture, strict=True)
