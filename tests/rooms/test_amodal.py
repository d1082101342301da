"""Amodal masks against the ray tracer with one object alone, and correspondences against a second view."""

import numpy as np
import pytest
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene

from vantage.errors import UsageError
from vantage.rooms import Room, camera_path, make_room, render_view, room_camera
from vantage.rooms.rendering.amodal import amodal_masks
from vantage.rooms.rendering.correspondence import correspondences, warp_back
from vantage.rooms.rendering.render import camera_rays

CAMERA = room_camera(160, 120)


@pytest.fixture(scope="module")
def room() -> Room:
    return make_room(900_070)


def seen_alone(room: Room, instance: int, pose: np.ndarray) -> np.ndarray:
    """Return which pixels' rays meet an object when nothing else is there (h w)."""
    geometry = room.geometry
    scene = EmbreeScene()
    faces = np.ascontiguousarray(geometry.faces[geometry.face_instances() == instance])
    TriangleMesh(scene, geometry.vertices, faces)
    origin, rays = camera_rays(CAMERA, pose)
    found = scene.run(np.repeat(origin, len(rays), axis=0), rays, output=True)["primID"]
    return (found >= 0).reshape(CAMERA.height, CAMERA.width)


def test_masks_are_what_an_object_alone_covers(room: Room) -> None:
    differing, covered = 0, 0
    for pose in camera_path(room, CAMERA, "orbit", 12)[:2]:
        # The structure surrounds the camera, so its triangles reach behind it.
        masks = amodal_masks(room, CAMERA, pose, range(1, len(room.objects) + 1))
        for instance, found in masks.items():
            alone = seen_alone(room, instance, pose)
            differing += int((found.on(*alone.shape) != alone).sum())
            covered += int(alone.sum())
            assert found.pixels == found.mask.sum()
    assert covered > 20_000
    assert differing < 1e-3 * covered


def test_visible_pixels_lie_in_their_masks(room: Room) -> None:
    for pose in camera_path(room, CAMERA, "looks", 6):
        view = render_view(room, CAMERA, pose, antialias=False, shadow_rays=0)
        masks = amodal_masks(room, CAMERA, pose, range(1, len(room.objects) + 1), seen=view.instances)
        for instance, found in masks.items():
            mine = view.instances == instance
            assert not (mine & ~found.on(*mine.shape)).any()
            assert found.visible == mine.sum()
            share = found.visible_share
            assert share is None if found.pixels == 0 else share is not None and 0 <= share <= 1


def test_masks_know_their_arguments(room: Room) -> None:
    pose = np.eye(4)
    assert all(not room.thing(i).structure for i in amodal_masks(room, CAMERA, pose))
    with pytest.raises(UsageError, match="instance 9999"):
        amodal_masks(room, CAMERA, pose, [9999])
    with pytest.raises(UsageError, match="instance map"):
        amodal_masks(room, CAMERA, pose, seen=np.zeros((3, 3), dtype=np.int32))


def test_correspondences_find_the_same_point_and_tell_what_is_hidden(room: Room) -> None:
    poses = camera_path(room, CAMERA, "orbit", 24)
    a, b = (render_view(room, CAMERA, pose, shadow_rays=0) for pose in poses[:2])
    found = correspondences(room, CAMERA, poses[0], CAMERA, poses[1])
    # Cast a ray through each found place of B: where it says visible, the same surface point must be met.
    v, u = np.nonzero(found.visible)
    x, y = found.pixels[v, u].astype(np.float64).T
    local = np.stack([(x - CAMERA.cx) / CAMERA.fx, (y - CAMERA.cy) / CAMERA.fy, np.ones(len(x))], axis=-1)
    rays = (local @ poses[1][:3, :3].T).astype(np.float32)
    origin = np.repeat(poses[1][None, :3, 3].astype(np.float32), len(rays), axis=0)
    hit = room.geometry.scene.run(origin, rays, output=True)
    met = origin + rays * hit["tfar"][:, None]
    # Back into A: by how many pixels do the two surface points differ there?
    back = (met - poses[0][:3, 3]) @ poses[0][:3, :3]
    place = back[:, :2] / back[:, 2:] * [CAMERA.fx, CAMERA.fy] + [CAMERA.cx, CAMERA.cy]
    error = np.linalg.norm(place - np.stack([u + 0.5, v + 0.5], axis=-1), axis=1)
    assert len(error) > 4000
    assert np.median(error) < 1e-2
    assert np.mean(error < 0.5) > 0.98
    # The depth map of B tells the same by another way, up to its pixels at borders.
    _, agrees = warp_back(found, b)
    assert (agrees == found.visible)[found.inside].mean() > 0.93
    hidden = found.inside & ~found.visible
    assert hidden.sum() > 100
    assert agrees[hidden].mean() < 0.25
    same = a.instances[v, u] == b.instances[y.astype(int), x.astype(int)]
    assert same.mean() > 0.95


def test_a_view_corresponds_to_itself(room: Room) -> None:
    pose = camera_path(room, CAMERA, "walk", 3)[1]
    found = correspondences(room, CAMERA, pose, CAMERA, pose)
    v, u = np.mgrid[: CAMERA.height, : CAMERA.width]
    assert np.abs(found.pixels - np.stack([u, v], axis=-1) - 0.5).max() < 1e-3
    assert found.visible.mean() > 0.995
