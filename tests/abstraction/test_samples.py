"""Samples of rooms tell the truth, are the same each time, and survive the disk."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from abstraction.conftest import SMALL
from vantage.abstraction.descriptions import questions
from vantage.abstraction.network import RELATIONS
from vantage.abstraction.samples import load_samples, voxel_iou, voxel_ious
from vantage.abstraction.samples_pool import prepare_samples, sample_seeds, samples_path
from vantage.errors import DataError, UsageError
from vantage.rooms import RoomSettings, camera_path, make_room, occupancy, render_view, room_camera
from vantage.rooms.cameras.paths import count_pixels

SIDES = np.concatenate([np.eye(3), -np.eye(3)])


@pytest.fixture(scope="module")
def room_and_poses():
    room = make_room(3, RoomSettings(world="train3d"))
    camera = room_camera(SMALL.width, SMALL.height)
    return room, camera, camera_path(room, camera, "random", 2)


def test_points_and_owners_against_the_room_itself(sample_files: list[Path], room_and_poses) -> None:
    room, _, poses = room_and_poses
    for sample, pose in zip(load_samples(sample_files[0]), poses, strict=True):
        points = sample.points.astype(np.float64)
        camera_points = sample.frame.points_camera(points)
        world = camera_points @ pose[:3, :3].T + pose[:3, 3]
        # Frame and points are float32 and float16 in the file: a point in a thousand may lie on a surface.
        solid = occupancy(room, world)
        assert (solid == sample.owner)[solid > 0].mean() > 0.999
        # Elsewhere matter counts a third of a cell away.
        reach = float(SMALL.bounds.size[0]) / SMALL.cells / 3
        sides = [world + (sample.frame_from_camera[:3, :3].T @ (reach * side)) @ pose[:3, :3].T for side in SIDES]
        near = np.stack([occupancy(room, one) for one in sides])
        empty = solid == 0
        assert ((near == sample.owner).any(axis=0) | (sample.owner == 0))[empty].mean() > 0.999
        assert ((sample.owner > 0) == (near > 0).any(axis=0))[empty].mean() > 0.998
        assert (sample.owner > 0)[empty].any()
        # The frame stands level on the floor.
        np.testing.assert_allclose(world[:, 2], points[:, 2], atol=1e-5)
        inside = sample.sight.depths_at(torch.from_numpy(points.astype(np.float32)))[2]
        assert float(inside.float().mean()) > 0.995
        truth = sample.truth()
        assert truth.shape == (len(sample.labels), len(points))
        for label, row in zip(sample.labels, truth, strict=True):
            owners = np.unique(sample.owner[row])
            assert all(room.thing(int(i)).category == label.category for i in owners)
            if label.kind in ("hidden", "absent"):
                assert not row.any()
        assert {label.kind for label in sample.labels} >= {"class", "absent"}


def test_the_surface_is_where_the_depth_says(sample_files: list[Path], room_and_poses) -> None:
    room, _, _ = room_and_poses
    sample = load_samples(sample_files[0])[0]
    points, known = sample.surface()
    assert known.all()
    world_z = points[:, 2]
    floor = np.isin(sample.instances[known], [t.instance for t in room.objects if t.category == "floor"])
    if floor.any():
        np.testing.assert_allclose(world_z[floor], 0.0, atol=0.02)
    assert world_z.min() > -0.02


def test_answers_keep_their_own_rules(sample_files: list[Path], room_and_poses) -> None:
    seen_relations = set()
    for file in sample_files:
        for sample in load_samples(file):
            points = torch.from_numpy(sample.points.astype(np.float32))
            depth, seen, _ = (one.numpy() for one in sample.sight.depths_at(points))
            for asked, answer in zip(sample.descriptions, sample.answers, strict=True):
                seen_relations.add(asked.relation)
                assert answer.sum() >= 8
                assert asked.relation in RELATIONS
                target, reference = sample.labels[asked.target], sample.labels[asked.reference]
                assert asked.sentence == f"{target.text} {asked.relation} {reference.text}"
                if asked.hidden:
                    # Never where the camera sees that nothing is; the sample's depth has a quarter of the pixels.
                    assert (seen[answer] < depth[answer] + 0.1).mean() > 0.9
                    assert asked.relation in ("behind", "on top of", "inside")
                else:
                    assert sample.truth([asked.target])[0][answer].all()
    assert len(seen_relations) >= 3


def test_every_relation_is_asked_and_a_visible_target_fits_it(room_and_poses) -> None:
    room, camera, poses = room_and_poses
    rendering = render_view(room, camera, poses[0], shadow_rays=0)
    found = questions(room, poses[0], count_pixels(rendering.instances), 24)
    centroids = room.solids.centroids
    right = poses[0][:3, 0]
    for one in found:
        if one.relation == "right of":
            away = [(centroids[t - 1] - centroids[r - 1]) @ right for t in one.targets for r in one.references]
            assert max(away) > 0
        assert one.references
        assert all(room.thing(r).category == one.reference for r in one.references)
        assert all(room.thing(t).category == one.target for t in one.targets)


def test_the_same_seed_gives_the_same_bytes_and_what_is_there_is_kept(
    sample_folder: Path, sample_files: list[Path], tmp_path: Path
) -> None:
    list(prepare_samples(tmp_path, SMALL, [4]))
    assert samples_path(tmp_path, 4, SMALL).read_bytes() == sample_files[1].read_bytes()
    before = sample_files[0].stat().st_mtime_ns
    assert sorted(prepare_samples(sample_folder, SMALL, [3, 4])) == [3, 4]
    assert sample_files[0].stat().st_mtime_ns == before
    other = dataclasses.replace(SMALL, classes=3)
    assert samples_path(tmp_path, 4, other) != samples_path(tmp_path, 4, SMALL)


def test_a_damaged_file_is_refused(sample_files: list[Path], tmp_path: Path) -> None:
    content = sample_files[0].read_bytes()
    damaged = tmp_path / "samples.safetensors"
    for keep in (0, 7, 200, len(content) // 2, len(content) - 1):
        damaged.write_bytes(content[:keep])
        with pytest.raises(DataError, match="not"):
            load_samples(damaged)


def test_seeds_of_other_splits_are_refused() -> None:
    with pytest.raises(UsageError, match="test room"):
        sample_seeds(900_000, 2, "train")
    with pytest.raises(UsageError, match="no rooms"):
        sample_seeds(0, 0, "train")
    with pytest.raises(UsageError, match="not known"):
        dataclasses.replace(SMALL, extractor="magic")


def test_iou_of_voxels() -> None:
    bounds = SMALL.bounds
    centres = bounds.centres(8).reshape(-1, 3)
    half = centres[:, 0] < 2.2
    quarter = half & (centres[:, 1] < 0)
    assert voxel_iou(half, half, centres, bounds, 8) == 1.0
    assert voxel_iou(quarter, half, centres, bounds, 8) == pytest.approx(0.5)
    # A coarser voxel is full if any of its points is: the same here, because both end at its borders.
    assert voxel_iou(quarter, half, centres, bounds, 4) == pytest.approx(0.5)
    assert voxel_iou(half & False, half & False, centres, bounds) is None
    # At several thresholds together as at each alone.
    values = np.random.default_rng(0).normal(size=len(centres))
    values[:20] = -np.inf
    thresholds = (0.5, -1.0, 9.0)
    alone = [voxel_iou(values > threshold, quarter, centres, bounds, 4) for threshold in thresholds]
    assert voxel_ious(values, quarter, centres, bounds, thresholds, 4) == alone
    assert alone[2] == 0.0 != alone[0]
