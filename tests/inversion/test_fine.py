"""The fine phase: from poses that are near to poses that are right, and refusals."""

import dataclasses

import numpy as np
import pytest
import torch

from inversion.conftest import CAMERA, TinyEncoder
from vantage.captures import Capture, View
from vantage.errors import DataError, UsageError
from vantage.fields import Bounds, DistilledScene, Distiller, HashGridSettings, NerfField
from vantage.fields.nerf.settings import NerfModelSettings
from vantage.geometry import Camera, se3_exp
from vantage.inversion import (
    FineSettings,
    Inerf,
    InerfSettings,
    PhotometricSettings,
    SiftDescriber,
    SpineFine,
    SplatLoc,
    match,
    perturbed_pose,
    pose_errors,
    refine_by_colours,
)
from vantage.inversion.colours import colours_at, held_fixed
from vantage.inversion.inerf import interest_pixels
from vantage.inversion.lifting import lift_pixels


def off(view: View, degrees: float, metres: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return perturbed_pose(view.world_from_camera, rotation=np.deg2rad(degrees), translation=metres, rng=rng)


def errors(pose: np.ndarray, view: View) -> tuple[float, float]:
    rotation, translation = pose_errors(pose, view.world_from_camera)
    return np.rad2deg(rotation), translation


def test_from_ten_degrees_off_to_the_truth(patterned: DistilledScene, views: list[View]) -> None:
    fine = SpineFine(patterned, TinyEncoder())
    found = fine.refine(views[3].image, CAMERA, off(views[3], 10, 0.1)[None])
    assert found.found and found.inliers >= 15
    rotation, translation = errors(found.world_from_camera, views[3])
    # PnP leaves 0.3 degrees and 8 mm; colours, which fit exactly here, leave nothing.
    assert rotation < 0.02 and translation < 0.0005
    assert found.rotation_spread < 0.01 and found.translation_spread < 0.01


def test_a_wrong_first_hypothesis_is_passed_over(patterned: DistilledScene, views: list[View]) -> None:
    starts = np.stack([views[11].world_from_camera, off(views[3], 8, 0.1)])
    found = SpineFine(patterned, None).refine(views[3].image, CAMERA, starts)
    assert found.found and found.hypothesis == 1
    assert errors(found.world_from_camera, views[3])[0] < 0.1


def test_the_same_image_gives_the_same_pose(patterned: DistilledScene, views: list[View]) -> None:
    first, second = (
        SpineFine(patterned, TinyEncoder()).refine(views[3].image, CAMERA, off(views[3], 10, 0.1)[None])
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.world_from_camera, second.world_from_camera)


@pytest.mark.parametrize("picture", ["noise", "grey"])
def test_noise_and_grey_are_refused(patterned: DistilledScene, views: list[View], picture: str) -> None:
    image = np.full((120, 160, 3), 0.5, dtype=np.float32)
    if picture == "noise":
        image = np.random.default_rng(0).random((120, 160, 3)).astype(np.float32)
    found = SpineFine(patterned, TinyEncoder()).refine(image, CAMERA, views[0].world_from_camera[None])
    assert not found.found
    np.testing.assert_array_equal(found.world_from_camera, views[0].world_from_camera)


def test_an_image_of_another_size_is_refused(patterned: DistilledScene, views: list[View]) -> None:
    with pytest.raises(DataError, match="160x120"):
        SpineFine(patterned, None).refine(views[0].image[::2], CAMERA, views[0].world_from_camera[None])


def seen(scene: DistilledScene, view: View) -> View:
    """Return the view as the scene shows it: its pose is then the truth, whatever the field lacks."""
    rgb = scene.render(view.camera, view.world_from_camera).rgb.clamp(0, 1)
    return dataclasses.replace(view, image=np.ascontiguousarray(rgb.numpy()))


def test_colours_alone_bring_the_smooth_cube_home(trained_cube: Distiller, cube_capture: Capture) -> None:
    scene = trained_cube.scene({"smooth": "none"})
    view = seen(scene, cube_capture[6])
    start = off(view, 10, 0.05)
    found = refine_by_colours(
        scene.field, view.image, view.camera, start, scene.render(view.camera, start), PhotometricSettings(steps=20)
    )
    rotation, translation = errors(found.world_from_camera, view)
    assert rotation < 0.2 and translation < 0.01
    assert min(found.losses) < 0.01 * found.losses[0]


def test_colours_never_make_it_worse(patterned: DistilledScene, views: list[View]) -> None:
    # So far off that the matrix of the warp says nothing of use.
    start = off(views[2], 60, 0.3)
    rendering = patterned.render(CAMERA, start)
    found = refine_by_colours(patterned.field, views[2].image, CAMERA, start, rendering)
    again = refine_by_colours(
        patterned.field, views[2].image, CAMERA, found.world_from_camera, rendering, PhotometricSettings(steps=0)
    )
    assert again.losses[0] <= found.losses[0] + 1e-9


def test_pixels_are_lifted_onto_the_walls(patterned: DistilledScene, views: list[View]) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.uniform([5, 5], [155, 115], (200, 2))
    rendering = patterned.render(CAMERA, views[5].world_from_camera)
    points, good = lift_pixels(pixels, rendering, CAMERA, views[5].world_from_camera)
    assert good.mean() > 0.5
    # Blended depth lies a little before the wall, by some of a Gaussian's width (0.05 m).
    away = np.abs(np.abs(points[good]).max(axis=1) - 1)
    assert away.max() < 0.1 and np.median(away) < 0.04


def test_pixels_of_faint_or_stepped_places_do_not_count(patterned: DistilledScene, views: list[View]) -> None:
    rendering = patterned.render(CAMERA, views[5].world_from_camera)
    rendering.depth[:, 80:] *= 2
    rendering.alpha[:20] = 0.3
    pixels = np.array([[80.0, 60.0], [40.0, 10.0], [40.0, 60.0]])
    _, good = lift_pixels(pixels, rendering, CAMERA, views[5].world_from_camera)
    assert good.tolist()[:2] == [False, False]


def test_an_image_matches_itself_pixel_by_pixel(views: list[View]) -> None:
    described = SiftDescriber().describe(views[0].image)
    pairs = match(described, described, ratio=0.9)
    np.testing.assert_array_equal(pairs.query, pairs.render)
    assert len(pairs) > 20


def test_keypoints_are_where_pixel_centres_say(views: list[View]) -> None:
    image = np.full((96, 128, 3), 0.2, dtype=np.float32)
    rows, columns = np.mgrid[:96, :128] + 0.5
    blob = 0.7 * np.exp(-((columns - 50.3) ** 2 + (rows - 40.8) ** 2) / (2 * 3.0**2))
    image += blob[..., None].astype(np.float32)
    pixels = SiftDescriber().describe(image).pixels
    assert np.linalg.norm(pixels - [50.3, 40.8], axis=1).min() < 0.1


def test_splatloc_needs_a_guess_that_is_near(patterned: DistilledScene, views: list[View]) -> None:
    near = SplatLoc(patterned).refine(views[0].image, CAMERA, off(views[0], 8, 0.1))
    assert near.found and errors(near.world_from_camera, views[0])[0] < 1
    assert not SplatLoc(patterned).refine(views[0].image, CAMERA, views[8].world_from_camera).found


def test_inerf_walks_down_to_the_pose(trained_cube: Distiller, cube_capture: Capture) -> None:
    scene = trained_cube.scene({"smooth": "none"})
    view = seen(scene, cube_capture[6])
    start = off(view, 5, 0.05)
    found = Inerf(scene.field, InerfSettings(steps=100)).refine(view.image, view.camera, start, depth=1.0)
    assert found.losses[-1] < 0.1 * found.losses[0]
    rotation, translation = errors(found.world_from_camera, view)
    assert rotation < 2 and translation < 0.05


def test_interest_regions_lie_around_keypoints() -> None:
    image = np.full((60, 80, 3), 0.5, dtype=np.float32)
    image[28:32, 38:42] = 1
    pixels = interest_pixels(image, SiftDescriber())
    rows, columns = np.divmod(pixels, 80)
    assert 0 < len(pixels) < 2400
    assert np.abs(rows - 30).max() < 25 and np.abs(columns - 40).max() < 25
    assert len(interest_pixels(np.full((60, 80, 3), 0.5, dtype=np.float32), SiftDescriber())) == 4800


def test_fields_keep_their_gradients(patterned: DistilledScene, views: list[View]) -> None:
    field = patterned.field
    field.means.requires_grad_(True)
    try:
        pose = views[1].world_from_camera
        refine_by_colours(field, views[1].image, CAMERA, pose, patterned.render(CAMERA, pose))
        assert field.means.requires_grad and field.means.grad is None
        assert not field.sh0.requires_grad
    finally:
        field.means.requires_grad_(False)


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(UsageError):
        FineSettings(rounds=0)
    with pytest.raises(UsageError):
        PhotometricSettings(huber=0.0)
    with pytest.raises(UsageError):
        InerfSettings(rate=0.0)


def test_the_gradient_from_a_nerf_to_the_pose_is_that_of_finite_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    # Samples that hardly any light reaches are left out; one that a step brings in or takes away makes a jump.
    monkeypatch.setattr("vantage.fields.nerf.field.MIN_LIGHT", 0.0)
    monkeypatch.setattr("vantage.fields.nerf.field.MIN_ALPHA", 0.0)
    camera = Camera.from_fov(fov_x=1.0, width=24, height=18)
    model = NerfModelSettings(grid=HashGridSettings(levels=2, features=2, log2_table=12, coarsest=4, finest=8))
    field = NerfField(Bounds(centre=(0.0, 0.0, 0.0), half_extent=1.0), dataclasses.replace(model, occupancy=32), seed=1)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        field.grid.table.copy_(torch.randn(field.grid.table.shape, generator=generator))
    pixels = torch.arange(0, 432, 3)
    weights = torch.rand(len(pixels), 3, generator=generator)
    pose = torch.eye(4)
    pose[:3, 3] = torch.tensor([0.1, -0.2, -0.4])

    def value(twist: torch.Tensor) -> torch.Tensor:
        return (colours_at(field, camera, pose @ se3_exp(twist), pixels) * weights).sum()

    with held_fixed(field):
        twist = torch.zeros(6, requires_grad=True)
        (gradient,) = torch.autograd.grad(value(twist), twist)
    step = 1e-3
    with torch.no_grad():
        found = torch.stack([(value(step * axis) - value(-step * axis)) / (2 * step) for axis in torch.eye(6)])
    for own, theirs in ((gradient[:3], found[:3]), (gradient[3:], found[3:])):
        assert float((own - theirs).norm() / theirs.norm()) < 0.01


def test_a_nerf_is_asked_along_the_chosen_rays_alone() -> None:
    camera = Camera.from_fov(fov_x=1.0, width=12, height=10)
    field = NerfField(Bounds(centre=(0.0, 0.0, 0.0), half_extent=1.0))
    pose = torch.eye(4, requires_grad=True)
    pixels = torch.tensor([0, 17, 119])
    colours = colours_at(field, camera, pose, pixels)
    torch.testing.assert_close(colours, colours_at(field, camera, pose)[pixels])
    with held_fixed(field):
        (gradient,) = torch.autograd.grad(colours_at(field, camera, pose, pixels).square().sum(), pose)
    assert torch.isfinite(gradient).all() and float(gradient.abs().max()) > 0
