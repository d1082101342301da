"""COLMAP: ours against pycolmap both ways; damage at every byte is told, never loaded."""

import dataclasses
import struct
import time
from pathlib import Path

import numpy as np
import pycolmap
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vantage.captures import PointCloud, open_capture, write_colmap
from vantage.captures.colmap import read_model
from vantage.captures.colmap_binary import read_points_binary
from vantage.captures.lens import Lens
from vantage.errors import DataError

PARTS = ("cameras", "images", "points3D")


def with_points(capture, count: int = 6):
    points = np.random.default_rng(1).uniform(-0.5, 0.5, (count, 3)).astype(np.float32)
    colors = np.arange(count * 3, dtype=np.uint8).reshape(count, 3)
    return dataclasses.replace(capture, points=PointCloud(points=points, colors=colors))


@pytest.fixture(params=["binary", "text"])
def project(tmp_path: Path, make_capture, request) -> Path:
    write_colmap(with_points(make_capture(views=3)), tmp_path / "scene", text=request.param == "text")
    return tmp_path / "scene"


def model_files(project: Path) -> list[Path]:
    return sorted((project / "sparse" / "0").iterdir())


def test_roundtrip(project: Path, make_capture) -> None:
    before, after = with_points(make_capture(views=3)), open_capture(project)
    assert [s.name for s in after.sources] == [s.name for s in before.sources]
    assert not after.metric
    assert after.points is not None
    assert np.array_equal(after.points.points, before.points.points)
    assert np.array_equal(after.points.colors, before.points.colors)
    for a, b in zip(before, after, strict=True):
        assert a.camera == b.camera
        assert np.allclose(a.world_from_camera, b.world_from_camera, atol=1e-12)
        assert np.abs(a.image - b.image).max() < 0.51 / 255
        assert np.array_equal(a.mask, b.mask)


def test_pycolmap_reads_what_we_write(project: Path, make_capture) -> None:
    model = pycolmap.Reconstruction(str(project / "sparse" / "0"))
    capture = with_points(make_capture(views=3))
    assert model.num_points3D() == 6
    poses = {image.name: image.cam_from_world().matrix() for image in model.images.values()}
    for view in capture:
        assert np.allclose(poses[view.name], view.camera_from_world[:3], atol=1e-12)
    assert np.allclose(next(iter(model.cameras.values())).params, [30, 31, 16.3, 11.8])


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("model", ["SIMPLE_PINHOLE", "PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV"])
def test_we_read_what_pycolmap_writes(tmp_path: Path, model: str, text: bool) -> None:
    options = pycolmap.SyntheticDatasetOptions()
    options.num_rigs, options.num_cameras_per_rig, options.num_frames_per_rig, options.num_points3D = 1, 1, 4, 30
    options.camera_model_id = getattr(pycolmap.CameraModelId, model)
    # The camera's own defaults are for SIMPLE_RADIAL; set the parameters after the synthesis.
    options.camera_params = [600.0] * (1 if model.startswith("S") or model == "RADIAL" else 2) + [512.0, 384.0]
    distortion = {"SIMPLE_RADIAL": [0.05], "RADIAL": [0.05, -0.01], "OPENCV": [0.05, -0.01, 0.001, 0.002]}
    options.camera_params += distortion.get(model, [])
    truth = pycolmap.synthesize_dataset(options)
    (tmp_path / "model").mkdir()
    (truth.write_text if text else truth.write)(str(tmp_path / "model"))
    ours = read_model(tmp_path / "model", tmp_path)
    assert len(ours.images) == 4
    assert ours.points is not None
    assert len(ours.points.points) == truth.num_points3D()
    expected = np.array(sorted(tuple(p.xyz) for p in truth.points3D.values()), np.float32)
    assert np.allclose(np.array(sorted(map(tuple, ours.points.points))), expected, atol=1e-6)
    for image in ours.images:
        matrix = truth.images[image.image_id].cam_from_world().matrix()
        assert np.allclose(image.translation, matrix[:, 3], atol=1e-9)
    # The lens model agrees with pycolmap's own on rays all over the image.
    camera, entry = next(iter(truth.cameras.values())), next(iter(ours.cameras.values()))
    rays = np.random.default_rng(0).uniform(-0.5, 0.5, (50, 2))
    x, y = entry.lens.distort(rays[:, 0], rays[:, 1])
    pixels = np.stack([entry.camera.fx * x + entry.camera.cx, entry.camera.fy * y + entry.camera.cy], axis=-1)
    theirs = camera.img_from_cam(np.concatenate([rays, np.ones((50, 1))], axis=1))
    assert np.allclose(pixels, theirs, atol=1e-6)


def test_every_prefix_is_refused_fast(project: Path) -> None:
    begin = time.process_time()
    checked = 0
    for file in model_files(project):
        whole = file.read_bytes()
        for length in range(len(whole)):
            file.write_bytes(whole[:length])
            with pytest.raises(DataError):
                read_model(file.parent, project)
            checked += 1
        file.write_bytes(whole)
    assert (time.process_time() - begin) / checked < 0.05
    assert len(open_capture(project)) == 3


@pytest.mark.parametrize("count", [2**60, 2**63, 2**64 - 1, 4, 2])
@pytest.mark.parametrize("part", PARTS)
def test_wrong_counts_are_refused_before_allocating(tmp_path: Path, make_capture, part: str, count: int) -> None:
    write_colmap(with_points(make_capture(views=3)), tmp_path / "scene")
    file = tmp_path / "scene" / "sparse" / "0" / f"{part}.bin"
    content = file.read_bytes()
    file.write_bytes(struct.pack("<Q", count) + content[8:])
    with pytest.raises(DataError, match="byte"):
        read_model(file.parent, tmp_path)


def test_huge_track_and_endless_name(tmp_path: Path) -> None:
    point = struct.pack("<Q", 1) + struct.pack("<Q3d3BdQ", 1, 0, 0, 0, 1, 2, 3, 0.5, 2**40)
    (tmp_path / "points3D.bin").write_bytes(point)
    with pytest.raises(DataError, match="track of 1099511627776"):
        read_points_binary(tmp_path / "points3D.bin")
    (tmp_path / "cameras.bin").write_bytes(struct.pack("<QIiQQ4d", 1, 1, 1, 8, 8, 9, 9, 4, 4))
    image = struct.pack("<QI7dI", 1, 1, 1, 0, 0, 0, 0, 0, 0, 1)
    (tmp_path / "images.bin").write_bytes(image + b"a" * 200)
    (tmp_path / "points3D.bin").unlink()
    with pytest.raises(DataError, match="name does not end"):
        read_model(tmp_path, tmp_path)


def rewrite_image(project: Path, *, quat=(1.0, 0, 0, 0), name: str = "000.png", camera: int = 1) -> None:
    """Make a binary model's images.bin of one image."""
    record = struct.pack("<QI7dI", 1, 1, *quat, 0, 0, 0, camera) + name.encode() + b"\0" + struct.pack("<Q", 0)
    (project / "sparse" / "0" / "images.bin").write_bytes(record)


@pytest.fixture
def binary(tmp_path: Path, make_capture) -> Path:
    write_colmap(make_capture(views=2), tmp_path / "scene")
    return tmp_path / "scene"


@pytest.mark.parametrize("name", ["../000.png", "/etc/passwd", "a/../../b.png", "C:\\x.png", "", ".."])
def test_names_must_stay_inside(binary: Path, name: str) -> None:
    rewrite_image(binary, name=name)
    with pytest.raises(DataError, match="not a plain path inside"):
        open_capture(binary)


def test_unicode_names_and_spaces_work(binary: Path) -> None:
    (binary / "images" / "000.png").rename(binary / "images" / "Küche mit Tür 1 写真.png")
    rewrite_image(binary, name="Küche mit Tür 1 写真.png")
    assert open_capture(binary)[0].image.shape == (24, 32, 3)


def test_links_out_of_the_project_are_refused(binary: Path, tmp_path: Path) -> None:
    (binary / "images" / "000.png").rename(tmp_path / "out.png")
    (binary / "images" / "000.png").symlink_to(tmp_path / "out.png")
    with pytest.raises(DataError, match="leaves the capture's folder"):
        open_capture(binary)


@pytest.mark.parametrize("quat", [(0.0, 0, 0, 0), (float("nan"), 0, 0, 0)])
def test_zero_and_nan_quaternions_set_the_view_aside(tmp_path: Path, make_capture, quat) -> None:
    write_colmap(make_capture(views=21), tmp_path / "scene")
    file = tmp_path / "scene" / "sparse" / "0" / "images.bin"
    content = bytearray(file.read_bytes())
    struct.pack_into("<4d", content, 8 + 4, *quat)
    file.write_bytes(content)
    capture = open_capture(tmp_path / "scene")
    assert len(capture) == 20
    assert [item.reason for item in capture.set_aside] == ["pose_invalid"]
    with pytest.raises(DataError):
        open_capture(tmp_path / "scene", strict=True)


def test_a_quaternion_off_norm_is_a_convention_error(binary: Path) -> None:
    rewrite_image(binary, quat=(1.2, 0, 0, 0))
    with pytest.raises(DataError, match=r"quaternion norm is 1\.2"):
        open_capture(binary)


def test_unknown_camera_and_model_ids(binary: Path) -> None:
    rewrite_image(binary, camera=7)
    with pytest.raises(DataError, match="refers to camera 7"):
        open_capture(binary)
    camera = struct.pack("<QIiQQ", 1, 1, 5, 8, 8) + bytes(64)
    (binary / "sparse" / "0" / "cameras.bin").write_bytes(camera)
    with pytest.raises(DataError, match=r"model id 5 is not supported; supported are SIMPLE_PINHOLE"):
        open_capture(binary)


@pytest.mark.parametrize("focal", [0.0, -1.0, float("nan"), float("inf"), 1e5])
def test_impossible_focal_lengths(binary: Path, focal: float) -> None:
    camera = struct.pack("<QIiQQ4d", 1, 1, 1, 32, 24, focal, 30, 16, 12)
    (binary / "sparse" / "0" / "cameras.bin").write_bytes(camera)
    with pytest.raises(DataError, match="focal length"):
        open_capture(binary)


@pytest.mark.parametrize(("width", "height", "fits"), [(64, 48, True), (64, 40, False)])
def test_camera_of_another_size(binary: Path, width: int, height: int, fits: bool) -> None:
    camera = struct.pack("<QIiQQ4d", 1, 1, 1, width, height, 60, 62, width / 2, height / 2)
    (binary / "sparse" / "0" / "cameras.bin").write_bytes(camera)
    if not fits:
        with pytest.raises(DataError, match="image_size"):
            open_capture(binary)
        return
    capture = open_capture(binary)
    assert (capture[0].camera.fx, capture[0].camera.fy, capture[0].camera.width) == (30, 31, 32)
    assert any("rescaled" in note for note in capture.notes)


@pytest.mark.parametrize("swapped", [False, True])
def test_poses_the_wrong_way_round_are_named(tmp_path: Path, make_capture, swapped: bool) -> None:
    capture = with_points(make_capture(views=8), 200)
    # Turn the world upside down, as COLMAP's worlds mostly are (y down), so that the test on depth can tell.
    turn = np.diag([1.0, -1.0, -1.0, 1.0])
    sources = [dataclasses.replace(s, world_from_camera=turn @ s.world_from_camera) for s in capture.sources]
    if swapped:
        sources = [dataclasses.replace(s, world_from_camera=np.linalg.inv(s.world_from_camera)) for s in sources]
    write_colmap(dataclasses.replace(capture, sources=tuple(sources)), tmp_path / "scene")
    # Our writer leaves tracks empty; give every point one.
    xyz, rgb = capture.points.points, capture.points.colors
    records = [
        struct.pack("<Q3d3BdQII", i, *map(float, xyz[i]), *map(int, rgb[i]), 0.5, 1, 1 + i % 8, 0)
        for i in range(len(xyz))
    ]
    content = struct.pack("<Q", len(records)) + b"".join(records)
    (tmp_path / "scene" / "sparse" / "0" / "points3D.bin").write_bytes(content)
    if swapped:
        with pytest.raises(DataError, match="world_from_camera where camera_from_world"):
            open_capture(tmp_path / "scene")
    else:
        assert len(open_capture(tmp_path / "scene").points.points) == 200


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_flipped_bits_are_refused_or_harmless(project: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(model_files(project)))
    whole = file.read_bytes()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    damaged = bytearray(whole)
    damaged[bit // 8] ^= 1 << bit % 8
    file.write_bytes(damaged)
    try:
        capture = open_capture(project)
        assert all(np.isfinite(s.world_from_camera).all() for s in capture.sources)
        assert capture.points is None or np.isfinite(capture.points.points).all()
    except DataError:
        pass
    finally:
        file.write_bytes(whole)


def test_distorted_images_are_straightened(tmp_path: Path, make_capture) -> None:
    from vantage.captures.lens import undistort_image
    from vantage.geometry import Camera

    # A picture of smooth functions of the ray, seen through the lens; straightened, it shows them at pinhole rays.
    camera = Camera(fx=60.0, fy=60.0, cx=40.0, cy=30.0, width=80, height=60)
    lens = Lens(k1=-0.2, k2=0.03, p1=0.01, p2=-0.005)
    rays = camera.rays()
    x, y = rays[..., 0].copy(), rays[..., 1].copy()
    for _ in range(50):  # Fixed-point inversion of the lens.
        xd, yd = lens.distort(x, y)
        x, y = x + rays[..., 0] - xd, y + rays[..., 1] - yd
    seen = np.stack([0.5 + 0.3 * np.sin(3 * x), 0.5 + 0.3 * np.cos(2 * y), 0.5 + 0.2 * x * y], axis=-1)
    straight, inside = undistort_image(seen.astype(np.float32), camera, lens)
    u, v = rays[..., 0], rays[..., 1]
    expected = np.stack([0.5 + 0.3 * np.sin(3 * u), 0.5 + 0.3 * np.cos(2 * v), 0.5 + 0.2 * u * v], axis=-1)
    inner = (slice(2, -2), slice(2, -2))
    assert inside[inner].mean() > 0.9
    assert np.abs(straight - expected)[inner][inside[inner]].max() < 2e-3
