"""Presence: what fits nowhere better than common things do is taken to be absent."""

import numpy as np
import pytest
import torch

from vantage.abstraction.extractors import shipped_extractor
from vantage.abstraction.presence import (
    COMMON_WORLD,
    LEAST_PRESENCE,
    PIXELS,
    TEMPERATURE,
    common_things,
    label_presence,
    presence_of,
    same_thing,
)
from vantage.abstraction.rgbd import RgbdView
from vantage.rooms import RoomSettings, absent_classes, camera_path, make_room, render_view, room_camera
from vantage.rooms.cameras.paths import count_pixels
from vantage.rooms.words.vocabulary import with_article

COMMON = ("a mug", "a lamp", "a floor")


def test_presence_is_the_share_in_a_softmax_where_a_label_is_best() -> None:
    rng = np.random.default_rng(0)
    maps, common = (torch.from_numpy(rng.normal(size=(k, 20, 30)).astype(np.float32) * 0.1) for k in (2, 3))
    found = presence_of(maps, common, ["a chair", "a red mug"], COMMON)
    for number, rivals in ((0, [0, 1, 2]), (1, [1, 2])):
        values = torch.cat([maps[number][None], common[rivals]]).flatten(1).numpy().astype(np.float64) / TEMPERATURE
        shares = np.exp(values[0]) / np.exp(values).sum(axis=0)
        assert found[number] == pytest.approx(np.sort(shares)[-PIXELS:].mean(), rel=1e-4)


def test_presence_follows_what_speaks_for_a_label() -> None:
    common = torch.zeros(3, 20, 30)
    common[0, :10] = 0.3
    maps = torch.zeros(3, 20, 30)
    maps[0, 10:], maps[1, :10] = 0.3, 0.1
    best, outdone, nothing = presence_of(maps, common, ["a chair", "a box", "a cat"], COMMON)
    assert best > 0.99
    # Where it speaks most the mug speaks more; elsewhere it is as silent as everything.
    assert outdone == pytest.approx(0.25, abs=1e-3)
    assert nothing == pytest.approx(0.25, abs=1e-3)
    # Added to everything alike it changes nothing; few pixels are enough.
    again = presence_of(maps + 5, common + 5, ["a chair", "a box", "a cat"], COMMON)
    np.testing.assert_allclose(again, [best, outdone, nothing], rtol=1e-3)
    assert presence_of(maps[:, :2, :2], common[:, :2, :2], ["a chair", "a box", "a cat"], COMMON).shape == (3,)


@pytest.mark.parametrize(
    ("label", "other", "same"),
    [
        ("a red mug", "a mug", True),
        ("a lamp", "a desk lamp", True),
        ("The Mug", "a mug", True),
        ("a pair of scissors", "scissors", True),
        ("a mug", "a jug", False),
        ("a table lamp", "a desk lamp", False),
    ],
)
def test_names_of_one_thing(label: str, other: str, same: bool) -> None:
    assert same_thing(label, other) is same


def test_common_things_are_labels() -> None:
    things = common_things()
    assert len(set(things)) == len(things) > 100
    assert {"a floor", "a mug" if "a mug" in things else "a cup", "a pair of scissors"} <= set(things)


@pytest.mark.slow
def test_what_rooms_show_is_told_from_what_they_do_not() -> None:
    extractor = shipped_extractor("value-path-fast")
    present, absent = [], []
    for seed in (800_120, 800_121, 800_122):
        room, camera = make_room(seed, RoomSettings(world=COMMON_WORLD)), room_camera(160, 120)
        seen = render_view(room, camera, camera_path(room, camera, "random", 1)[0])
        shown = {room.thing(i).category for i, pixels in count_pixels(seen.instances).items() if i and pixels > 40}
        lacking = absent_classes({thing.category for thing in room.objects}, COMMON_WORLD)[::5]
        view = RgbdView(image=seen.rgb, depth=seen.depth, camera=camera)
        labels = [with_article(name) for name in [*sorted(shown), *lacking]]
        found = label_presence(extractor, view, labels)
        present += found[: len(shown)].tolist()
        absent += found[len(shown) :].tolist()
    area = np.mean([[one > other for other in absent] for one in present])
    least = LEAST_PRESENCE["value-path-fast"]
    # On 496 labels of other rooms the area is 0.83; 82% of those in view and 35% of the others are above.
    assert area > 0.7
    assert np.mean(np.array(present) > least) > 2 * np.mean(np.array(absent) > least)
