"""Small things: real sizes, whole objects, free containers, and variants that differ."""

import time

import numpy as np
import pytest

from vantage.rooms.catalogue import CATALOGUE
from vantage.rooms.catalogue.small_things import SMALL_THINGS
from vantage.rooms.held_out import COLOURS as HELD_OUT_COLOURS
from vantage.rooms.held_out import MATERIALS as HELD_OUT_MATERIALS
from vantage.rooms.held_out import NOVEL_WORDS
from vantage.rooms.layout.kinds import ROOM_KINDS
from vantage.rooms.looks.colours import BASIC_COLOURS
from vantage.rooms.looks.materials import MATERIALS
from vantage.rooms.shapes.blueprint import Blueprint
from vantage.rooms.shapes.part_names import PART_NAMES
from vantage.rooms.shapes.primitives import Box, Frustum
from vantage.rooms.shapes.prisms import Prism, ellipse, regular, rounded

VARIANTS = [(name, variant) for name, category in SMALL_THINGS.items() for variant in category.variants]

SURFACES = {
    *("table", "desk", "counter", "workbench", "sideboard", "shelf", "seat", "bed", "tv", "floor", "wall", "group"),
    *("cabinet", "fridge", "oven", "drum", "safe", "drawer", "bin", "sink", "vessel", "plate", "pan"),
}
"""Kinds of support that furniture, rooms and vessels have."""

MOST_TRIANGLES = 2500
"""So that a room of a hundred objects stays under a quarter of a million."""
MOST_TRIANGLES_USUAL = 1500
"""What all but plush toys, plants and the like keep to."""
RICH = {"teddy bear", "house plant", "vase", "cactus", "backpack", "ring toy", "globe", "guitar", "saw", "camera"}


def build(name: str, variant: str, seed: int) -> Blueprint:
    return SMALL_THINGS[name].build(np.random.default_rng(seed), variant)


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_it_stands_centred_and_has_its_real_size(name: str, variant: str) -> None:
    low_limit, high_limit = SMALL_THINGS[name].size
    for seed in range(6):
        low, high = build(name, variant, seed).bounds
        assert low[2] == pytest.approx(0, abs=1e-9)
        assert np.allclose(low[:2], -high[:2], atol=1e-9)
        assert low_limit <= (high - low).max() <= high_limit


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_parts_are_named_and_touch_one_another(name: str, variant: str) -> None:
    for seed in range(3):
        blueprint = build(name, variant, seed)
        assert {part.name for part in blueprint.parts} <= set(PART_NAMES) - {"nothing"}
        boxes = [(vertices.min(axis=0) - 0.002, vertices.max(axis=0) + 0.002) for vertices, _ in blueprint.meshes]
        reached, border = {0}, [0]
        while border:
            low, high = boxes[border.pop()]
            near = [k for k, (a, b) in enumerate(boxes) if k not in reached and np.all(a <= high) and np.all(b >= low)]
            reached.update(near)
            border += near
        floating = [blueprint.parts[k].name for k in range(len(boxes)) if k not in reached]
        assert not floating


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_slots_and_triangles(name: str, variant: str) -> None:
    blueprint = build(name, variant, 1)
    triangles = sum(len(faces) for _, faces in blueprint.meshes)
    assert triangles <= (MOST_TRIANGLES if name in RICH else MOST_TRIANGLES_USUAL)
    for slot in {part.slot for part in blueprint.parts} - {"main", "main glow"}:
        material, colour, *rest = slot.split()
        assert material in MATERIALS and material not in HELD_OUT_MATERIALS
        assert colour in BASIC_COLOURS and colour not in HELD_OUT_COLOURS
        assert rest in ([], ["glow"])


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_supports_lie_on_something_solid_and_are_free_above(name: str, variant: str) -> None:
    for seed in range(3):
        blueprint = build(name, variant, seed)
        for support in blueprint.supports:
            spread = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) * 0.9
            spots = np.column_stack(
                [
                    support.x + spread[:, 0] * support.half_x,
                    support.y + spread[:, 1] * support.half_y,
                    np.full(5, support.z),
                ]
            )
            assert blueprint.inside(spots - [0, 0, 0.003]).all(), support
            assert not blueprint.inside(spots + [0, 0, 0.004]).any(), support


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_containers_are_free_inside(name: str, variant: str) -> None:
    for seed in range(3):
        blueprint = build(name, variant, seed)
        for container in blueprint.containers:
            shape = container.shape
            assert isinstance(shape, Box | Frustum)
            if isinstance(shape, Box):
                low, high = -np.array([shape.x, shape.y, shape.z]) / 2, np.array([shape.x, shape.y, shape.z]) / 2
            else:
                radius = max(shape.radius_low, shape.radius_high)
                low, high = np.array([-radius, -radius, 0.0]), np.array([radius, radius, shape.height])
            points = (
                np.random.default_rng(seed).uniform(low, high, size=(2000, 3)) + container.object_from_container[:3, 3]
            )
            held = points[container.inside(points)]
            assert len(held) > 500
            assert blueprint.inside(held).mean() < 0.02


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_its_entry_is_complete(name: str) -> None:
    category = SMALL_THINGS[name]
    assert CATALOGUE[name] is category
    assert len(category.variants) >= 3
    assert set(category.rooms) <= set(ROOM_KINDS)
    for place in category.places:
        assert place in SURFACES or (place.startswith("stack ") and place.removeprefix("stack ") in CATALOGUE)
    assert len(category.synonyms) >= 1 or name in ("books", "apple", "banana")
    assert name not in category.synonyms
    if name in NOVEL_WORDS:
        assert NOVEL_WORDS[name] in category.synonyms
    assert set(category.looks) <= set(MATERIALS)
    assert {colour for colours in category.looks.values() for colour in colours} <= set(BASIC_COLOURS)
    kept = {
        colour
        for material, colours in category.looks.items()
        if material not in HELD_OUT_MATERIALS
        for colour in colours
        if colour not in HELD_OUT_COLOURS
    }
    several = len({colour for colours in category.looks.values() for colour in colours}) > 1
    assert len(kept) >= (2 if several else 1)


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_variants_differ_in_shape(name: str) -> None:
    """Scaled to one size about one middle, two variants share less than 97% of their volume or of their parts."""
    grid = np.stack(np.meshgrid(*[np.linspace(-0.5, 0.5, 22)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    filled: list[tuple[np.ndarray, int]] = []
    for variant in SMALL_THINGS[name].variants:
        blueprint = build(name, variant, 0)
        low, high = blueprint.bounds
        points = grid * float((high - low).max()) * 1.001 + (low + high) / 2
        inside = blueprint.inside(points)
        for other, count in filled:
            shared = (inside & other).sum() / max((inside | other).sum(), 1)
            assert shared < 0.97 or count != len(blueprint.parts)
        filled.append((inside, len(blueprint.parts)))


def test_building_is_fast() -> None:
    for name, variant in VARIANTS:
        build(name, variant, 0)
    start = time.perf_counter()
    for name, variant in VARIANTS:
        build(name, variant, 1)
    # 2 ms each on a quiet core; four times that leaves room for a busy machine.
    assert time.perf_counter() - start < 0.008 * len(VARIANTS)


@pytest.mark.parametrize(
    "prism",
    [
        Prism(((-0.1, -0.1), (0.2, -0.1), (0.0, 0.2)), 0.1),
        Prism(ellipse(0.2, 0.1, count=24), 0.1, 0.5),
        Prism(regular(6, 0.1), 0.3, 1.2),
        Prism(rounded(0.4, 0.2, 0.05), 0.05),
    ],
)
def test_prisms_have_the_volume_of_their_meshes(prism: Prism) -> None:
    trimesh = pytest.importorskip("trimesh")
    vertices, faces = prism.mesh()
    mesh = trimesh.Trimesh(vertices, faces)
    assert mesh.is_watertight and mesh.is_winding_consistent
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    points = np.random.default_rng(0).uniform(low, high, size=(100_000, 3))
    assert prism.inside(points).mean() * np.prod(high - low) == pytest.approx(mesh.volume, rel=0.02)
