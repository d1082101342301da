"""Occupancy against the shapes' own inside tests, against ray parity on the meshes, and against itself."""

import numpy as np
import pytest
import trimesh

from vantage.errors import UsageError
from vantage.rooms import Room, make_room
from vantage.rooms.scene import RoomObject
from vantage.rooms.shapes.part_names import PART_NAMES
from vantage.rooms.truth.occupancy import (
    cell_centres,
    container_occupancy,
    label_grid,
    label_points,
    occupancy,
    occupancy_grid,
    other_occupancy,
)

SEEDS = range(900_200, 900_206)
POINTS = 150_000
SAGITTA = 0.06
"""Share of a part's second longest half side by which its facets may leave it: ten-sided tubes reach 1 - cos(18 deg) =
5%, and a bent one a little more where it turns."""


@pytest.fixture(scope="module")
def rooms() -> list[Room]:
    return [make_room(seed) for seed in SEEDS]


def points_in(room: Room, count: int, seed: int) -> np.ndarray:
    """Draw points: half all over the room and its walls, half about its objects."""
    rng = np.random.default_rng(seed)
    reach = np.array(room.size) / 2 + 0.1
    anywhere = rng.uniform(-reach, reach, size=(count // 2, 3)) + [0, 0, room.size[2] / 2]
    things = [thing for thing in room.objects if not thing.structure]
    chosen = rng.integers(len(things), size=count - count // 2)
    near = np.empty((len(chosen), 3))
    for k, thing in enumerate(things):
        mine = chosen == k
        local = rng.uniform(-0.55, 0.55, size=(int(mine.sum()), 3)) * np.array(thing.box.size)
        near[mine] = local @ np.array(thing.box.rotation).T + np.array(thing.box.centre)
    return np.concatenate([anywhere, near])


def in_object_frame(thing: RoomObject, points: np.ndarray) -> np.ndarray:
    return (points - np.array(thing.position)) @ thing.world_from_object[:3, :3]


def test_kernels_equal_the_shapes_and_the_smallest_wins(rooms: list[Room]) -> None:
    filled = 0
    for room in rooms:
        points = points_in(room, POINTS // len(rooms), room.seed)
        wanted = np.zeros(len(points), dtype=np.int32)
        for thing in sorted(room.objects, key=lambda thing: -thing.box.volume):
            wanted[thing.blueprint.inside(in_object_frame(thing, points))] = thing.instance
        assert np.array_equal(occupancy(room, points), wanted)
        filled += np.count_nonzero(wanted)
    assert filled > 0.1 * POINTS


def test_occupancy_agrees_with_ray_parity(rooms: list[Room]) -> None:
    """Points within the facets' sagitta of a surface are left out: there the mesh is not the shape."""
    agreeing = asked = solid = 0
    for room in rooms:
        points = points_in(room, POINTS // len(rooms), room.seed + 1)
        found = occupancy(room, points) > 0
        parity, doubtful = np.zeros((2, len(points)), dtype=bool)
        for thing in room.objects:
            low, high = thing.blueprint.bounds
            local = in_object_frame(thing, points)
            near = np.nonzero(np.all((local > low - 0.01) & (local < high + 0.01), axis=1))[0]
            if not len(near):
                continue
            for part, (vertices, faces) in zip(thing.blueprint.parts, thing.blueprint.meshes, strict=True):
                margin = SAGITTA * float(np.sort(np.ptp(vertices, axis=0))[1]) / 2 + 1e-4
                low, high = vertices.min(axis=0) - margin, vertices.max(axis=0) + margin
                close = near[np.all((local[near] > low) & (local[near] < high), axis=1)]
                if not len(close):
                    continue
                mesh = trimesh.Trimesh(vertices, faces)
                parity[close] |= mesh.ray.contains_points(local[close])
                # Where the shape says the same a margin further on all sides, the surface is not near.
                pose = part.object_from_part
                here = part.shape.inside((local[close] - pose[:3, 3]) @ pose[:3, :3])
                for step in (*np.eye(3), *-np.eye(3)):
                    moved = local[close] + margin * step
                    doubtful[close] |= part.shape.inside((moved - pose[:3, 3]) @ pose[:3, :3]) != here
        asked += np.count_nonzero(~doubtful)
        solid += np.count_nonzero(found & ~doubtful)
        agreeing += np.count_nonzero((found == parity) & ~doubtful)
    assert asked > 90_000 and solid > 5000
    assert agreeing / asked >= 0.999


def test_a_grid_holds_what_its_cells_middles_hold(rooms: list[Room]) -> None:
    room = rooms[0]
    w, d, h = room.size
    low, high, shape = (-w / 2, -d / 2, -0.05), (w / 2, d / 2, h), (31, 29, 33)
    grid = occupancy_grid(room, low, high, shape)
    axes = cell_centres(low, high, shape)
    assert axes[0][0] == pytest.approx(low[0] + w / 62) and axes[2][-1] < high[2]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    assert np.array_equal(grid.ravel(), occupancy(room, points))
    labels = label_grid(room, low, high, shape)
    assert np.array_equal(labels.instances, grid)
    for instance in np.unique(grid[grid > 0]):
        assert set(labels.classes[grid == instance]) == {room.thing(int(instance)).class_number}
    assert not labels.parts[grid == 0].any() and labels.parts[grid > 0].all()
    with pytest.raises(UsageError, match="a low corner below the high"):
        occupancy_grid(room, high, low, shape)


def test_parts_are_told(rooms: list[Room]) -> None:
    for room in rooms[:2]:
        points = points_in(room, 2000, 5)
        labels = label_points(room, points)
        for k in np.nonzero(labels.instances)[0][:200]:
            thing = room.thing(int(labels.instances[k]))
            local = in_object_frame(thing, points[k : k + 1])
            assert PART_NAMES[labels.parts[k]] in {part.name for part in thing.blueprint.parts if part.inside(local)[0]}


def test_nobody_is_their_own_neighbour(rooms: list[Room]) -> None:
    room = rooms[0]
    points = points_in(room, 20_000, 6)
    mine = occupancy(room, points)
    others = other_occupancy(room, points, mine)
    assert not np.any((others == mine) & (mine > 0))
    assert not others[mine == 0].any()


def test_containers_hold_what_stands_in_them(rooms: list[Room]) -> None:
    inside = [(room, thing) for room in rooms for thing in room.objects if thing.container >= 0]
    assert inside
    for room, thing in inside:
        base = np.array([thing.position]) + [[0, 0, 0.002]]
        assert container_occupancy(room, thing.carrier, base, thing.container).all(), (room.seed, thing.category)
        assert container_occupancy(room, thing.carrier, base).all()
        assert not container_occupancy(room, thing.carrier, base + [[0, 0, 5.0]]).any()
    with pytest.raises(UsageError, match="container 99 of"):
        container_occupancy(inside[0][0], inside[0][1].carrier, np.zeros((1, 3)), 99)


def test_centroids_are_those_of_many_samples(rooms: list[Room]) -> None:
    rng = np.random.default_rng(9)
    for room in rooms[:2]:
        for thing in room.objects:
            local = rng.uniform(-0.5, 0.5, size=(20_000, 3)) * np.array(thing.box.size)
            points = local @ np.array(thing.box.rotation).T + np.array(thing.box.centre)
            solid = thing.blueprint.inside(in_object_frame(thing, points))
            if solid.sum() < 600:
                continue
            error = np.abs(room.solids.centroids[thing.instance - 1] - points[solid].mean(axis=0)).max()
            assert error < 0.05 * max(thing.box.size), thing.category
            volume = solid.mean() * thing.box.volume
            assert room.solids.volumes[thing.instance - 1] == pytest.approx(volume, rel=0.15)
