"""Colour words, materials and textures: told apart, obedient to worlds, and calm at a distance."""

import numpy as np
import pytest

from vantage.rooms.held_out import UNUSUAL_SHADES, USUAL_SHADES
from vantage.rooms.looks import materials, surfaces
from vantage.rooms.looks.colours import ALL, BASIC_COLOURS, encode_srgb, named_colour
from vantage.rooms.looks.finishes import make_finish
from vantage.rooms.looks.materials import MATERIALS, PATTERN_TEXTURES, TEXTURE_MEANS
from vantage.rooms.looks.textures import sample_textures, texture_mean
from vantage.rooms.worlds import PRETRAIN, WORLDS, World

PICTURES = (materials.PICTURE, materials.OUTDOORS)
"""Textures that do not repeat."""


def lab(srgb: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* (D65) of an sRGB colour."""
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = matrix @ linear / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_colour_words_are_apart() -> None:
    centres = {name: lab(np.array(rgb)) for name, rgb in BASIC_COLOURS.items()}
    for a in ALL:
        for b in ALL:
            if a < b:
                assert np.linalg.norm(centres[a] - centres[b]) > 25, (a, b)


@pytest.mark.parametrize("shades", [(USUAL_SHADES,), UNUSUAL_SHADES])
def test_shades_keep_their_words(shades: tuple[tuple[float, float], ...]) -> None:
    rng = np.random.default_rng(0)
    references = {
        name: [lab(np.array(rgb) + abs(t) * ((t > 0) - np.array(rgb))) for t in np.linspace(-0.34, 0.34, 9)]
        for name, rgb in BASIC_COLOURS.items()
    }
    for name in ("black", "white"):
        references[name] = [lab(np.array(BASIC_COLOURS[name]))]
    for name in ALL:
        right = 0
        for _ in range(40):
            found = lab(encode_srgb(np.array(named_colour(name, rng, shades).rgb)))
            near = {other: min(np.linalg.norm(found - r) for r in rows) for other, rows in references.items()}
            right += min(near, key=lambda other: near[other]) == name
        assert right >= 34, name


def plane(extent: float) -> np.ndarray:
    steps = np.arange(240) * extent / 240
    u, v = np.meshgrid(steps, steps, indexing="ij")
    return np.stack([u.ravel(), v.ravel(), np.full(u.size, 0.37)], axis=-1)


@pytest.mark.parametrize("texture", range(len(TEXTURE_MEANS)))
def test_textures_fade_to_their_mean(texture: int) -> None:
    if texture in PICTURES:
        pytest.skip("pictures do not repeat")
    up = np.array([0.0, 0.0, 1.0])
    near = np.mean([sample_textures(texture, plane(40.3), up, seed, 0.0).mean() for seed in range(1, 5)])
    assert near == pytest.approx(texture_mean(texture), abs=0.03)
    far = sample_textures(texture, plane(40.3), up, 3, 30.0)
    assert far.mean() == pytest.approx(near, abs=0.06)
    # What is left at a distance is the slow change of tone, whose neighbours agree.
    rows = far.reshape(240, 240)
    assert np.abs(np.diff(rows, axis=0)).mean() < 0.04


def test_textures_depend_on_their_seed_and_stay_in_range() -> None:
    up = np.array([0.0, 0.0, 1.0])
    for texture in range(len(TEXTURE_MEANS)):
        a, b, c = (sample_textures(texture, plane(3.1) - 1.5, up, seed, 0.02) for seed in (4, 4, 7))
        assert np.array_equal(a, b)
        assert a.min() >= 0 and a.max() <= 1
        regular = (materials.PLAIN, materials.CHECKS, materials.DOTS, materials.ZIGZAG, materials.PAGES)
        assert np.array_equal(a, c) == (texture in regular), texture


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS.keys())
def test_surfaces_obey_their_world(world: World) -> None:
    rng = np.random.default_rng(1)
    for _ in range(300):
        for finish in (surfaces.wall_finish(rng, world), surfaces.floor_finish(rng, world)):
            assert finish.material in MATERIALS and finish.material not in world.without_materials
            assert finish.pattern not in world.without_patterns
            assert finish.colour.name not in world.without_colours


def test_every_material_is_drawn_in_every_pattern_it_has() -> None:
    rng = np.random.default_rng(2)
    for name, stuff in MATERIALS.items():
        drawn = {make_finish(name, "blue", rng).pattern for _ in range(200)}
        assert drawn == {"plain", *stuff.patterns}
        assert set(stuff.patterns) <= set(PATTERN_TEXTURES)
        assert make_finish(name, "blue", rng, patterned=False, world=PRETRAIN).pattern == "plain"
