"""Camera paths and videos: paths that keep to their cameras, files that others decode."""

import itertools
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from scipy.spatial.transform import Rotation

from fields.exchange.conftest import SPHERE_CENTRE, Sphere, cameras_around
from vantage.errors import DataError, MissingError, UsageError
from vantage.fields.exchange import panel_frames, save_video, smooth_path
from vantage.fields.exchange.camera_path import motion_between, shortest_order
from vantage.geometry import Camera
from vantage.reports import FeatureColors, pca_images

LENS = Camera.from_fov(fov_x=0.9, width=41, height=30)
CAMERAS = cameras_around(SPHERE_CENTRE, 3.0, 20, LENS)


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    return list(panel_frames(Sphere(), smooth_path(CAMERAS, 12), ("rgb", "depth")))


def test_a_path_is_smooth_rigid_and_near_to_its_cameras() -> None:
    path = smooth_path(CAMERAS, 200)
    poses = np.stack([item.world_from_camera for item in path])
    np.testing.assert_allclose(poses[:, :3, :3] @ poses[:, :3, :3].mT, np.tile(np.eye(3), (200, 1, 1)), atol=1e-9)
    turns = Rotation.from_matrix(poses[:-1, :3, :3].mT @ poses[1:, :3, :3]).magnitude()
    steps = np.linalg.norm(np.diff(poses[:, :3, 3], axis=0), axis=1)
    # Even speed: no frame moves or turns by more than a few times the mean.
    assert steps.max() < 3 * steps.mean() and turns.max() < 4 * turns.mean()
    positions = np.stack([item.world_from_camera[:3, 3] for item in CAMERAS])
    assert (poses[:, :3, 3] >= positions.min(0) - 1e-9).all() and (poses[:, :3, 3] <= positions.max(0) + 1e-9).all()
    assert all(item.camera == LENS for item in path)


def test_a_path_meets_its_keyframes() -> None:
    path = smooth_path(CAMERAS[:4], 3001)
    for item in CAMERAS[:4]:
        gaps = [np.abs(frame.world_from_camera - item.world_from_camera).max() for frame in path]
        assert min(gaps) < 5e-3
    still = smooth_path(CAMERAS[:1], 3)
    assert all(np.allclose(frame.world_from_camera, CAMERAS[0].world_from_camera) for frame in still)
    with pytest.raises(DataError, match="no cameras"):
        smooth_path([], 10)
    with pytest.raises(UsageError, match="at least 2"):
        smooth_path(CAMERAS, 1)


def test_shuffled_cameras_come_back_into_order() -> None:
    """Around a circle the best open tour leaves out one step; a video's own order is kept."""
    angles = np.linspace(0, 5, 30)
    poses = np.tile(np.eye(4), (30, 1, 1))
    poses[:, 0, 3], poses[:, 1, 3] = np.cos(angles), np.sin(angles)
    np.testing.assert_array_equal(shortest_order(motion_between(poses)), np.arange(30))
    shuffled = np.random.default_rng(3).permutation(30)
    motion = motion_between(poses[shuffled])
    order = shortest_order(motion)
    assert sorted(order) == list(range(30))
    along = motion[order[:-1], order[1:]].sum()
    assert along < 0.35 * motion[np.arange(29), np.arange(1, 30)].sum()
    best = motion_between(poses)[np.arange(29), np.arange(1, 30)].sum()
    # The tour begins at a camera in the middle, so it may have to come back once.
    assert along < 2.1 * best


def test_frames_show_what_they_are_asked_for(pictures) -> None:
    assert len(pictures) == 12
    for picture in pictures:
        assert picture.shape == (30, 82, 3) and picture.dtype == np.uint8
        # Outside the sphere depth is unknown, which is grey; colour is black there.
        assert (picture[0, 0] == 0).all() and (np.abs(picture[0, 41].astype(int) - 128) <= 1).all()
    assert all(np.abs(a.astype(int) - b).mean() > 1 for a, b in itertools.pairwise(pictures))
    with pytest.raises(UsageError, match="a splat file alone"):
        list(panel_frames(Sphere(), CAMERAS, ("pca",)))
    mixed = [*CAMERAS, *cameras_around(SPHERE_CENTRE, 3.0, 2, Camera.from_fov(fov_x=1.0, width=50, height=30))]
    with pytest.raises(UsageError, match="expected one size"):
        list(panel_frames(Sphere(), mixed))


def test_features_of_a_scene_are_shown_in_fixed_colours(trained_cube) -> None:
    scene = trained_cube.scene()
    path = smooth_path(scene.cameras, 4)
    frames = list(panel_frames(scene, path, ("rgb", "pca"), encoder="smooth"))
    assert all(frame.shape == (40, 96, 3) for frame in frames)
    assert min(frame[:, 48:].std() for frame in frames) > 10
    with pytest.raises(DataError, match="'other' is not in this scene"):
        list(panel_frames(scene, path, ("pca",), encoder="other"))


def test_feature_colours_are_those_of_the_reports() -> None:
    grids = list(np.random.default_rng(1).normal(size=(2, 6, 5, 7)) * np.arange(1, 8))
    colors = FeatureColors.fit(np.concatenate([grid.reshape(-1, 7) for grid in grids]))
    for grid, expected in zip(grids, pca_images(grids), strict=True):
        np.testing.assert_allclose(colors(grid), expected, atol=1e-9)
    flat = FeatureColors.fit(np.ones((9, 7)))
    np.testing.assert_allclose(flat(np.ones((2, 2, 7))), 0.5)


def test_a_gif_is_what_was_written(pictures, tmp_path: Path) -> None:
    assert save_video(tmp_path / "a.gif", iter(pictures), fps=30.0) == pytest.approx(100 / 3)
    with Image.open(tmp_path / "a.gif") as image:
        assert (image.n_frames, image.size, image.info["loop"]) == (12, (82, 30), 0)
        for number, picture in enumerate(pictures):
            image.seek(number)
            assert image.info["duration"] == 30
            # 256 colours and their dither are near to the picture on average.
            assert np.abs(np.asarray(image.convert("RGB")).astype(int) - picture).mean() < 6


def test_an_mp4_is_what_was_written(pictures, tmp_path: Path) -> None:
    assert save_video(tmp_path / "a.mp4", iter([picture[:29, :81] for picture in pictures]), fps=24.0) == 24
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].average_rate == 24
        decoded = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(decoded) == 12
    for ours, picture in zip(decoded, pictures, strict=True):
        # Odd sides were made even by one line more.
        assert ours.shape == (30, 82, 3)
        assert np.abs(ours[:29, :81].astype(int) - picture[:29, :81]).mean() < 12


def test_wrong_videos(pictures, tmp_path: Path, monkeypatch) -> None:
    import sys

    with pytest.raises(UsageError, match=r"\.gif or \.mp4"):
        save_video(tmp_path / "a.avi", pictures, fps=20.0)
    with pytest.raises(UsageError, match="expected 1 to 50"):
        save_video(tmp_path / "a.gif", pictures, fps=0.0)
    for name in ("a.gif", "a.mp4"):
        with pytest.raises(DataError, match="no pictures"):
            save_video(tmp_path / name, [], fps=20.0)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingError, match=r"pip install 'vantage\[video\]'"):
        save_video(tmp_path / "a.mp4", pictures, fps=20.0)
    assert list(tmp_path.iterdir()) == []
