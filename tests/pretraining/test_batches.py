import numpy as np
import pytest
import torch

from pretraining.toy_rooms import COLOURS, toy_room
from vantage.pretraining.batches import CropSettings, make_batch, mirror_words, patch_labels, region_coverage

SMALL = CropSettings(sizes=((32, 24), (24, 24)), patches_per_step=200)


@pytest.fixture(scope="module")
def rooms():
    return [toy_room(seed) for seed in range(4)]


def test_batches_are_repeatable_and_well_formed(rooms):
    batch = make_batch(rooms, SMALL, patch=4, rng=np.random.default_rng(3))
    again = make_batch(rooms, SMALL, patch=4, rng=np.random.default_rng(3))
    assert torch.equal(batch.images, again.images)
    assert batch.captions == again.captions
    count, _, height, width = batch.images.shape
    assert len(batch.captions) == count
    assert batch.coverage.shape == (count * (height // 4) * (width // 4), len(batch.regions))
    assert float(batch.images.min()) >= 0
    assert float(batch.images.max()) <= 1
    # A patch is covered at most once, and each region lies in one image only.
    assert float(batch.coverage.sum(dim=1).max()) <= 1 + 1e-6
    per_image = batch.coverage.view(count, -1, len(batch.regions)).sum(dim=1)
    assert bool(((per_image > 0).sum(dim=0) == 1).all())


def test_coverage_lies_where_the_colour_is(rooms):
    """Ground truth: patches that a red region covers fully are red in the augmented image."""
    rng = np.random.default_rng(0)
    checked = 0
    for _ in range(10):
        batch = make_batch(rooms, SMALL, patch=4, rng=rng)
        patches = torch.nn.functional.avg_pool2d(batch.images, 4).permute(0, 2, 3, 1).reshape(-1, 3)
        for column, region in enumerate(batch.regions):
            if region.colour is None:
                continue
            full = batch.coverage[:, column] > 0.99
            for seen in patches[full]:
                distances = {name: float((seen - torch.tensor(rgb)).norm()) for name, rgb in COLOURS.items()}
                checked += 1
                assert min(distances, key=distances.get) == region.colour
    assert checked > 50


def test_coverage_counts_pixels():
    labels = np.zeros((8, 12), np.uint8)
    labels[:4, :2] = 3
    cover = region_coverage(labels, 4)
    np.testing.assert_allclose(cover[3], [[0.5, 0, 0], [0, 0, 0]])
    np.testing.assert_allclose(sum(cover.values()), 1)
    assert patch_labels(labels, 4).shape == (2, 3)


def test_mirrored_pictures_swap_their_sides():
    assert mirror_words("a mug left of a bright book, right there") == "a mug right of a bright book, left there"
