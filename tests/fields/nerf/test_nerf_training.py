import dataclasses

import numpy as np
import pytest
import torch

from vantage.captures import Capture, View
from vantage.encoders import Features
from vantage.fields import Distiller, DistillSettings, NerfField, evaluate, restore_checkpoint, save_checkpoint
from vantage.fields.contraction import contract
from vantage.fields.nerf.poses import CAMERA_RATE
from vantage.fields.nerf.training import NerfTrainer
from vantage.geometry import so3_exp
from vantage.metrics import psnr_db


def _train(distiller: Distiller, until: int) -> NerfTrainer:
    while distiller.step < until:
        distiller.train_step()
    assert isinstance(distiller.trainer, NerfTrainer)
    return distiller.trainer


def _changed(capture: Capture, change: dict[int, View]) -> Capture:
    """Return a capture some of whose views are others."""
    sources = tuple(
        source
        if i not in change
        else dataclasses.replace(source, world_from_camera=change[i].world_from_camera, read=lambda v=change[i]: v)
        for i, source in enumerate(capture.sources)
    )
    return dataclasses.replace(capture, sources=sources)


def test_a_nerf_learns_colour_depth_and_features(
    trained_nerf: Distiller, cube_capture: Capture, cube_features: list[Features]
):
    scores = list(evaluate(trained_nerf.scene(), cube_capture, {"smooth": cube_features}))
    assert len(scores) == 2
    for score in scores:
        assert score.psnr_db_warped_neighbour is not None
        assert score.psnr_db > score.psnr_db_warped_neighbour + 1
        assert score.depth_mae_m is not None and score.depth_mae_m < 0.05
        assert score.feature_cosine["smooth"] > 0.9


def test_known_surfaces_draw_the_light_to_them(cube_capture: Capture, small: DistillSettings):
    """Less of the light comes from elsewhere than the true walls, in a view that was held out."""
    view = cube_capture[0]
    astray = []
    for weight in (0.0, small.nerf.surface_weight):
        nerf = dataclasses.replace(small.nerf, surface_weight=weight)
        trainer = _train(Distiller(cube_capture, {}, dataclasses.replace(small, nerf=nerf)), 70)
        rays = trainer.field.rays_of(view.camera, view.world_from_camera)
        assert view.depth is not None
        surfaces = torch.from_numpy(view.depth).reshape(-1, 1) / rays.depth_per_metre[:, None]
        with torch.no_grad():
            seen = trainer.field.look(rays, surfaces=surfaces, band=0.1)
        assert seen.astray is not None
        assert float(seen.astray.min()) >= 0 and float(seen.astray.max()) <= 1 + 1e-5
        astray.append(float(seen.astray.mean()))
    assert astray[1] < 0.7 * astray[0]


def test_a_resumed_run_equals_the_unbroken_one_bit_for_bit(
    cube_capture: Capture, cube_features: list[Features], brief: DistillSettings, tmp_path
):
    """With everything on that has a state of its own; and the same seed gives the same bytes."""
    model = dataclasses.replace(brief.nerf.model, appearance=4)
    settings = dataclasses.replace(brief, nerf=dataclasses.replace(brief.nerf, model=model, camera_rate=CAMERA_RATE))
    unbroken = Distiller(cube_capture, {"smooth": cube_features}, settings)
    _train(unbroken, settings.steps)
    first = Distiller(cube_capture, {"smooth": cube_features}, settings)
    _train(first, 7)
    save_checkpoint(first, tmp_path)
    second = Distiller(cube_capture, {"smooth": cube_features}, settings)
    assert restore_checkpoint(second, tmp_path) == (7, [])
    _train(second, settings.steps)
    ours, theirs = second.state_tensors(), unbroken.state_tensors()
    assert ours.keys() == theirs.keys()
    assert [n for n in ours if not torch.equal(ours[n], theirs[n])] == []
    other = Distiller(cube_capture, {"smooth": cube_features}, dataclasses.replace(settings, seed=1))
    _train(other, settings.steps)
    assert not torch.equal(other.state_tensors()["field.grid.table"], theirs["field.grid.table"])


def test_each_image_s_own_appearance_takes_up_its_exposure(cube_capture: Capture, small: DistillSettings):
    """Every other photograph is half as bright: seen as its own image, the wall is so too."""
    dark = {
        i: dataclasses.replace(v, image=v.image * 0.5)
        for i, v in enumerate(cube_capture)
        if i % 2 and i in cube_capture.train_indices
    }
    model = dataclasses.replace(small.nerf.model, appearance=4)
    settings = dataclasses.replace(small, steps=120, nerf=dataclasses.replace(small.nerf, model=model))
    trainer = _train(Distiller(_changed(cube_capture, dark), {}, settings), 120)
    view = cube_capture[2]
    means = []
    with torch.no_grad():
        for image in (*sorted(dark)[:2], 2, 4):
            seen = trainer.field.look(
                trainer.field.rays_of(view.camera, view.world_from_camera)[::7],
                images=torch.full((len(range(0, 48 * 40, 7)),), image),
            )
            means.append(float(seen.rgb.mean()))
    truth = float(view.image.mean())
    assert means[:2] == pytest.approx([0.5 * truth] * 2, rel=0.2)
    assert means[2:] == pytest.approx([truth] * 2, rel=0.2)


def _pose_errors(poses: list[np.ndarray], truth: list[np.ndarray]) -> tuple[float, float]:
    """Return the mean errors in metres and radians."""
    metres = [np.linalg.norm(p[:3, 3] - q[:3, 3]) for p, q in zip(poses, truth, strict=True)]
    cosines = [(np.trace(p[:3, :3].T @ q[:3, :3]) - 1) / 2 for p, q in zip(poses, truth, strict=True)]
    return float(np.mean(metres)), float(np.arccos(np.clip(cosines, -1, 1)).mean())


@pytest.mark.slow
def test_disturbed_cameras_come_back_towards_their_places(cube_capture: Capture, small: DistillSettings):
    """Two of the cameras are moved by 8 cm and turned by 5 degrees; the others say where the walls are."""
    generator = torch.Generator().manual_seed(0)
    moved = {}
    for i in (3, 8):
        pose = cube_capture[i].world_from_camera.copy()
        pose[:3, :3] = pose[:3, :3] @ so3_exp(torch.randn(3, generator=generator, dtype=torch.float64) * 0.046).numpy()
        pose[:3, 3] += torch.randn(3, generator=generator, dtype=torch.float64).numpy() * 0.058
        moved[i] = dataclasses.replace(cube_capture[i], world_from_camera=pose)
    capture = _changed(cube_capture, moved)
    settings = dataclasses.replace(small, steps=200, nerf=dataclasses.replace(small.nerf, camera_rate=CAMERA_RATE))
    trainer = _train(Distiller(capture, {}, settings), 200)
    truth = [cube_capture[i].world_from_camera for i in moved]
    with torch.no_grad():
        corrected = [
            trainer.poses.corrected(i, v.world_from_camera, trainer.bounds.half_extent).double().numpy()
            for i, v in moved.items()
        ]
    before = _pose_errors([v.world_from_camera for v in moved.values()], truth)
    after = _pose_errors(corrected, truth)
    assert after[0] < 0.8 * before[0] and after[1] < 0.8 * before[1], (before, after)


def _with_rod(view: View, radius: float) -> tuple[View, np.ndarray]:
    """Return a view of the cube with a red upright rod in it, and which pixels show the rod."""
    rays = view.camera.rays() @ view.world_from_camera[:3, :3].T
    origin, foot = view.world_from_camera[:3, 3], np.array([-0.7, 0.0, 0.0])
    # Where a ray, seen from above, enters the rod's circle; the parameter of `rays` is z-depth.
    across, towards = rays[..., :2], (foot - origin)[:2]
    square, half = (across**2).sum(-1), (across * towards).sum(-1)
    root = half**2 - square * ((towards**2).sum() - radius**2)
    depth = (half - np.sqrt(np.maximum(root, 0))) / square
    height = origin[2] + depth * rays[..., 2]
    shown = (root > 0) & (depth > 0) & (np.abs(height) < 0.6)
    assert view.depth is not None
    image = np.where(shown[..., None], np.float32([0.9, 0.1, 0.1]), view.image)
    return dataclasses.replace(view, image=image, depth=np.where(shown, depth, view.depth).astype(np.float32)), shown


@pytest.mark.slow
def test_a_rod_a_pixel_and_a_half_thick_takes_shape(cube_capture: Capture, small: DistillSettings):
    """It has to begin in cells that look empty, against a wall that a coarse field would rather show."""
    seen = {i: _with_rod(view, 0.02) for i, view in enumerate(cube_capture)}
    capture = _changed(cube_capture, {i: view for i, (view, _) in seen.items()})
    trainer = _train(Distiller(capture, {}, dataclasses.replace(small, steps=400)), 400)
    view, shown = seen[1]
    assert view.depth is not None and 30 < int(shown.sum()) < 120
    with torch.no_grad():
        found = trainer.field.render(view.camera, view.world_from_camera)
    assert (np.abs(found.depth.numpy() - view.depth)[shown] < 0.1).mean() > 0.8
    redness = found.rgb[..., 0] - found.rgb[..., 1]
    assert float(redness[torch.from_numpy(shown)].mean()) > 0.5


@pytest.mark.slow
def test_without_depth_fog_turns_into_walls(cube_capture: Capture, small: DistillSettings):
    """Nothing but colours says where the walls are."""
    unknown = {i: dataclasses.replace(view, depth=None) for i, view in enumerate(cube_capture)}
    trainer = _train(Distiller(_changed(cube_capture, unknown), {}, dataclasses.replace(small, steps=300)), 300)
    assert trainer.blind is not None
    errors, colors, opacities = [], [], []
    for index in cube_capture.test_indices:
        view = cube_capture[index]
        assert view.depth is not None
        with torch.no_grad():
            found = trainer.field.render(view.camera, view.world_from_camera)
        errors.append(float((found.depth - torch.from_numpy(view.depth)).abs().mean()))
        colors.append(float(psnr_db(found.rgb, torch.from_numpy(view.image))))
        opacities.append(float(found.alpha.mean()))
    assert min(opacities) > 0.99, opacities
    assert np.mean(errors) < 0.2 and np.mean(colors) > 20, (errors, colors)


def test_no_place_that_was_measured_is_taken_for_empty(trained_nerf: Distiller):
    """Cells of thin things look empty before these have taken shape; once closed, a thing could never appear."""
    field = trained_nerf.field
    assert isinstance(field, NerfField)
    lost, seen = 0, 0
    for index in trained_nerf.train_indices:
        view = trained_nerf.views.training_view(index)
        assert view.depth is not None
        rays = field.rays_of(view.camera, view.world_from_camera)
        points = rays.origins + (view.depth.reshape(-1) / rays.depth_per_metre)[:, None] * rays.directions
        lost += int((~field.occupancy.at(contract(points, field.bounds))).sum())
        seen += len(points)
    # Rounding may put a point on a cell's border to either side.
    assert lost <= 1e-3 * seen
