import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from vantage.captures import Capture
from vantage.fields import Bounds, Distiller, NerfField
from vantage.fields.nerf.batches import draw_batch
from vantage.fields.nerf.rays import camera_rays, pixel_positions
from vantage.fields.nerf.settings import NerfModelSettings
from vantage.fields.nerf.subpixels import QUARTERS, RAYS, ROUGH, layers_of, neighbours, rough_pixels, scattered
from vantage.fields.training_views import TrainingView
from vantage.geometry import Camera

CAMERA = Camera.from_fov(fov_x=1.0, width=24, height=18)
EVERY = torch.arange(24 * 18)


def test_neighbours_are_those_of_a_padded_picture():
    padded = np.pad(EVERY.reshape(18, 24).numpy(), 1, mode="edge")
    places = ((1, 1), (1, 0), (1, 2), (0, 1), (2, 1), (0, 0), (0, 2), (2, 0), (2, 2))
    expected = np.stack([padded[r : r + 18, c : c + 24].reshape(-1) for r, c in places], axis=-1)
    assert np.array_equal(neighbours(EVERY, width=24, height=18).numpy(), expected)


def test_rough_pixels_are_those_beside_a_step_of_colour():
    image = torch.full((18, 24, 3), 0.4)
    image[:, 10:, 1] += 2 * ROUGH
    image[5, 3] += 0.9 * ROUGH
    rough = rough_pixels(image.reshape(-1, 3)[neighbours(EVERY, width=24, height=18)]).reshape(18, 24)
    assert rough.nonzero()[:, 1].unique().tolist() == [9, 10] and bool(rough[:, 9:11].all())


def test_rays_are_scattered_over_the_centre_and_the_four_quarters_of_a_pixel():
    centre, offsets = scattered(500, torch.Generator().manual_seed(0)).split([1, RAYS - 1], dim=1)
    assert not bool(centre.any())
    assert float(offsets.abs().max()) <= 0.5
    quarters = (offsets > 0).long()
    assert bool((quarters[..., 0] + 2 * quarters[..., 1] == torch.arange(4)).all())
    # Evenly: the mean over a unit square, and its variance.
    assert offsets.mean(dim=(0, 1)).abs().max() < 0.02
    torch.testing.assert_close(offsets.var(dim=(0, 1)), torch.full((2,), 1 / 12), rtol=0.1, atol=0)


def _plane_depth(positions: Tensor, normal: Tensor, distance: float) -> Tensor:
    """Return the z-depth at which rays through picture positions meet the plane of points p with p . n = distance."""
    x, y = (positions[:, 0] - CAMERA.cx) / CAMERA.fx, (positions[:, 1] - CAMERA.cy) / CAMERA.fy
    return distance / (torch.stack([x, y, torch.ones_like(x)], dim=-1) @ normal)


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.integers(0, 1000))
def test_on_a_plane_depth_within_a_pixel_is_where_its_ray_meets_the_plane(a: float, b: float, seed: int):
    normal = torch.tensor([a, b, 1.2])
    inner = EVERY[(EVERY % 24 > 0) & (EVERY % 24 < 23) & (EVERY // 24 > 0) & (EVERY // 24 < 17)]
    offsets = torch.rand(len(inner), 2, generator=torch.Generator().manual_seed(seed)) - 0.5
    depth = _plane_depth(pixel_positions(EVERY, CAMERA), normal, 2.0)
    layers = layers_of(depth[neighbours(inner, width=24, height=18)], offsets)
    expected = _plane_depth(pixel_positions(inner, CAMERA) + offsets, normal, 2.0)
    for found in (layers.depth, layers.near, layers.far):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_where_depth_jumps_a_ray_off_the_centre_may_meet_either_surface_and_unknown_stays_unknown():
    depth = torch.full((18, 24), 3.0)
    depth[:, :10] = 1.0
    depth[4, 20] = 0.0
    around = depth.reshape(-1)[neighbours(EVERY, width=24, height=18)]
    centres = layers_of(around, torch.zeros(len(EVERY), 2))
    for found in (centres.depth, centres.near, centres.far):
        assert torch.equal(found, depth.reshape(-1))
    beside = layers_of(around, torch.full((len(EVERY), 2), 0.25))
    near, far, one = (t.reshape(18, 24) for t in (beside.near, beside.far, beside.depth))
    edge = torch.zeros(18, 24, dtype=torch.bool)
    edge[:, 9:11] = True
    torch.testing.assert_close(near[edge], torch.ones(36))
    torch.testing.assert_close(far[edge], torch.full((36,), 3.0))
    assert not bool(one[edge].any())
    # Next to what is unknown nothing jumps; at it nothing is known.
    torch.testing.assert_close(one[~edge], depth[~edge])
    assert float(near[4, 20]) == float(far[4, 20]) == float(one[4, 20]) == 0


def _view(image: Tensor) -> TrainingView:
    return TrainingView(image=image, camera=CAMERA, world_from_camera=np.eye(4), depth=None, mask=None)


@pytest.mark.parametrize("supersampled", [True, False])
def test_a_batch_s_rays_pass_through_their_pixels_and_average_to_them(supersampled: bool):
    """An image that grows linearly across the picture is, at a pixel, the mean of itself over the pixel's rays."""
    steep = torch.linspace(0, 1, 24).repeat(18, 1)[..., None].repeat(1, 1, 3).clone()
    steep[:, :12] = 0.2
    generator = torch.Generator().manual_seed(1)
    batch = draw_batch(
        {4: _view(steep), 7: _view(torch.full((18, 24, 3), 0.5))}, lambda _: np.eye(4),
        each=600, supersampled=supersampled, generator=generator,
    )  # fmt: skip
    assert list(batch.views) == [4, 7] and batch.views[7].stop == len(batch.rays) == len(batch.owners)
    assert len(batch.rgb) == 1200 and bool((batch.owners.diff() >= 0).all())
    counts = torch.bincount(batch.owners)
    assert torch.equal(batch.shares, 1 / counts[batch.owners])
    # Only the step at the twelfth column is steep enough.
    assert set(counts.tolist()) == ({1, RAYS} if supersampled else {1})
    assert bool((counts[600:] == 1).all())
    pixels = batch.positions[batch.views[4]].floor().long()
    torch.testing.assert_close(steep[pixels[:, 1], pixels[:, 0]], batch.rgb[batch.owners[batch.views[4]]])
    assert set(pixels[counts[batch.owners[batch.views[4]]] == RAYS][:, 0].tolist()) <= {11, 12}
    means = batch.of_pixels(batch.positions)
    assert float((means - means.floor() - 0.5).abs().max()) <= 0.25
    assert torch.equal(batch.rays.directions, camera_rays(CAMERA, np.eye(4), batch.positions).directions)


def test_a_picture_takes_the_mean_of_five_rays_where_neighbours_differ_and_the_centre_s_elsewhere(
    trained_nerf: Distiller, cube_capture: Capture
):
    field, view = trained_nerf.field, cube_capture[0]
    assert isinstance(field, NerfField) and field.settings.supersampled
    camera, pose = view.camera, view.world_from_camera
    every = torch.arange(camera.width * camera.height)
    with torch.no_grad():
        picture = field.render(camera, pose)
        centre = field.look(field.rays_of(camera, pose))
        places = pixel_positions(every, camera)
        five = torch.stack(
            [field.look(camera_rays(camera, pose, places + torch.tensor(q))).rgb for q in ((0.0, 0.0), *QUARTERS)]
        )
    rough = rough_pixels(centre.rgb[neighbours(every, width=camera.width, height=camera.height)])
    assert 0.02 < float(rough.float().mean()) < 0.9
    expected = torch.where(rough[:, None], five.mean(dim=0), centre.rgb)
    torch.testing.assert_close(picture.rgb.reshape(-1, 3), expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(picture.depth.reshape(-1), centre.depth, rtol=0, atol=1e-5)


def test_a_scene_from_before_there_were_several_rays_is_drawn_with_one(trained_nerf: Distiller):
    field = trained_nerf.field
    assert isinstance(field, NerfField)
    description = field.describe()
    old = {n: v for n, v in dataclasses.asdict(field.settings).items() if n != "supersampled"}
    assert NerfField.from_tensors(field.tensors(), description=description).settings.supersampled
    again = NerfField.from_tensors(field.tensors(), description=description | {"settings": old})
    assert not again.settings.supersampled


class _Stripes(NerfField):
    """A wall at 2 m with stripes a third of a pixel wide, known exactly: what supersampling is for."""

    def look(self, rays, **_):
        seen = super().look(rays)
        x = rays.origins[:, 0] + rays.directions[:, 0] * 2.0 / rays.directions[:, 2]
        white = (torch.floor(x / (2.0 / CAMERA.fx) * 1.5) % 2)[:, None].expand(-1, 3)
        return dataclasses.replace(seen, rgb=white)


def test_five_rays_come_nearer_to_the_mean_over_a_pixel_than_one():
    errors = []
    for supersampled in (False, True):
        settings = NerfModelSettings(occupancy=8, step=1 / 16, supersampled=supersampled)
        field = _Stripes(Bounds(centre=(0.0, 0.0, 0.0), half_extent=1.0), settings)
        with torch.no_grad():
            rgb = field.render(CAMERA, np.eye(4)).rgb[..., 0]
        sub = (torch.arange(64) + 0.5) / 64
        x = torch.arange(24)[:, None] + sub - CAMERA.cx
        truth = (torch.floor(x * 1.5) % 2).mean(dim=1)
        errors.append(math.sqrt(float(((rgb - truth) ** 2).mean())))
    assert errors[1] < 0.5 * errors[0]
