"""Camera paths against the rooms they stand in: free, framed, smooth, and as much shared as was asked for."""

import numpy as np
import pytest
import torch

from vantage.errors import UsageError
from vantage.geometry import Camera, look_at
from vantage.rooms import Room, RoomSettings, camera_path, make_room, render_view, room_camera
from vantage.rooms.cameras.paths import PATHS, look_at_pose
from vantage.rooms.cameras.paths_looks import CLOSE_CLEARANCE, CLOSE_FILL, CLOSE_MARGIN
from vantage.rooms.cameras.paths_robot import ARM_HEIGHT, BODY, MAST
from vantage.rooms.cameras.poses import smoothest
from vantage.rooms.cameras.survey import CLEARANCE, are_free, is_free, survey, survey_many

CAMERA = room_camera(160, 120)
SEEDS = range(900_030, 900_036)


@pytest.fixture(scope="module")
def rooms() -> list[Room]:
    return [make_room(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def again() -> Room:
    """The first room, furnished a second time."""
    return make_room(SEEDS[0])


def world_points(camera: Camera, depth: np.ndarray, pose: np.ndarray) -> np.ndarray:
    return (camera.rays() * depth[..., None]) @ pose[:3, :3].T + pose[:3, 3]


@pytest.mark.parametrize("path", PATHS)
def test_cameras_stand_free_and_see(path: str, rooms: list[Room]) -> None:
    close = path == "looks"
    for room in rooms:
        poses = camera_path(room, CAMERA, path, 10)
        assert len(poses) == 10
        for pose in poses:
            rotation = pose[:3, :3]
            assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
            assert np.linalg.det(rotation) == pytest.approx(1)
            assert rotation[2, 1] < 0, "image down is world down"
            assert not any(thing.inside(pose[None, :3, 3])[0] for thing in room.objects)
            margins = {"wall_margin": 0.15, "box_margin": CLOSE_MARGIN} if close else {}
            assert are_free(room, pose[None, :3, 3], **margins)[0]
            assert survey(room, CAMERA, pose)[1] >= (CLOSE_CLEARANCE if close else CLEARANCE)


@pytest.mark.parametrize("path", PATHS)
def test_the_seed_alone_decides(path: str, rooms: list[Room], again: Room) -> None:
    one, other = (np.stack(camera_path(room, CAMERA, path, 4)) for room in (rooms[0], again))
    assert one.tobytes() == other.tobytes()
    assert not np.allclose(one, np.stack(camera_path(rooms[1], CAMERA, path, 4)))


def test_an_orbit_keeps_its_height_and_sees_its_focus_in_bent_rooms() -> None:
    classes = []
    for seed in SEEDS:
        room = make_room(seed, RoomSettings(l_share=1.0))
        assert room.plan.notch is not None
        poses = np.stack(camera_path(room, CAMERA, "orbit", 12))
        eyes, focus = poses[:, :3, 3], np.array(room.focus)
        assert np.all((eyes[:, 2] > 1.19) & (eyes[:, 2] < 1.71))
        # Nothing of the walls stands between: every point of the way lies in the plan.
        for eye in eyes:
            assert room.plan.contains(eye[:2] + np.linspace(0, 1, 50)[:, None] * (focus - eye)[:2]).all()
        away = focus[:2] - eyes[:, :2]
        ahead = np.einsum("ni,ni->n", poses[:, :2, 2], away) / np.linalg.norm(poses[:, :2, 2], axis=1)
        assert np.median(ahead / np.linalg.norm(away, axis=1)) > 0.97
        found = survey_many(room, CAMERA, poses)
        classes += list(found.class_count())
        assert np.all(found.share_of("wall") < 0.8) and np.mean(found.near_share()) < 0.05
    assert np.mean(np.array(classes) >= 4) > 0.75


def test_a_walk_is_smooth_and_sways(rooms: list[Room]) -> None:
    for room in rooms[:3]:
        poses = np.stack(camera_path(room, CAMERA, "walk", 48))
        steps = np.linalg.norm(np.diff(poses[:, :3, 3], axis=0), axis=1)
        assert np.median(steps) < 0.5 and np.ptp(poses[:, 2, 3]) < 0.2
        roll = np.degrees(np.arcsin(poses[:, 2, 0]))
        assert 0.3 < roll.std() < 4 and np.abs(roll).max() < 10


def test_close_looks_are_filled_by_their_thing(rooms: list[Room]) -> None:
    filled = []
    for room in rooms:
        found = survey_many(room, CAMERA, np.stack(camera_path(room, CAMERA, "looks", 16)))
        filled += list(found.largest_share())
    low, high = CLOSE_FILL
    assert np.mean([low <= share <= high + 0.1 for share in filled]) > 0.4
    assert np.mean([share < 0.2 for share in filled]) > 0.1, "others show their surroundings"


def test_random_looks_pass_the_papers_filter_at_full_size(rooms: list[Room]) -> None:
    passed = []
    for room in rooms:
        structure = {thing.instance for thing in room.objects if thing.structure}
        for pose in camera_path(room, CAMERA, "random", 4):
            view = render_view(room, CAMERA, pose, antialias=False, shadow_rays=0)
            classes = {room.thing(int(i)).category for i in np.unique(view.instances) if int(i) not in structure}
            wall = np.mean(view.classes == room.class_names.index("wall"))
            middle = np.mean((view.depth >= 2) & (view.depth <= 4))
            passed.append(len(classes) >= 4 and wall < 0.85 and middle > 0.15)
    assert np.mean(passed) > 0.9


@pytest.mark.parametrize("share", [0.25, 0.5, 0.8])
def test_stereo_pairs_share_what_was_asked(share: float, rooms: list[Room]) -> None:
    camera = room_camera(96, 72)
    wrong = []
    for room in rooms[:4]:
        poses = camera_path(room, camera, "stereo", 4, overlap=share)
        for first, second in zip(poses[0::2], poses[1::2], strict=True):
            # Measured by two full depth maps, where the path asks rays to points.
            a, b = (render_view(room, camera, p, antialias=False, shadow_rays=0).depth for p in (first, second))
            local = (world_points(camera, a, first) - second[:3, 3]) @ second[:3, :3]
            z = np.maximum(local[..., 2], 1e-6)
            u = np.floor(local[..., 0] / z * camera.fx + camera.cx).astype(int)
            v = np.floor(local[..., 1] / z * camera.fy + camera.cy).astype(int)
            seen = (local[..., 2] > 0) & (u >= 0) & (v >= 0) & (u < camera.width) & (v < camera.height)
            there = b[np.clip(v, 0, camera.height - 1), np.clip(u, 0, camera.width - 1)]
            wrong.append(abs(np.mean(seen & (there > 0.95 * z)) - share))
            assert np.linalg.norm(first - second) > 0.01
    assert max(wrong) < 0.1 and np.mean(wrong) < 0.05


def test_a_robot_drives_on_free_floor_at_one_height(rooms: list[Room]) -> None:
    driven = 0
    for room in rooms:
        poses = np.stack(camera_path(room, CAMERA, "robot", 24))
        heights = poses[:, 2, 3]
        if np.ptp(heights) > 1e-9:
            continue
        driven += 1
        assert MAST[0] <= heights[0] <= MAST[1]
        for thing in room.objects:
            if not thing.structure and thing.footprint.low < heights[0]:
                local = np.abs((poses[:, :3, 3] - np.array(thing.box.centre)) @ np.array(thing.box.rotation))
                assert np.all(np.any(local[:, :2] > np.array(thing.box.size)[:2] / 2 + BODY - 1e-9, axis=1))
        assert np.linalg.norm(np.diff(poses[:, :2, 3], axis=0), axis=1).max() < 1.5
    assert driven >= 3, "few rooms are too full to drive in"


def test_an_arm_looks_down_on_a_surface(rooms: list[Room]) -> None:
    for room in rooms:
        for pose in camera_path(room, CAMERA, "tabletop", 6):
            assert pose[2, 2] < -np.sin(np.radians(39))
            view = render_view(room, CAMERA, pose, antialias=False, shadow_rays=0)
            carriers = {t.instance for t in room.objects if t.blueprint.supports} - {0}
            middle = view.depth[60, 80] * -pose[2, 2]
            assert ARM_HEIGHT[0] - 0.6 < middle < ARM_HEIGHT[1] + 0.6
            assert np.isin(view.instances, list(carriers)).mean() > 0.1


def test_lenses_are_free(rooms: list[Room]) -> None:
    for fov, size in ((0.7, (64, 64)), (1.9, (96, 40))):
        camera = room_camera(*size, fov_x=fov)
        assert camera.fov_x == pytest.approx(fov)
        for path in PATHS:
            assert len(camera_path(rooms[2], camera, path, 4)) == 4


def test_wrong_arguments(rooms: list[Room]) -> None:
    with pytest.raises(UsageError, match=r"expected an even number"):
        camera_path(rooms[0], CAMERA, "stereo", 3)
    with pytest.raises(UsageError, match=r"overlap 1\.5: expected a number between 0 and 1"):
        camera_path(rooms[0], CAMERA, "stereo", 2, overlap=1.5)
    with pytest.raises(UsageError, match="choose one of orbit, walk, looks, random, stereo, robot, tabletop"):
        camera_path(rooms[0], CAMERA, "fly", 2)
    with pytest.raises(UsageError, match="expected at least 1"):
        camera_path(rooms[0], CAMERA, "orbit", 0)


def test_the_smoothest_row_is_the_best_of_all_rows() -> None:
    rng = np.random.default_rng(3)
    scores, places = rng.normal(size=(5, 3)), rng.normal(size=(5, 3, 2))
    scores[1, 2] = -np.inf

    def worth(row: tuple[int, ...]) -> float:
        apart = [np.linalg.norm(places[k, row[k]] - places[k + 1, row[k + 1]]) for k in range(4)]
        return sum(scores[k, i] for k, i in enumerate(row)) - 0.7 * sum(apart)

    rows = [tuple(int(x) for x in np.unravel_index(k, (3,) * 5)) for k in range(3**5)]
    assert tuple(smoothest(scores, places, 0.7)) == max(rows, key=worth)
    scores[3] = -np.inf
    assert smoothest(scores, places, 0.7)[3] == -1 and np.all(smoothest(scores, places, 0.7)[[0, 1, 2, 4]] >= 0)


def test_free_agrees_with_boxes_one_by_one(rooms: list[Room]) -> None:
    rng = np.random.default_rng(0)
    room = rooms[0]
    for _ in range(300):
        eye = np.array([*room.plan.draw_point(rng, 0.0), rng.uniform(0, room.height)])
        near = any(
            np.all(np.abs(t.box.to_box_frame(eye[None])[0]) <= np.array(t.box.size) / 2 + 0.12)
            for t in room.objects
            if not t.structure
        )
        inside = room.plan.contains(eye[None, :2], 0.3)[0] and 0.2 < eye[2] < room.height - 0.2
        assert is_free(room, eye) == (inside and not near)


def test_look_at_agrees_with_geometry() -> None:
    eye, target = np.array([1.0, -2.0, 1.5]), np.array([0.1, 0.4, 0.6])
    up = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    assert np.allclose(look_at_pose(eye, target), look_at(torch.from_numpy(eye), torch.from_numpy(target), up).numpy())
