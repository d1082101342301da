import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vantage.fields import Bounds, HashGrid, HashGridSettings, hash_grid_reference
from vantage.fields.contraction import contract

SMALL = HashGridSettings(levels=4, features=2, log2_table=8, coarsest=3, finest=24)


def _grid(settings_: HashGridSettings = SMALL) -> HashGrid:
    generator = torch.Generator().manual_seed(1)
    grid = HashGrid(settings_, generator)
    with torch.no_grad():
        grid.table.copy_(torch.randn(grid.table.shape, generator=generator))
    return grid


def test_kernels_match_the_torch_twin_in_value_and_gradient():
    grid = _grid()
    generator = torch.Generator().manual_seed(2)
    base = torch.rand(500, 3, generator=generator)
    # The cube's corners and faces are where an index could leave its table.
    base[0], base[1], base[2, 0] = 0.0, 1.0, 1.0
    weights = torch.randn(500, SMALL.width, generator=generator)
    gradients = []
    for encode in (grid, lambda p: hash_grid_reference(p, grid.table, grid.layout)):
        points = base.clone().requires_grad_()
        grid.table.grad = None
        out = encode(points)
        (out * weights).sum().backward()
        assert points.grad is not None and grid.table.grad is not None
        gradients.append((out.detach(), points.grad, grid.table.grad.clone()))
    for kernel, twin in zip(*gradients, strict=True):
        torch.testing.assert_close(kernel, twin, rtol=1e-4, atol=1e-4)


def test_twin_passes_gradcheck_in_float64():
    grid = _grid(HashGridSettings(levels=2, features=1, log2_table=5, coarsest=2, finest=6))
    table = grid.table.detach().double().requires_grad_()
    # Away from cell faces, where trilinear interpolation has a kink.
    points = torch.tensor([[0.31, 0.47, 0.72], [0.11, 0.93, 0.58]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda p, t: hash_grid_reference(p, t, grid.layout), (points, table))


def test_a_dense_level_reproduces_a_linear_function():
    grid = HashGrid(HashGridSettings(levels=1, features=1, log2_table=12, coarsest=8, finest=8), torch.Generator())
    axis = torch.arange(9) / 8
    z, y, x = torch.meshgrid(axis, axis, axis, indexing="ij")
    with torch.no_grad():
        grid.table.copy_((x + 2 * y - 3 * z).reshape(-1, 1))
    points = torch.rand(100, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(grid(points)[:, 0], points @ torch.tensor([1.0, 2.0, -3.0]), rtol=0, atol=1e-5)


def test_the_bytes_do_not_depend_on_the_number_of_threads():
    import numba

    grid = _grid()
    points = torch.rand(2000, 3, generator=torch.Generator().manual_seed(3))
    before = numba.get_num_threads()
    results = []
    try:
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(threads)
            grid.table.grad = None
            out = grid(points)
            out.square().sum().backward()
            assert grid.table.grad is not None
            results.append((out.detach().numpy().tobytes(), grid.table.grad.numpy().tobytes()))
    finally:
        numba.set_num_threads(before)
    assert results[0] == results[1]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3))
def test_contraction_keeps_every_point_apart_and_inside(point: list[float]):
    bounds = Bounds(centre=(1.0, -2.0, 0.5), half_extent=3.0)
    inside = contract(torch.tensor([point], dtype=torch.float64), bounds)
    assert bool(((inside >= 0) & (inside <= 1)).all())
    # Twice as far from the centre along the same ray is farther from the cube's centre too: nothing is clamped.
    farther = torch.from_numpy(2 * np.array([point]) - np.array([bounds.centre]))
    near, far = ((contract(p, bounds) - 0.5).abs().max() for p in (torch.tensor([point], dtype=torch.float64), farther))
    # Closer than a nanometre to the centre, rounding decides.
    assert float(far) > float(near) or np.abs(np.array(point) - np.array(bounds.centre)).max() < 1e-9


def test_contraction_is_linear_inside_the_bounds():
    bounds = Bounds(centre=(1.0, -2.0, 0.5), half_extent=3.0)
    points = torch.tensor([[1.0, -2.0, 0.5], [4.0, -2.0, 0.5], [-2.0, -5.0, -2.5]])
    expected = torch.tensor([[0.5, 0.5, 0.5], [0.75, 0.5, 0.5], [0.25, 0.25, 0.25]])
    torch.testing.assert_close(contract(points, bounds), expected)


@pytest.mark.parametrize("levels", [1, 2, 12])
def test_resolutions_span_coarsest_to_finest(levels: int):
    resolutions = HashGridSettings(levels=levels, coarsest=8, finest=256).resolutions()
    assert resolutions[0] == 8 and resolutions == sorted(resolutions) and len(resolutions) == levels
    assert levels == 1 or resolutions[-1] == 256
