"""References fit one thing alone, whatever else the images show."""

import dataclasses

import numpy as np

from dialogue.boxes import Block, perceive, pose
from vantage.dialogue import Perception, Region, references

RED, BLUE = ("colour", "red"), ("colour", "blue")
WOOD = ("material", "wooden")


def shelf(*regions: Region, columns: tuple[int, ...] | None = None) -> Perception:
    """Return a perception that shows these regions side by side, in a strip of pixels each."""
    perception = perceive([Block(name="crate", x=2.0, y=0.0)], pose())
    instances = np.zeros_like(perception.views[0].instances)
    for k, region in enumerate(regions):
        start = (columns or tuple(range(0, 600, 60)))[k]
        instances[100:150, start : start + 40] = region.instance
    view = dataclasses.replace(perception.views[0], instances=instances)
    return dataclasses.replace(perception, views=(view,), regions=regions)


def thing(instance: int, *names: str, words=(), support: int | None = 0, preposition: str = "on") -> Region:
    return Region(
        instance=instance, names=names, caption=names[0], words=words, support=support, preposition=preposition
    )


def texts(perception: Perception) -> dict[int, list[str]]:
    return {i: [name.text for name in names] for i, names in references(perception).items()}


def test_a_single_thing_goes_by_its_noun() -> None:
    assert texts(shelf(thing(1, "mug", words=(RED,)), thing(2, "lamp")))[1] == ["mug", "red mug"]


def test_two_of_a_kind_are_told_apart_by_what_differs() -> None:
    found = texts(shelf(thing(1, "mug", words=(RED, WOOD)), thing(2, "mug", words=(BLUE, WOOD))))
    assert found[1] == ["left mug", "red mug", "red wooden mug"] and "blue mug" in found[2]
    assert not any(name == "mug" or name == "wooden mug" for name in found[1] + found[2])


def test_a_thing_without_adjectives_might_have_any() -> None:
    found = texts(shelf(thing(1, "mug", words=(RED,)), thing(2, "mug")))
    assert "red mug" not in found[1]


def test_a_noun_covers_what_ends_with_it_and_other_words_for_it() -> None:
    found = texts(shelf(thing(1, "table", words=(RED,)), thing(2, "side table", words=(BLUE,)), thing(3, "sofa")))
    assert "table" not in found[1] and "red table" in found[1] and "side table" in found[2]
    found = texts(shelf(thing(1, "cup"), thing(2, "mug", "cup")))
    assert "cup" not in found.get(1, []) and "mug" in found[2]


def test_what_carries_a_thing_tells_it() -> None:
    carriers = thing(1, "desk"), thing(2, "shelf")
    alike = {"words": (RED,)}
    found = texts(shelf(*carriers, thing(3, "mug", support=1, **alike), thing(4, "mug", support=2, **alike)))
    assert "mug on the desk" in found[3] and "mug on the shelf" in found[4]
    # The same carrier tells nothing, and an unknown one might be the same.
    found = texts(shelf(*carriers, thing(3, "mug", support=1, **alike), thing(4, "mug", support=1, **alike)))
    assert "mug on the desk" not in found[3]
    found = texts(shelf(*carriers, thing(3, "mug", support=1, **alike), thing(4, "mug", support=None, **alike)))
    assert "mug on the desk" not in found[3]


def test_sides_of_two_and_of_three_and_none_where_they_stand_alike() -> None:
    mugs = [thing(k, "mug", words=(RED,)) for k in (1, 2, 3)]
    assert texts(shelf(*mugs[:2])) == {1: ["left mug"], 2: ["right mug"]}
    assert texts(shelf(*mugs)) == {1: ["leftmost mug"], 3: ["rightmost mug"]}
    assert texts(shelf(*mugs, columns=(0, 10, 200))) == {3: ["rightmost mug"]}


def test_a_single_pixel_counts_and_what_is_not_shown_does_not() -> None:
    perception = shelf(thing(1, "mug"), thing(2, "lamp"))
    hidden = dataclasses.replace(perception, regions=(*perception.regions, thing(3, "mug")))
    assert texts(hidden)[1] == ["mug"]
    instances = perception.views[0].instances.copy()
    instances[0, 630] = 3
    seen = dataclasses.replace(hidden, views=(dataclasses.replace(perception.views[0], instances=instances),))
    assert texts(seen)[1] == ["left mug"]


def test_the_words_of_several_images_count_together() -> None:
    perception = shelf(thing(1, "mug"), thing(2, "lamp"))
    other = perception.views[0].instances.copy()
    other[other == 2] = 3
    second = dataclasses.replace(perception.views[0], instances=other)
    both = dataclasses.replace(
        perception, views=(perception.views[0], second), regions=(*perception.regions, thing(3, "mug"))
    )
    # "The left mug" would mean another thing in each image.
    assert texts(both) == {2: ["lamp"]}


def test_a_thing_called_like_the_one_who_looks_needs_an_adjective() -> None:
    """Nobody could tell "how far is the camera from the camera" from a slip."""
    found = texts(shelf(thing(1, "camera", words=(RED,)), thing(2, "lamp"), thing(3, "desk")))
    assert found[1] == ["red camera"]
    assert 1 not in texts(shelf(thing(1, "camera"), thing(2, "lamp")))
    assert texts(shelf(thing(1, "camera", words=(RED,), support=2), thing(2, "desk")))[1] == [
        "red camera", "red camera on the desk"
    ]  # fmt: skip
