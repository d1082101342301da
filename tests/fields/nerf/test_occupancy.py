import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vantage.errors import DataError
from vantage.fields.nerf.occupancy import OccupancyGrid, pack_bits, unpack_bits

RESOLUTION = 8


def _points(count: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(count, 3, generator=torch.Generator().manual_seed(seed))


def test_kernel_and_twin_learn_the_same_densities():
    grids = (OccupancyGrid(RESOLUTION), OccupancyGrid(RESOLUTION))
    for round_number in range(5):
        points, densities = _points(600, round_number), torch.rand(600, generator=torch.Generator().manual_seed(99))
        grids[0].observe(points, densities, decay=0.9, threshold=0.6)
        grids[1].observe_reference(points, densities, decay=0.9, threshold=0.6)
    torch.testing.assert_close(grids[0].density, grids[1].density)
    assert torch.equal(grids[0].occupied, grids[1].occupied)
    assert 0 < int(grids[0].occupied.sum()) < RESOLUTION**3


def test_a_cell_seen_empty_is_forgotten_and_one_seen_full_comes_back():
    grid = OccupancyGrid(RESOLUTION)
    point, other = torch.tensor([[0.3, 0.6, 0.9]]), torch.tensor([[0.9, 0.1, 0.1]])
    grid.observe(point, torch.tensor([1.0]), decay=0.5, threshold=0.2)
    assert bool(grid.at(point))
    seen = []
    for _ in range(4):
        grid.observe(point, torch.zeros(1), decay=0.5, threshold=0.2)
        seen.append(bool(grid.at(point)))
    # 0.5, 0.25, 0.125: below 0.2 at the third look.
    assert seen == [True, True, False, False]
    assert bool(grid.at(other))
    grid.observe(point, torch.tensor([0.3]), decay=0.5, threshold=0.2)
    assert bool(grid.at(point))


def test_only_allowed_cells_that_are_empty_are_looked_into():
    grid = OccupancyGrid(RESOLUTION)
    allowed = torch.rand(RESOLUTION**3, generator=torch.Generator().manual_seed(1)) < 0.5
    grid.allow_only(allowed)
    assert torch.equal(grid.occupied, allowed)
    assert len(grid.random_empty_points(1000, torch.Generator().manual_seed(2))) == 0
    grid.observe(_points(3000), torch.zeros(3000), decay=0.0, threshold=0.1)
    points = grid.random_empty_points(1000, torch.Generator().manual_seed(2))
    assert len(points) > 300
    assert bool(grid.allowed[grid.cells(points)].all()) and not bool(grid.at(points).any())


def test_cells_that_are_held_open_stay_so_whatever_is_seen_in_them():
    grid, again = OccupancyGrid(RESOLUTION), OccupancyGrid(RESOLUTION)
    allowed = torch.rand(RESOLUTION**3, generator=torch.Generator().manual_seed(1)) < 0.5
    held = torch.rand(RESOLUTION**3, generator=torch.Generator().manual_seed(2)) < 0.3
    grid.allow_only(allowed)
    grid.hold_open(held)
    for grid_now in (grid, again):
        for seed in range(3):
            grid_now.observe(_points(6000, seed), torch.zeros(6000), decay=0.1, threshold=0.5)
            grid_now.observe_reference(_points(6000, seed), torch.zeros(6000), decay=0.1, threshold=0.5)
        assert torch.equal(grid_now.occupied, held & allowed)
        # What a checkpoint keeps holds them open too.
        again.load_state_tensors(grid.state_tensors())


def test_the_box_holds_the_occupied_cells_and_leaves_what_is_contracted_open():
    grid = OccupancyGrid(RESOLUTION)
    cells = torch.zeros(RESOLUTION, RESOLUTION, RESOLUTION, dtype=torch.bool)
    cells[3, 4, 0:5] = True  # z, y, x
    grid.allow_only(cells.reshape(-1))
    # Eight cells span four half-extents, from -2 to 2.
    assert grid.box.tolist() == [[-torch.inf, 0.0, -0.5], [0.5, 0.5, 0.0]]


@given(st.lists(st.booleans(), max_size=70))
def test_bits_survive_packing(flags: list[bool]):
    tensor = torch.tensor(flags, dtype=torch.bool)
    assert torch.equal(unpack_bits(pack_bits(tensor), len(flags)), tensor)


def test_bits_of_another_grid_are_refused():
    grid = OccupancyGrid(RESOLUTION)
    with pytest.raises(DataError, match="512 cells; expected 64 bytes"):
        grid.load_state_tensors({"occupied": torch.zeros(63, dtype=torch.uint8)})
    with pytest.raises(DataError, match="float32"):
        grid.load_state_tensors({"occupied": torch.zeros(64)})


def test_state_survives_a_round_trip():
    grid, again = OccupancyGrid(RESOLUTION), OccupancyGrid(RESOLUTION)
    grid.allow_only(torch.rand(RESOLUTION**3, generator=torch.Generator().manual_seed(1)) < 0.5)
    grid.observe(_points(200), torch.rand(200), decay=0.9, threshold=0.5)
    again.load_state_tensors(grid.state_tensors())
    for name in ("allowed", "occupied", "box"):
        assert torch.equal(getattr(grid, name), getattr(again, name)), name
    assert torch.equal(grid.density * grid.allowed, again.density)
