import dataclasses
import math

import numpy as np
import pytest
import torch
from torch import Tensor

from vantage.captures import Capture
from vantage.fields import Bounds
from vantage.fields.contraction import contract
from vantage.fields.nerf.marching import FARTHEST, Samples, interval_edges, march_rays, march_reference
from vantage.fields.nerf.occupancy import OccupancyGrid
from vantage.fields.nerf.rays import Rays, camera_rays, pixel_positions
from vantage.fields.nerf.seeding import cells_with_surfaces
from vantage.fields.training_views import TrainingViews
from vantage.geometry import Camera

BOUNDS = Bounds(centre=(0.5, -1.0, 2.0), half_extent=1.5)
STEP = 1 / 8


def _rays(count: int = 300) -> Rays:
    """Return rays from inside and outside the bounds; the first go along the axes."""
    generator = torch.Generator().manual_seed(3)
    directions = torch.randn(count, 3, generator=generator)
    directions[:3] = torch.eye(3)
    ends = torch.full((count,), torch.inf)
    ends[::5] = 2.0
    return Rays(
        origins=torch.tensor(BOUNDS.centre) + torch.randn(count, 3, generator=generator) * 1.3,
        directions=torch.nn.functional.normalize(directions, dim=-1),
        depth_per_metre=torch.ones(count),
        ends=ends,
    )


def _occupancy(share: float, *, middle: bool = False, resolution: int = 16) -> OccupancyGrid:
    """Return random cells; only those in the middle, if asked for: the box around them then cuts rays short."""
    occupancy = OccupancyGrid(resolution)
    cells = torch.rand(resolution**3, generator=torch.Generator().manual_seed(4)) < share
    if middle:
        keep = torch.zeros(resolution, resolution, resolution, dtype=torch.bool)
        keep[6:10, 5:11, 6:10] = True
        cells &= keep.reshape(-1)
    occupancy.allow_only(cells)
    return occupancy


def _of_ray(samples: Samples, ray: int) -> Tensor:
    part = slice(int(samples.starts[ray]), int(samples.starts[ray + 1]))
    return torch.cat([samples.distances[part, None], samples.lengths[part, None], samples.points[part]], dim=-1)


def _walk(rays: Rays, ray: int, edges: np.ndarray, occupancy: OccupancyGrid, shift: float) -> tuple[np.ndarray, bool]:
    """March one ray in double precision; False where a sample is too near a cell's face to tell its side."""
    origin, direction = rays.origins[ray].double().numpy(), rays.directions[ray].double().numpy()
    t = edges[:-1] + shift * np.diff(edges)
    x = (origin + t[:, None] * direction - BOUNDS.centre) / BOUNDS.half_extent
    radius = np.abs(x).max(axis=1, keepdims=True)
    u = (np.where(radius <= 1, x, (2 - 1 / radius) * x / radius) + 2) / 4
    r = occupancy.resolution
    i, j, k = np.clip((u * r).astype(int), 0, r - 1).T
    hit = occupancy.occupied.numpy()[i + r * (j + r * k)] & (edges[:-1] <= float(rays.ends[ray]))
    # So far away everything is in the outermost cells, just inside the cube.
    clear = (np.abs(u * r - np.round(u * r)).min(axis=1) > 1e-4) | (radius[:, 0] > 100)
    return np.column_stack([t, np.diff(edges), u])[hit], bool(clear.all())


@pytest.mark.parametrize(("share", "middle"), [(1.0, False), (0.5, False), (0.5, True)])
def test_marching_finds_what_a_walk_in_double_precision_finds(share: float, middle: bool):
    rays, occupancy = _rays(), _occupancy(share, middle=middle)
    edges = interval_edges(BOUNDS, STEP, 5.0)
    jitter = torch.rand(len(rays), generator=torch.Generator().manual_seed(5))
    kernel = march_rays(rays, BOUNDS, edges, occupancy, jitter)
    twin = march_reference(rays, BOUNDS, edges, occupancy, jitter, chunk=128)
    compared = 0
    for ray in range(len(rays)):
        expected, clear = _walk(rays, ray, edges.double().numpy(), occupancy, float(jitter[ray]))
        if not clear:
            continue
        compared += len(expected)
        for samples in (kernel, twin):
            found = _of_ray(samples, ray)
            assert found.shape == expected.shape
            torch.testing.assert_close(found, torch.from_numpy(expected).float(), rtol=1e-5, atol=1e-5)
    assert compared > (50 if middle else 10_000)
    assert torch.equal(kernel.rays, torch.repeat_interleave(torch.arange(len(rays)), kernel.starts.diff()))


def test_intervals_fill_the_ray_from_the_camera_to_a_thousand_half_extents():
    edges = interval_edges(BOUNDS, STEP, 5.0)
    lengths = edges.diff()
    assert float(edges[0]) == 0 and bool((lengths > 0).all())
    assert float(lengths[edges[1:] <= 5.0].max()) == pytest.approx(STEP * 1.5, rel=1e-4)
    assert float(edges[-1]) > FARTHEST * 1.5


def test_no_occupied_cell_means_no_sample():
    occupancy = _occupancy(1.0)
    occupancy.allow_only(torch.zeros(16**3, dtype=torch.bool))
    samples = march_rays(_rays(), BOUNDS, interval_edges(BOUNDS, STEP, 5.0), occupancy, torch.full((300,), 0.5))
    assert len(samples) == 0 and samples.starts.tolist() == [0] * 301


def test_rays_of_a_camera_pass_through_the_points_that_project_to_its_pixels():
    camera = Camera.from_fov(fov_x=1.0, width=20, height=16)
    pose = np.eye(4)
    pose[:3, 3] = (1, 2, 3)
    rays = camera_rays(camera, pose, pixel_positions(torch.arange(320), camera))
    depth = 2.5
    points = rays.origins + (depth / rays.depth_per_metre)[:, None] * rays.directions
    expected = torch.from_numpy(camera.rays().reshape(-1, 3) * depth) + torch.tensor([1.0, 2.0, 3.0])
    torch.testing.assert_close(points, expected.float(), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(rays.directions.norm(dim=-1), torch.ones(320))


def test_depth_says_where_surfaces_may_be(cube_capture: Capture):
    """Every surface point lies in an allowed cell, and the empty middle of the cube in none."""
    bounds, resolution = Bounds(centre=(0.0, 0.0, 0.0), half_extent=1.0), 32
    views = TrainingViews(cube_capture)
    edges = interval_edges(bounds, 1 / 32, 4.0)
    cells = cells_with_surfaces((views.training_view(i) for i in range(12)), bounds, resolution, edges)
    assert cells is not None
    occupancy = OccupancyGrid(resolution)
    occupancy.allow_only(cells.allowed)
    landed = torch.zeros_like(cells.measured)
    for index in range(12):
        view = views.training_view(index)
        assert view.depth is not None
        rays = camera_rays(view.camera, view.world_from_camera, pixel_positions(torch.arange(48 * 40), view.camera))
        distance = view.depth.reshape(-1) / rays.depth_per_metre
        points = rays.origins + distance[:, None] * rays.directions
        assert bool(occupancy.at(contract(points, bounds)).all())
        landed[occupancy.cells(contract(points, bounds))] = True
    # Rounding may put a point on a cell's border to either side.
    assert int((landed ^ cells.measured).sum()) <= 0.01 * int(landed.sum())
    inside = torch.rand(200, 3, generator=torch.Generator().manual_seed(0)) - 0.5
    assert not bool(occupancy.at(contract(inside, bounds)).any())


def test_without_depth_nothing_is_known_of_surfaces_and_without_some_their_rays_stay_open(cube_capture: Capture):
    bounds, resolution = Bounds(centre=(0.0, 0.0, 0.0), half_extent=1.0), 32
    edges = interval_edges(bounds, 1 / 32, 4.0)
    views = TrainingViews(cube_capture)
    blind = dataclasses.replace(views.training_view(0), depth=None)
    assert cells_with_surfaces([blind], bounds, resolution, edges) is None
    cells = cells_with_surfaces([blind, views.training_view(6)], bounds, resolution, edges)
    assert cells is not None
    occupancy = OccupancyGrid(resolution)
    occupancy.allow_only(cells.allowed)
    # The middle ray of the blind view meets a wall that no other view measured: all the way there stays allowed.
    rays = camera_rays(blind.camera, blind.world_from_camera, torch.tensor([[24.5, 20.5]]))
    distances = torch.linspace(0.5, 1.2, 8)
    assert bool(occupancy.at(contract(rays.origins + distances[:, None] * rays.directions, bounds)).all())


def test_a_small_hole_in_depth_lies_between_the_depths_around_it_and_a_large_one_is_open(cube_capture: Capture):
    """Of a hole's rays only the wall's cells are open; were the hole nothing known, so would be all before the wall."""
    bounds, resolution = Bounds(centre=(0.0, 0.0, 0.0), half_extent=1.0), 32
    edges = interval_edges(bounds, 1 / 32, 4.0)
    view = TrainingViews(cube_capture).training_view(0)
    assert view.depth is not None
    depth = view.depth
    pierced, blinded = depth.clone(), depth.clone()
    pierced[19:22, 23:26] = 0
    blinded[10:30, 14:34] = 0

    def opened(known: Tensor) -> Tensor:
        cells = cells_with_surfaces([dataclasses.replace(view, depth=known)], bounds, resolution, edges)
        assert cells is not None
        return cells.allowed

    whole = opened(depth)
    # A hole's own surface stays open, and nothing far from it opens.
    assert bool(opened(pierced)[whole].float().mean() > 0.98) and int((opened(pierced) & ~whole).sum()) == 0
    assert int((opened(blinded) & ~whole).sum()) > 400


def test_samples_far_away_stay_inside_the_cube():
    samples = march_rays(_rays(), BOUNDS, interval_edges(BOUNDS, STEP, 5.0), _occupancy(1.0), torch.rand(300))
    assert float(samples.distances.max()) > 100 * math.sqrt(3)
    assert float(samples.points.min()) >= 0 and float(samples.points.max()) <= 1
