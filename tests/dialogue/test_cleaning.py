"""Cleaning: an oracle for the clusters, and cubes that survive bleeding masks and flying pixels."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogue.boxes import Block, perceive, pose
from vantage.dialogue import LiftSettings, lift
from vantage.dialogue.cleaning import clusters, eroded, largest_cluster, outliers, voxels


def slow_clusters(points: np.ndarray, reach: float, core: int, weights: np.ndarray) -> np.ndarray:
    """Return DBSCAN's clusters as its definition has them; a border point joins its nearest core point."""
    near = np.linalg.norm(points[:, None] - points[None], axis=-1) <= reach
    cores = (near * weights).sum(axis=1) >= core
    labels = np.full(len(points), -1)
    for start in np.flatnonzero(cores):
        if labels[start] >= 0:
            continue
        labels[start], todo = labels.max() + 1, [start]
        while todo:
            k = todo.pop()
            for other in np.flatnonzero(near[k] & cores & (labels < 0)):
                labels[other] = labels[start]
                todo.append(other)
    for k in np.flatnonzero(~cores):
        distance = np.where(cores, np.linalg.norm(points - points[k], axis=1), np.inf)
        if distance.min() <= reach:
            labels[k] = labels[np.argmin(distance)]
    return labels


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.floats(0.05, 0.6))
def test_clusters_are_dbscans(seed: int, core: int, reach: float) -> None:
    rng = np.random.default_rng(seed)
    points, weights = rng.random((40, 3)), rng.integers(1, 4, 40)
    found, expected = clusters(points, reach, core, weights), slow_clusters(points, reach, core, weights)
    np.testing.assert_array_equal(found < 0, expected < 0)
    # The same parts, whatever their numbers.
    pairs = set(zip(found.tolist(), expected.tolist(), strict=True))
    assert len(pairs) == len(set(found.tolist())) == len(set(expected.tolist()))


def test_voxels_hold_their_points() -> None:
    rng = np.random.default_rng(0)
    points = rng.random((500, 3))
    means, owner = voxels(points, 0.2)
    assert owner.max() + 1 == len(means) and np.abs(points - means[owner]).max() <= 0.2
    np.testing.assert_allclose(means[3], points[owner == 3].mean(axis=0))


def test_erosion_takes_the_edge_and_not_the_border() -> None:
    mask = np.zeros((8, 8), dtype=bool)
    mask[2:7, 0:5] = True
    assert eroded(mask, 1).sum() == 3 * 4 and eroded(mask, 0) is mask


def test_outliers_are_the_lonely_and_not_the_far_end_of_a_floor() -> None:
    camera_height, focal = 1.5, 457.0
    rows = np.arange(60, 240)
    u, v = np.meshgrid(np.arange(-80, 80), rows)
    depth = camera_height * focal / v
    floor = np.stack([u * depth / focal, np.full_like(depth, camera_height), depth], axis=-1).reshape(-1, 3)
    assert not outliers(floor).any()
    lonely = np.concatenate([floor, [[0.0, 0.0, 5.0], [1.0, -1.0, 4.0]]])
    np.testing.assert_array_equal(np.flatnonzero(outliers(lonely)), [len(floor), len(floor) + 1])


def test_the_largest_of_two_clusters_is_kept() -> None:
    rng = np.random.default_rng(1)
    large, small = rng.random((400, 3)) * 0.3, rng.random((90, 3)) * 0.2 + 1.5
    kept = largest_cluster(np.concatenate([small, large]), 3.0)
    assert not kept[:90].any() and kept[90:].all()
    assert not largest_cluster(rng.random((8, 3)) * 20, 3.0).any()


@pytest.mark.parametrize("bleed", [2])
def test_cubes_survive_bleeding_masks_and_flying_pixels(bleed: int) -> None:
    blocks = [
        Block(name="crate", x=2.0, y=0.7, size=(0.4, 0.5, 0.4)),
        Block(name="chest", x=2.1, y=-0.6, size=(0.5, 0.4, 0.6)),
    ]
    perception = perceive(blocks, pose(1.5, 20), wall=4.0, source="a model")
    view = perception.views[0]
    # The masks grow to the right by some pixels, over floor and wall; depth at the edges lies between both surfaces.
    instances, depth = view.instances.copy(), view.depth.copy()
    for number in (1, 2):
        mask = view.instances == number
        grown = np.zeros_like(mask)
        for step in range(1, bleed + 1):
            grown[:, step:] |= mask[:, :-step]
        ring = grown & ~mask
        instances[ring] = number
        edge = np.zeros_like(mask)
        edge[:, 1:] = ring[:, 1:] & mask[:, :-1]
        rows, columns = np.nonzero(edge)
        depth[rows, columns] = (view.depth[rows, columns] + view.depth[rows, columns - 1]) / 2
    spoiled = dataclasses.replace(view, instances=instances, depth=depth)
    perception = dataclasses.replace(perception, views=(spoiled,))
    cleaned = lift(perception, LiftSettings(erosion=bleed))
    naive = lift(perception, LiftSettings(erosion=0, cut_outliers=False, cluster=False))
    for number, block in enumerate(blocks, start=1):
        # Erosion costs up to three centimetres a pixel at the far edge of the tops, which are seen at a grazing angle.
        low, high = np.array(cleaned.cubes[number].low), np.array(cleaned.cubes[number].high)
        np.testing.assert_allclose(low, block.low, atol=0.03 * bleed)
        np.testing.assert_allclose(high, block.high, atol=0.03 * bleed)
        assert np.abs(np.array(naive.cubes[number].high) - block.high).max() > 0.3


def test_why_regions_were_dropped() -> None:
    blocks = [
        Block(name="pin", x=0.9, y=0.2, size=(0.005, 0.005, 0.005), base=0.7),
        Block(name="slab", x=1.0, y=0.0, size=(1.6, 4.0, 0.7)),
    ]
    scene = lift(perceive(blocks, pose(1.2, 50)))
    assert scene.dropped == {1: "small", 2: "fills the view"} and not scene.objects
