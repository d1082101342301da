"""What both kinds of field promise of their pictures, and what a NeRF's files must not do."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from torch import Tensor

from vantage.captures import Capture
from vantage.errors import DataError
from vantage.fields import Bounds, DistilledScene, Distiller, GaussianField, HashGridSettings, NerfField
from vantage.fields.nerf.settings import NerfModelSettings
from vantage.geometry import Camera, make_motion, so3_exp

FIELDS = pytest.mark.parametrize("kind", ["trained_cube", "trained_nerf"])


def _smooth_nerf() -> NerfField:
    """Return a NeRF of a few coarse cells with something in all of them: smooth enough for finite differences."""
    grid = HashGridSettings(levels=2, features=2, log2_table=12, coarsest=3, finest=6)
    field = NerfField(
        Bounds(centre=(0.0, 0.0, 0.0), half_extent=1.0),
        NerfModelSettings(grid=grid, hidden=16, occupancy=8, step=1 / 16),
        seed=3,
    )
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        field.grid.table.copy_(torch.randn(field.grid.table.shape, generator=generator) * 0.7)
    return field


@FIELDS
def test_a_rendering_has_the_camera_s_shape_and_lies_in_range(request, kind: str, cube_capture: Capture):
    field = request.getfixturevalue(kind).field
    view = cube_capture[6]
    with torch.no_grad():
        rendering = field.render(view.camera, view.world_from_camera)
    h, w = view.camera.height, view.camera.width
    assert rendering.rgb.shape == (h, w, 3) and rendering.depth.shape == rendering.alpha.shape == (h, w)
    assert float(rendering.alpha.min()) >= 0 and float(rendering.alpha.max()) <= 1 + 1e-5
    assert bool(torch.isfinite(rendering.rgb).all())
    if kind == "trained_nerf":
        assert float(rendering.rgb.min()) >= 0 and float(rendering.rgb.max()) <= 1 + 1e-5
    assert float(rendering.alpha.mean()) > 0.9
    assert view.depth is not None
    assert float((rendering.depth - torch.from_numpy(view.depth)).abs().mean()) < 0.05


@FIELDS
def test_where_nothing_is_there_is_no_light_and_depth_zero(request, kind: str):
    """Seen from far outside, with its back to the scene, a camera sees nothing."""
    field = request.getfixturevalue(kind).field
    pose = np.eye(4)
    pose[2, 3] = 40.0
    with torch.no_grad():
        rendering = field.render(Camera.from_fov(fov_x=0.5, width=12, height=9), pose)
    assert float(rendering.alpha.max()) < 0.01
    assert float(rendering.depth[rendering.alpha < 1e-3].abs().max()) == 0


def test_a_picture_does_not_depend_on_how_its_rays_are_cut_into_chunks(trained_nerf, cube_capture, monkeypatch):
    view, pictures, marched = cube_capture[0], [], []
    look = NerfField.look

    def watched(self, rays, **options):
        seen = look(self, rays, **options)
        marched.append(seen.marched)
        return seen

    monkeypatch.setattr(NerfField, "look", watched)
    for chunk, samples in ((10_000, 1 << 20), (137, 1 << 20), (10_000, 600)):
        monkeypatch.setattr("vantage.fields.nerf.field.CHUNK", chunk)
        monkeypatch.setattr("vantage.fields.nerf.field.CHUNK_SAMPLES", samples)
        marched.clear()
        with torch.no_grad():
            pictures.append(trained_nerf.field.render(view.camera, view.world_from_camera))
    # The first look does not know yet; the later ones keep to so many samples, about.
    assert len(marched) > 8 and sorted(marched)[-3] < 3 * 600 < marched[0]
    for picture in pictures[1:]:
        torch.testing.assert_close(pictures[0].rgb, picture.rgb, rtol=0, atol=1e-5)
        torch.testing.assert_close(pictures[0].depth, picture.depth, rtol=0, atol=1e-4)


def _moved(pose: np.ndarray, twist: Tensor) -> Tensor:
    base = torch.as_tensor(pose, dtype=torch.float32)
    return make_motion(base[:3, :3] @ so3_exp(twist[3:]), base[:3, 3] + twist[:3])


def test_gradients_reach_the_camera_s_pose(cube_capture: Capture, monkeypatch):
    """Colour, depth and opacity against finite differences in all six directions of motion.

    With every sample counted: as those that are left out otherwise come and go, a picture jumps by a thousandth.
    """
    monkeypatch.setattr("vantage.fields.nerf.field.MIN_LIGHT", 1e-30)
    monkeypatch.setattr("vantage.fields.nerf.field.MIN_ALPHA", 0.0)
    field, view = _smooth_nerf(), cube_capture[0]
    camera = Camera.from_fov(fov_x=1.0, width=16, height=12)
    weights = torch.rand(12, 16, 5, generator=torch.Generator().manual_seed(1))

    def value(twist: Tensor) -> Tensor:
        r = field.render(camera, _moved(view.world_from_camera, twist))
        return (torch.cat([r.rgb, r.depth[..., None], r.alpha[..., None]], dim=-1) * weights).double().sum()

    twist = torch.zeros(6, requires_grad=True)
    value(twist).backward()
    assert twist.grad is not None
    step = 1e-3
    with torch.no_grad():
        numeric = torch.stack([(value(step * e) - value(-step * e)) / (2 * step) for e in torch.eye(6)])
    assert float(numeric.abs().max()) > 5
    torch.testing.assert_close(twist.grad, numeric.float(), rtol=0.02, atol=0.1)


def test_a_scene_saved_and_loaded_renders_the_same(trained_nerf: Distiller, cube_capture: Capture, tmp_path):
    scene = trained_nerf.scene()
    scene.save(tmp_path / "scene")
    again = DistilledScene.load(tmp_path / "scene")
    view = cube_capture[0]
    first, features = scene.render_features(view.camera, view.world_from_camera, "smooth")
    second, features_again = again.render_features(view.camera, view.world_from_camera, "smooth")
    assert torch.equal(first.rgb, second.rgb) and torch.equal(first.depth, second.depth)
    assert torch.equal(first.alpha, second.alpha) and torch.equal(features, features_again)
    assert again.field.size == scene.field.size


def test_files_of_another_nerf_are_refused(trained_nerf: Distiller, tmp_path):
    scene = trained_nerf.scene()
    scene.save(tmp_path)
    description = json.loads((tmp_path / "scene.json").read_text())
    description["field"]["settings"]["hidden"] = 48
    (tmp_path / "scene.json").write_text(json.dumps(description))
    with pytest.raises(DataError, match=r"field.safetensors: tensors .*color.* of another shape"):
        DistilledScene.load(tmp_path)
    del description["field"]["bounds"]
    (tmp_path / "scene.json").write_text(json.dumps(description))
    with pytest.raises(DataError, match="bounds"):
        DistilledScene.load(tmp_path)
    description["kind"] = "voxels"
    (tmp_path / "scene.json").write_text(json.dumps(description))
    with pytest.raises(DataError, match="kind 'voxels'"):
        DistilledScene.load(tmp_path)


def test_each_kind_says_how_large_it_is(trained_nerf: Distiller, trained_cube: Distiller):
    assert isinstance(trained_cube.field, GaussianField)
    assert trained_cube.field.size == {"gaussians": len(trained_cube.field)}
    size = trained_nerf.field.size
    assert size["parameters"] == sum(t.numel() for n, t in trained_nerf.field.tensors().items() if n != "occupied")
    settings = dataclasses.asdict(trained_nerf.settings.nerf.model)
    assert 0 < size["occupied_cells"] < settings["occupancy"] ** 3 / 2
