"""Points, meshes and cameras against a sphere that renders itself exactly."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
import trimesh
from plyfile import PlyData

from fields.exchange.conftest import RADIUS, SPHERE_CENTRE, Sphere, cameras_around, random_field
from vantage.captures import open_capture, write_colmap, write_transforms
from vantage.errors import DataError, MissingError, ResourceError, UsageError
from vantage.fields import Distiller
from vantage.fields.exchange import (
    SurfaceView,
    TriangleMesh,
    TsdfVolume,
    extract_surface,
    fuse_surfaces,
    load_cameras,
    plan_volume,
    points_from_centres,
    points_from_surfaces,
    rendered_capture,
    save_cameras,
    save_mesh,
    save_points,
    surface_extent,
    surface_view,
    surface_views,
)
from vantage.fields.exchange.tsdf import VOXELS_ALONG_LONGEST
from vantage.geometry import Camera

LENS = Camera.from_fov(fov_x=0.9, width=120, height=100)


@pytest.fixture(scope="module")
def views():
    return list(surface_views(Sphere(), cameras_around(SPHERE_CENTRE, 3.0, 24, LENS)))


@pytest.fixture(scope="module")
def sphere_mesh(views) -> TriangleMesh:
    volume = TsdfVolume(plan_volume(*surface_extent(views), voxel_size=0.06))
    for view in views:
        volume.integrate(view)
    return extract_surface(volume)


def test_surfaces_have_true_depth_and_normals_towards_the_camera(views) -> None:
    for view in views[:3]:
        points, normals = view.points_world[view.known], view.normals_world[view.known]
        # A disc of 1 m seen from 3 m covers about half of a picture 52 degrees wide.
        assert 0.3 < view.known.mean() < 0.7
        np.testing.assert_allclose(np.linalg.norm(points - SPHERE_CENTRE, axis=1), RADIUS, atol=1e-5)
        true = (points - SPHERE_CENTRE) / RADIUS
        # Slopes are differences over two pixels of 8 mm; at the rim they are steep.
        assert np.median((normals * true).sum(1)) > 0.999
        assert ((normals * (view.world_from_camera[:3, 3] - points)).sum(1) > 0).all()


def test_rims_between_near_and_far_are_left_out(camera) -> None:
    class Step:
        """A wall at 3 m behind a board at 2 m, with the blend of both in between, as expected depth shows it."""

        def render(self, camera, world_from_camera):
            from vantage.fields import Rendering

            depth = torch.full((camera.height, camera.width), 3.0)
            depth[:, :30] = 2.0
            depth[:, 30] = 2.5
            return Rendering(rgb=torch.zeros(*depth.shape, 3), depth=depth, alpha=torch.ones_like(depth))

    known = surface_view(Step(), camera, np.eye(4)).known
    assert not known[:, 30].any()
    assert known[:, :29].all() and known[:, 32:].all()


def test_the_mesh_of_a_sphere_is_a_sphere(sphere_mesh: TriangleMesh) -> None:
    mesh = trimesh.Trimesh(sphere_mesh.vertices, sphere_mesh.faces, process=False)
    error = np.abs(np.linalg.norm(mesh.vertices - SPHERE_CENTRE, axis=1) - RADIUS)
    # A tenth of a voxel on average, and never a whole one.
    assert error.max() < 0.06 and error.mean() < 0.006
    assert mesh.is_watertight and mesh.is_winding_consistent
    # A positive volume is one whose faces look outward.
    assert mesh.volume == pytest.approx(4 / 3 * np.pi * RADIUS**3, rel=0.02)
    assert mesh.body_count == 1
    colors = 0.5 + 0.5 * (mesh.vertices - SPHERE_CENTRE)
    assert np.abs(sphere_mesh.colors - colors).mean() < 0.03


def test_a_finer_grid_is_nearer_to_the_truth(views) -> None:
    errors = []
    for voxel in (0.2, 0.05):
        volume = TsdfVolume(plan_volume(*surface_extent(views), voxel_size=voxel))
        for view in views:
            volume.integrate(view)
        vertices = extract_surface(volume).vertices
        errors.append(np.abs(np.linalg.norm(vertices - SPHERE_CENTRE, axis=1) - RADIUS).mean())
    assert errors[1] < errors[0] / 3


def test_half_a_sphere_is_open_where_nobody_looked(views) -> None:
    """Seen from above only, the surface ends at the rim and does not close behind it."""
    above = [view for view in views if view.world_from_camera[2, 3] > SPHERE_CENTRE[2] + 2.2]
    assert above
    volume = TsdfVolume(plan_volume(SPHERE_CENTRE - 1, SPHERE_CENTRE + 1, voxel_size=0.06))
    for view in above:
        volume.integrate(view)
    mesh = extract_surface(volume)
    assert np.abs(np.linalg.norm(mesh.vertices - SPHERE_CENTRE, axis=1) - RADIUS).max() < 0.06
    assert mesh.vertices[:, 2].min() > SPHERE_CENTRE[2] - 0.9


def distance_to_walls(view: SurfaceView) -> np.ndarray:
    """Return how far each point of a view's depth lies from the walls of the cube of side 2 about the origin."""
    rays = view.camera.rays() @ view.world_from_camera[:3, :3].T
    points = view.world_from_camera[:3, 3] + rays * np.asarray(view.depth)[..., None]
    return np.abs(np.abs(points).max(axis=-1) - 1)[np.asarray(view.depth) > 0]


def test_the_mesh_of_a_box_seen_from_inside(cube_capture) -> None:
    """With true depth the walls at +-1 come out to a hundredth of a voxel, the corners to a third."""
    volume = TsdfVolume(plan_volume(-np.ones(3), np.ones(3), voxel_size=0.04))
    for view in cube_capture:
        seen = SurfaceView(
            camera=view.camera,
            world_from_camera=view.world_from_camera,
            rgb=view.image,
            depth=view.depth,
            normals_world=np.zeros_like(view.image),
        )
        volume.integrate(seen)
    error = np.abs(np.abs(extract_surface(volume).vertices).max(axis=1) - 1)
    assert np.median(error) < 0.0004 and error.max() < 0.013


def test_the_mesh_of_a_trained_field_is_as_true_as_its_depth(trained_cube: Distiller) -> None:
    scene = trained_cube.scene()
    cameras = [item for item in scene.cameras if not item.held_out]
    views = list(surface_views(scene, cameras))
    mesh = fuse_surfaces(scene, cameras, plan_volume(*surface_extent(views), voxel_size=0.04))
    points = np.concatenate([view.points_world[view.known] for view in views])
    rendered, fused = (np.median(np.abs(np.abs(p).max(axis=1) - 1)) for p in (points, mesh.vertices))
    assert fused < rendered + 0.01 and fused < 0.04
    surface = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    inward = -(surface.face_normals * surface.triangles_center).sum(axis=1)
    assert (inward > 0).mean() > 0.95


def test_the_grid_keeps_within_its_memory() -> None:
    low, high = np.zeros(3), np.array([6.0, 5.0, 3.0])
    plan = plan_volume(low, high)
    assert plan.voxel_size == pytest.approx(6 / VOXELS_ALONG_LONGEST)
    assert plan.bytes < 1e9
    small = plan_volume(low, high, max_bytes=50_000_000)
    assert 30_000_000 < small.bytes <= 50_000_000 and small.voxel_size > plan.voxel_size
    for corner, end in ((low, 0), (high, -1)):
        reach = np.array(plan.origin) + (np.array(plan.shape) - 1) * (0 if end == 0 else plan.voxel_size)
        assert (np.abs(reach - corner) > plan.truncation).all()
    with pytest.raises(ResourceError, match="take larger voxels"):
        plan_volume(low, high, voxel_size=0.001)
    with pytest.raises(ResourceError, match="allow more memory"):
        plan_volume(low, high, max_bytes=1000)
    with pytest.raises(DataError, match="span 0 units"):
        plan_volume(low, low)
    # A count that overflows 64 bits is a number like any other.
    with pytest.raises(ResourceError):
        plan_volume(low, high, voxel_size=1e-9)


def test_nothing_to_mesh_is_said(sphere) -> None:
    away = cameras_around(SPHERE_CENTRE, 3.0, 2, LENS)
    poses = [item.world_from_camera @ np.diag([-1.0, 1, -1, 1]) for item in away]
    views = [surface_view(sphere, LENS, pose) for pose in poses]
    sees_nothing = [view for view in views if not view.known.any()]
    with pytest.raises(DataError, match="nothing to mesh"):
        surface_extent(sees_nothing)
    with pytest.raises(DataError, match="no surface crosses"):
        extract_surface(TsdfVolume(plan_volume(np.zeros(3), np.ones(3), voxel_size=0.1)))
    with pytest.raises(DataError, match="no cameras"):
        list(surface_views(sphere, []))


def test_without_scikit_image_the_error_says_what_to_install(sphere, monkeypatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "skimage.measure", None)
    plan = plan_volume(np.zeros(3), np.ones(3), voxel_size=0.1)
    with pytest.raises(MissingError, match=r"pip install 'vantage\[mesh\]'"):
        fuse_surfaces(sphere, cameras_around(SPHERE_CENTRE, 3.0, 2, LENS), plan)


@pytest.mark.parametrize("suffix", [".ply", ".obj", ".glb"])
def test_mesh_files_are_read_by_others_as_they_were_written(sphere_mesh, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    save_mesh(path, sphere_mesh)
    scene = trimesh.load_scene(path, process=False)
    (surface,) = scene.geometry.values()
    assert surface.faces.shape == sphere_mesh.faces.shape
    np.testing.assert_allclose(surface.vertices, sphere_mesh.vertices, atol=1e-5)
    np.testing.assert_allclose(surface.visual.vertex_colors[:, :3] / 255, sphere_mesh.colors, atol=0.003)
    # The top of the world is the top of what a viewer of glTF shows: its +y.
    middle, axis = scene.bounds.mean(axis=0), 1 if suffix == ".glb" else 2
    assert middle[axis] == pytest.approx(SPHERE_CENTRE[2], abs=0.01)
    with pytest.raises(UsageError, match=r"\.ply, \.obj, \.glb"):
        save_mesh(tmp_path / "a.stl", sphere_mesh)


def test_points_of_surfaces_are_spread_evenly(views, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    cloud = points_from_surfaces(views, views_count=len(views), count=2000, rng=rng)
    assert 1700 < len(cloud.points) < 2300
    np.testing.assert_allclose(np.linalg.norm(cloud.points - SPHERE_CENTRE, axis=1), RADIUS, atol=1e-5)
    above = (cloud.points[:, 2] > SPHERE_CENTRE[2]).mean()
    assert 0.4 < above < 0.6
    assert ((cloud.points - SPHERE_CENTRE) * cloud.normals).sum(1).min() > 0
    save_points(tmp_path / "a.ply", cloud)
    read = PlyData.read(str(tmp_path / "a.ply"))["vertex"]
    assert [p.name for p in read.properties] == ["x", "y", "z", "nx", "ny", "nz", "red", "green", "blue"]
    np.testing.assert_array_equal(read["y"], cloud.points[:, 1])
    np.testing.assert_array_equal(read["nz"], cloud.normals[:, 2])
    np.testing.assert_allclose(read["blue"] / 255, cloud.colors[:, 2], atol=0.002)


def test_points_of_centres_are_the_opaque_ones() -> None:
    field = random_field(200)
    with torch.no_grad():
        field.quats_wxyz[:] = torch.tensor([1.0, 0, 0, 0])
        field.log_scales[:] = torch.tensor([-2.0, -5.0, -3.0])
    cloud = points_from_centres(field, normals=True)
    kept = field.opacities >= 0.1
    assert 0 < kept.sum() < 200
    np.testing.assert_array_equal(cloud.points, field.means[kept].detach())
    np.testing.assert_allclose(cloud.normals, np.tile([0.0, 1, 0], (len(cloud.points), 1)), atol=1e-6)
    colors = (0.5 + 0.28209479 * field.sh0[kept, 0]).clamp(0, 1).detach()
    np.testing.assert_allclose(cloud.colors, colors, atol=1e-6)
    with pytest.raises(DataError, match="none of the field's 200 Gaussians"):
        points_from_centres(field, min_opacity=1.0)


def test_cameras_come_back_from_their_file(tmp_path: Path) -> None:
    cameras = cameras_around(SPHERE_CENTRE, 3.0, 6, LENS)
    save_cameras(tmp_path / "a.json", cameras, metric=True)
    again = load_cameras(tmp_path / "a.json")
    assert [(c.name, c.camera, c.held_out) for c in again] == [(c.name, c.camera, c.held_out) for c in cameras]
    for ours, theirs in zip(cameras, again, strict=True):
        np.testing.assert_allclose(ours.world_from_camera, theirs.world_from_camera, atol=1e-12)
    # OpenGL's camera looks along -z and has y up.
    frame = json.loads((tmp_path / "a.json").read_text())["frames"][0]
    pose = np.array(frame["transform_matrix"])
    towards = SPHERE_CENTRE - pose[:3, 3]
    np.testing.assert_allclose(-pose[:3, 2], towards / np.linalg.norm(towards), atol=1e-9)


def test_a_camera_path_of_nerfstudios_viewer(tmp_path: Path) -> None:
    pose = [1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7, 0, 0, 0, 1]
    path = {"camera_type": "perspective", "render_width": 200, "render_height": 100, "fps": 24, "seconds": 4}
    path["camera_path"] = [{"camera_to_world": pose, "fov": 90, "aspect": 2}]
    (tmp_path / "a.json").write_text(json.dumps(path))
    (camera,) = load_cameras(tmp_path / "a.json")
    # 90 degrees from top to bottom: as far away as half the height.
    assert (camera.camera.fx, camera.camera.fy) == (pytest.approx(50), pytest.approx(50))
    assert (camera.camera.cx, camera.camera.cy, camera.camera.width) == (100, 50, 200)
    np.testing.assert_allclose(camera.world_from_camera[:3, 2], [0, 0, -1])
    np.testing.assert_allclose(camera.world_from_camera[:3, 3], [5, 6, 7])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"camera_path": None}, "neither 'frames'"),
        ({"camera_path": []}, "holds no cameras"),
        ({"camera_type": "fisheye"}, "'fisheye' is not supported"),
        ({"render_width": 1 << 40}, r"\$\.render_width"),
        ({"camera_path": [{"camera_to_world": [0.0] * 16, "fov": 50}]}, r"camera_path\[0\]\.camera_to_world"),
        ({"camera_path": [{"camera_to_world": [1.0] * 15, "fov": 50}]}, "found 15 numbers"),
        ({"camera_path": [{"camera_to_world": list(np.eye(4).ravel()), "fov": 180}]}, "between 0 and 180"),
        ({"camera_path": None, "frames": [{"file_path": "a"}], "applied_scale": 2}, "name the capture's folder"),
        ({"camera_path": None, "frames": [{"file_path": "a"}]}, "'w' is missing"),
    ],
)
def test_damaged_camera_files(tmp_path: Path, change: dict, message: str) -> None:
    frame = {"camera_to_world": list(np.eye(4).ravel()), "fov": 50}
    path = {"camera_type": "perspective", "render_width": 200, "render_height": 100, "camera_path": [frame]} | change
    (tmp_path / "a.json").write_text(json.dumps(path))
    with pytest.raises(DataError, match=message):
        load_cameras(tmp_path / "a.json")


@pytest.mark.parametrize("write", [write_colmap, write_transforms])
def test_a_rendered_capture_is_one_that_we_and_others_read(sphere, tmp_path: Path, write) -> None:
    cameras = cameras_around(SPHERE_CENTRE, 3.0, 6, LENS)
    points = points_from_centres(random_field(50))
    write(rendered_capture(sphere, cameras, name="sphere", metric=True, points=points), tmp_path / "out")
    capture = open_capture(tmp_path / "out")
    assert len(capture) == 6 and capture.points is not None
    assert len(capture.points.points) == len(points.points)
    by_name = {Path(item.name).name: item for item in cameras}
    for view in capture:
        item = by_name[Path(view.name).name]
        np.testing.assert_allclose(view.world_from_camera, item.world_from_camera, atol=1e-6)
        expected = surface_view(sphere, item.camera, item.world_from_camera)
        np.testing.assert_allclose(view.image, expected.rgb, atol=0.003)
        if view.depth is not None:
            np.testing.assert_allclose(view.depth, expected.depth, atol=6e-4)
