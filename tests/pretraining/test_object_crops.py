"""Crops of single objects: what is large enough, where the window lies, what the batch says of it, and naming them."""

import dataclasses

import numpy as np
import pytest
import torch

from pretraining.toy_rooms import COLOURS, SHAPES, toy_room
from vantage.encoders import Features
from vantage.encoders.references import PixelsEncoder
from vantage.errors import UsageError
from vantage.pretraining.batches import CropSettings
from vantage.pretraining.crop_scores import object_crop, score_crops
from vantage.pretraining.object_crops import (
    ObjectCropSettings,
    find_appearances,
    make_object_batch,
    objects_in,
    window_around,
)

SETTINGS = ObjectCropSettings(sides=(32,))
CROPS = CropSettings()


@pytest.fixture(scope="module")
def rooms():
    return [toy_room(seed) for seed in range(6)]


def test_only_what_is_large_enough_counts():
    labels = np.zeros((60, 60), np.uint8)
    labels[5:25, 10:30] = 2
    labels[40:55, 10:50] = 3  # 15 rows are one too few
    labels[30:46:2, 30:46] = 5  # its box has 15 rows
    assert objects_in(labels, SETTINGS) == [(2, (10, 5, 30, 25))]
    less = ObjectCropSettings(least_side=15, least_pixels=128)
    assert [number for number, _ in objects_in(labels, less)] == [2, 3, 5]


def test_windows_lie_in_the_view_and_hold_the_box():
    rng = np.random.default_rng(0)
    for _ in range(200):
        left, top = int(rng.integers(0, 200)), int(rng.integers(0, 140))
        right, bottom = left + int(rng.integers(16, 56)), top + int(rng.integers(16, 52))
        rows, columns = window_around((left, top, right, bottom), 1.2, (256, 192))
        assert 0 <= rows.start <= top and bottom <= rows.stop <= 192
        assert 0 <= columns.start <= left and right <= columns.stop <= 256
        side = round(1.2 * max(right - left, bottom - top))
        assert rows.stop - rows.start == columns.stop - columns.start == side
    rows, columns = window_around((0, 0, 256, 100), 1.2, (256, 192))
    assert (rows, columns) == (slice(0, 192), slice(0, 256))


def test_appearances_are_all_objects_and_rare_ones_are_drawn_more_often_than_they_come(rooms):
    found = find_appearances(rooms, SETTINGS)
    assert found.shares.sum() == pytest.approx(1)
    names = []
    for (room, view, number), (left, top, right, bottom) in zip(found.places, found.boxes, strict=True):
        inside = rooms[room].regions[view] == number
        assert inside[top:bottom, left:right].sum() == inside.sum() >= SETTINGS.least_pixels
        names.append(rooms[room].table[number - 1].category)
    assert set(names) == set(SHAPES)
    kinds, counts = np.unique(names, return_counts=True)
    for kind, count in zip(kinds, counts, strict=True):
        drawn = found.shares[np.array(names) == kind].sum()
        assert drawn == pytest.approx(np.sqrt(count) / np.sqrt(counts).sum())


def test_no_object_at_all_is_refused(rooms):
    with pytest.raises(UsageError, match="render larger views"):
        find_appearances(rooms, ObjectCropSettings(least_pixels=100_000))


def test_a_crops_focus_is_the_object_it_shows(rooms):
    """Ground truth: the middle of most crops of a red thing is red, and its region covers most patches there."""
    rng = np.random.default_rng(0)
    found = find_appearances(rooms, SETTINGS)
    batch = make_object_batch(rooms, found, CROPS, SETTINGS, patches=640, patch=4, rng=rng)
    again = make_object_batch(rooms, found, CROPS, SETTINGS, patches=640, patch=4, rng=np.random.default_rng(0))
    assert torch.equal(batch.images, again.images)
    assert batch.images.shape == (10, 3, 32, 32)
    assert batch.focus is not None
    assert batch.coverage.shape == (640, len(batch.regions))
    right = 0
    for index, column in enumerate(batch.focus.tolist()):
        cover = batch.coverage[:, column].view(10, 8, 8)
        assert float(cover[index].sum()) > 0.15 * 64
        assert float(cover.sum()) == pytest.approx(float(cover[index].sum()))
        middle = batch.images[index, :, 12:20, 12:20].mean(dim=(1, 2))
        distances = {name: float((middle - torch.tensor(rgb)).norm()) for name, rgb in COLOURS.items()}
        right += min(distances, key=distances.get) == batch.regions[column].colour
    assert right >= 7


class ColourReader:
    """An encoder that sees only a picture's middle, in RGB; its texts are the colours themselves, or the one shape."""

    def __init__(self, shape: str) -> None:
        self.shape = shape
        self.card = dataclasses.replace(PixelsEncoder().card, text=True)
        self.fingerprint = "middle"

    def encode(self, images):
        middle = images[:, :, 40:56, 40:56].mean(dim=(2, 3)) - 0.4
        summary = torch.cat([torch.nn.functional.normalize(middle, dim=-1), torch.full((len(images), 1), 0.1)], dim=1)
        return Features(grid=summary[:, None, None], summary=summary, stride=(96.0, 96.0), image_size=(96, 96))

    def encode_text(self, texts):
        rows = []
        for text in texts:
            rgb = next((rgb for name, rgb in COLOURS.items() if name in text), None)
            unit = torch.nn.functional.normalize(torch.tensor(rgb or (0.4, 0.4, 0.4)) - 0.4, dim=0)
            rows.append(torch.cat([unit, torch.tensor([1.0 if self.shape in text else 0.0])]))
        return torch.stack(rows)


def test_scores_count_what_is_named_right(rooms):
    reader = ColourReader("ball")
    scores = score_crops(reader, reader, rooms)
    assert scores["crop_colour_top1"].value > 0.8
    # It calls all things balls, so it is right as often as things are.
    found = find_appearances(rooms, SETTINGS)
    balls = [
        np.mean([rooms[k].table[number - 1].category == "ball" for room, _, number in found.places if room == k])
        for k in range(len(rooms))
    ]
    assert scores["crop_category_top1"].value == pytest.approx(np.mean(balls))
    assert scores["crop_category_top1"].n == len(rooms)


def test_a_crop_is_its_window_enlarged():
    image = np.zeros((72, 96, 3), np.uint8)
    image[20:40, 30:50] = 255
    crop = object_crop(image, (30, 20, 50, 40), side=24)
    assert crop.shape == (1, 3, 24, 24)
    assert float(crop[0, :, 3:-3, 3:-3].min()) == pytest.approx(1)
    assert float(crop[0, :, 0].max()) == pytest.approx(0)
