"""Many rooms, judged from sampled matter: nothing shares space, nothing floats, all is in the plan, relations are true.

Thirty rooms by default, 3 % of what it is for: `VANTAGE_ROOMS=1000` checks a thousand. Nothing here uses the prisms and
footprints by which rooms are laid out: points are drawn in the parts and asked of the shapes' inside tests.
"""

import dataclasses
import os
from collections import Counter

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vantage.rooms import Room, make_room
from vantage.rooms.scene import RoomObject
from vantage.rooms.truth.occupancy import container_occupancy, occupancy, other_occupancy
from vantage.rooms.truth.relations import Relation, beside_relations, carried_relations

ROOMS = int(os.environ.get("VANTAGE_ROOMS", "30"))
FIRST_SEED = 901_000
DEPTH = 0.005
"""Metres by which things may reach into each other, or stand off what carries them."""
SAMPLES = 60
"""Points drawn in each part."""

SHELL = np.array([[x, y, z] for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if x or y or z], dtype=float)
SHELL *= DEPTH / np.linalg.norm(SHELL, axis=1, keepdims=True)
"""Steps of 5 mm in 26 directions."""


@dataclasses.dataclass
class Findings:
    """What is wrong in all rooms, a line each, and what was looked at."""

    overlaps: list[str] = dataclasses.field(default_factory=list)
    floating: list[str] = dataclasses.field(default_factory=list)
    outside: list[str] = dataclasses.field(default_factory=list)
    untrue: list[str] = dataclasses.field(default_factory=list)
    objects: Counter[str] = dataclasses.field(default_factory=Counter)
    pairs: int = 0
    relations: Counter[str] = dataclasses.field(default_factory=Counter)


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def findings() -> Findings:
    result = Findings()
    for seed in range(FIRST_SEED, FIRST_SEED + ROOMS):
        room = make_room(seed)
        rng = np.random.default_rng(seed)
        points, owners = solid_points(room, rng)
        check_overlaps(room, points, owners, result)
        for thing in room.objects:
            if not thing.structure:
                check_support(room, thing, result)
                check_plan(room, thing, result)
        check_relations(room, points, owners, result)
        result.objects.update(thing.category for thing in room.objects)
    return result


def name(room: Room, *instances: int) -> str:
    return f"{room.seed}: " + " / ".join(f"{room.thing(i).category} {i} ({room.thing(i).variant})" for i in instances)


def solid_points(room: Room, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw points in the solid parts of everything that is not structure; return them with their owners."""
    points, owners = [], []
    for thing in room.objects:
        if thing.structure:
            continue
        for part, (low, high) in zip(thing.blueprint.parts, thing.blueprint.part_bounds, strict=True):
            local = rng.uniform(low, high, size=(SAMPLES, 3))
            local = local[part.inside(local)]
            if len(local) < SAMPLES // 10:
                more = rng.uniform(low, high, size=(10 * SAMPLES, 3))
                local = np.concatenate([local, more[part.inside(more)]])
            points.append(local @ thing.world_from_object[:3, :3].T + np.array(thing.position))
            owners.append(np.full(len(local), thing.instance, dtype=np.int32))
    return np.concatenate(points), np.concatenate(owners)


def check_overlaps(room: Room, points: np.ndarray, owners: np.ndarray, result: Findings) -> None:
    """Find points that lie 5 mm and more within their object and also in another object's solid matter."""
    others = other_occupancy(room, points, owners)
    deep = np.zeros(len(points), dtype=bool)
    for owner in np.unique(owners[others > 0]):
        mine = np.nonzero((owners == owner) & (others > 0))[0]
        around = (points[mine][:, None] + SHELL).reshape(-1, 3)
        deep[mine] = room.thing(int(owner)).inside(around).reshape(len(mine), -1).all(axis=1)
    pairs = Counter((min(a, b), max(a, b)) for a, b in zip(owners[deep], others[deep], strict=True))
    result.overlaps += [f"{name(room, int(a), int(b))}: {n} points" for (a, b), n in pairs.items()]
    result.pairs += len(room.objects) * (len(room.objects) - 1) // 2


def check_support(room: Room, thing: RoomObject, result: Findings) -> None:
    """Let the lowest points of the mesh rest on matter within 5 mm, with their own middle amid those that do."""
    vertices = np.concatenate([mesh[0] for mesh in thing.blueprint.meshes])
    vertices = vertices @ thing.world_from_object[:3, :3].T + np.array(thing.position)
    lowest = vertices[vertices[:, 2] < vertices[:, 2].min() + 0.002]
    # Between its lowest points a thing may rest as well: a round base has none in its middle, a rack is of wires.
    rng = np.random.default_rng(thing.instance)
    shares = rng.dirichlet(np.ones(3), size=400)
    feet = np.einsum("ij,ijk->ik", shares, lowest[rng.integers(len(lowest), size=(400, 3))])
    feet = np.concatenate([lowest, feet])
    resting = np.zeros(len(feet), dtype=bool)
    for drop in (0.001, 0.003, DEPTH):
        below = feet - [0, 0, drop]
        found = other_occupancy(room, below, np.full(len(below), thing.instance, dtype=np.int32))
        resting |= found == thing.carrier if thing.carrier else found > 0
    if resting.any() and overhang(lowest.mean(axis=0)[:2], feet[resting][:, :2]) < 0.01:
        return
    if not thing.carrier and touches_wall(room, thing, vertices):
        return
    result.floating.append(f"{name(room, thing.instance)} on {thing.carrier}: {resting.mean():.3f} of its feet rest")


def overhang(point: np.ndarray, feet: np.ndarray) -> float:
    """Return how far a floor point lies outside the convex hull of others (support function in 72 directions)."""
    angles = np.arange(72) * (2 * np.pi / 72)
    directions = np.stack([np.cos(angles), np.sin(angles)])
    return float((point @ directions - (feet @ directions).max(axis=0)).max())


def touches_wall(room: Room, thing: RoomObject, vertices: np.ndarray) -> bool:
    """Tell whether an object is within 5 mm of a wall: some of its mesh, moved so far, lies outside the plan."""
    level = SHELL[np.abs(SHELL[:, 2]) < 1e-9]
    return any(not room.plan.contains((vertices + step)[:, :2]).all() for step in level)


def check_plan(room: Room, thing: RoomObject, result: Findings) -> None:
    vertices = np.concatenate([mesh[0] for mesh in thing.blueprint.meshes])
    vertices = vertices @ thing.world_from_object[:3, :3].T + np.array(thing.position)
    within = room.plan.contains(vertices[:, :2], -0.001).all()
    if not within or vertices[:, 2].max() > room.height or vertices[:, 2].min() < -0.001:
        result.outside.append(name(room, thing.instance))


def check_relations(room: Room, points: np.ndarray, owners: np.ndarray, result: Findings) -> None:
    """Judge what a room's relations say by the sampled matter of the two objects."""
    for edge in (*carried_relations(room), *beside_relations(room)):
        result.relations[edge.predicate] += 1
        mine, other = points[owners == edge.subject], points[owners == edge.object]
        if len(mine) < 5 or len(other) < 5:
            result.untrue.append(f"{name(room, edge.subject, edge.object)}: too little matter to sample")
            continue
        if edge.predicate == "inside":
            base = mine[mine[:, 2] < mine[:, 2].min() + 0.25 * np.ptp(mine[:, 2]) + 1e-6]
            held = container_occupancy(room, edge.object, mine)
            true = held.mean() > 0.5 or container_occupancy(room, edge.object, base).mean() > 0.5
        elif edge.predicate == "on top of":
            held = container_occupancy(room, edge.object, mine)
            true = held.mean() < 0.5 and rests_on(room, mine, edge)
        elif edge.predicate == "under":
            true = is_roofed(room, mine, edge.object)
        else:
            # Few samples of large furniture lie at its edges; its mesh is asked where they seem too far.
            true = nearest(mine, other) < 0.6 or meshes_near(room, edge)
        if not true:
            result.untrue.append(f"{name(room, edge.subject, edge.object)}: not {edge.predicate}")


def rests_on(room: Room, mine: np.ndarray, edge: Relation) -> bool:
    """Tell whether the carrier's matter lies right below some of an object's points."""
    thing, carrier = room.thing(edge.subject), room.thing(edge.object)
    bottom = thing.position[2] + min(float(vertices[:, 2].min()) for vertices, _ in thing.blueprint.meshes)
    # On wires few samples lie above matter: the corners of its mesh are asked too.
    corners = np.concatenate([mesh[0] for mesh in thing.blueprint.meshes])
    corners = corners @ thing.world_from_object[:3, :3].T + np.array(thing.position)
    level = np.concatenate([mine[:, :2], corners[:, :2]])
    hits = np.zeros(len(level), dtype=bool)
    for drop in (0.001, 0.003, DEPTH):
        hits |= carrier.inside(np.column_stack([level, np.full(len(level), bottom - drop)]))
    return bool(hits.any())


def is_roofed(room: Room, mine: np.ndarray, roof: int) -> bool:
    """Tell whether matter of the roof lies above a good part of an object's points."""
    thing = room.thing(roof)
    top = mine[:, 2].max()
    mine = mine[:: max(1, len(mine) // 100)]
    hits = np.zeros(len(mine), dtype=bool)
    for z in np.arange(top, thing.footprint.high + 0.01, 0.01):
        hits |= thing.inside(np.column_stack([mine[:, :2], np.full(len(mine), z)]))
    return bool(hits.mean() > 0.2)


def meshes_near(room: Room, edge: Relation) -> bool:
    """Tell whether two objects' meshes come within 0.6 m of each other, seen from above."""
    return nearest(surface(room.thing(edge.subject)), surface(room.thing(edge.object))) < 0.6


def surface(thing: RoomObject) -> np.ndarray:
    """Return floor points of an object's mesh: its vertices and points along its edges, 5 cm apart at most."""
    found = []
    for vertices, faces in thing.blueprint.meshes:
        ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
        a, b = vertices[ends[:, 0], :2], vertices[ends[:, 1], :2]
        steps = int(np.ceil(np.linalg.norm(b - a, axis=1).max() / 0.05)) + 1
        found += [a + share * (b - a) for share in np.linspace(0, 1, steps)]
    flat = np.concatenate(found)
    return flat @ thing.world_from_object[:2, :2].T + np.array(thing.position[:2])


def nearest(a: np.ndarray, b: np.ndarray) -> float:
    """Return the least level distance between two sets of points."""
    return float(cKDTree(a[:, :2]).query(b[:, :2])[0].min())


def told(lines: list[str]) -> str:
    return f"{len(lines)} in {ROOMS} rooms\n" + "\n".join(lines[:40])


def test_no_two_objects_share_space(findings: Findings) -> None:
    assert not findings.overlaps, told(findings.overlaps)
    assert findings.pairs > 300 * ROOMS


def test_nothing_floats(findings: Findings) -> None:
    assert not findings.floating, told(findings.floating)


def test_everything_is_within_the_plan(findings: Findings) -> None:
    assert not findings.outside, told(findings.outside)


def test_every_relation_is_true(findings: Findings) -> None:
    assert not findings.untrue, told(findings.untrue)
    assert set(findings.relations) == {"inside", "on top of", "under", "next to"}
    assert findings.relations["inside"] > 2 * ROOMS and findings.relations["on top of"] > 5 * ROOMS


def test_every_class_appears(findings: Findings) -> None:
    missing = set(make_room(FIRST_SEED).class_names[1:]) - set(findings.objects)
    assert not missing or ROOMS < 300, f"never seen in {ROOMS} rooms: {sorted(missing)}"
    assert len(findings.objects) > 50


def test_air_is_empty() -> None:
    """The points of the checks above mean something: a lifted object is found out."""
    room = make_room(FIRST_SEED)
    thing = next(t for t in room.objects if t.carrier)
    lifted = dataclasses.replace(thing, position=(*thing.position[:2], thing.position[2] + 0.02))
    objects = tuple(lifted if t is thing else t for t in room.objects)
    result = Findings()
    check_support(dataclasses.replace(room, objects=objects), lifted, result)
    assert result.floating
    sunk = dataclasses.replace(thing, position=(*thing.position[:2], thing.position[2] - 0.02))
    other = dataclasses.replace(room, objects=tuple(sunk if t is thing else t for t in room.objects))
    check_overlaps(other, *solid_points(other, np.random.default_rng(0)), result)
    assert result.overlaps
    assert not occupancy(room, np.array([[0.0, 0.0, room.height - 0.3]])).any()
