"""Descriptions in words: every saying, names that hold prepositions, and what is refused."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantage.abstraction.relations_language import SAYINGS, Description, parse_description
from vantage.errors import UsageError


@pytest.mark.parametrize(("relation", "saying"), [(r, s) for r, sayings in SAYINGS.items() for s in sayings])
def test_every_saying_means_its_relation(relation: str, saying: str) -> None:
    for article, verb in itertools.product(("", "the ", "a ", "my "), ("", " is", " that is", " standing")):
        found = parse_description(f"{article}red mug{verb} {saying.upper()} {article}laptop.")
        assert found == Description(target="red mug", relation=relation, reference="laptop")


@pytest.mark.parametrize(
    ("text", "target", "relation", "reference"),
    [
        ("the box of cereal in front of the bottle", "box of cereal", "in front of", "bottle"),
        ("the plant in a pot behind the sofa", "plant in a pot", "behind", "sofa"),
        ("the mug behind the laptop on the desk", "mug", "behind", "laptop on the desk"),
        ("where is the loaf of bread to the left of a bottle of wine?", "loaf of bread", "left of", "bottle of wine"),
        ("the bottle with a red cap in the box", "bottle with a red cap", "inside", "box"),
        ('"plant in a pot" on "the table by the wall"', "plant in a pot", "on top of", "table by the wall"),
        ("built-in shelf right of the on-air sign", "built-in shelf", "right of", "on-air sign"),
        ("find the N95s inside the trash", "N95s", "inside", "trash"),
        ("the island inside", "island", "", ""),
        ("<b>mug</b> on <script>alert(1)</script>", "<b>mug</b>", "on top of", "<script>alert(1)</script>"),
    ],
)  # fmt: skip
def test_names_may_hold_prepositions(text: str, target: str, relation: str, reference: str) -> None:
    if not reference:
        with pytest.raises(UsageError, match="does not say what it is told by"):
            parse_description(text)
        return
    assert parse_description(text) == Description(target=target, relation=relation, reference=reference)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("the mug under the table", r"'under' .* behind, left of, right of, in front of, on top of, inside"),
        ("the mug next to the table", "'next to' .* is no relation"),
        ("the bag by the door", "'by' .* is no relation"),
        ("the mug", "names no relation; expected one of behind"),
        ("the mug behnd the laptop", 'did you mean "behind" by "behnd"'),
        ("the mug behind the laptop in front of the box", '2 relations, "behind" and "in front of".*double quotes'),
        ("the mug on the plate in the sink", '2 relations, "on" and "in"'),
        ("behind the laptop", "does not say what is sought"),
        ("the behind the laptop", "does not say what is sought"),
        ("is behind the laptop", "does not say what is sought"),
        ("the mug behind", "does not say what it is told by"),
        ('the mug behind ""', "does not say what it is told by"),
        ("  . ", "is empty"),
        ("where is", "is empty"),
        ("mug " * 2500, "has 10000 characters; expected at most 1000"),
        ("mug " * 120 + "behind the laptop", "expected at most 400"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        parse_description(text)
    assert len(str(caught.value)) < 400


@given(st.text(max_size=1200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_description(text)
    except UsageError:
        return
    assert found.relation in SAYINGS
    assert found.target
    assert found.reference


def test_hostile_texts_are_read_at_once() -> None:
    start = time.process_time()
    for text in ("on the " * 140, "that is " * 120 + "on x", "a " * 490 + "on x", '"' * 999):
        with pytest.raises(UsageError):
            parse_description(text)
    assert time.process_time() - start < 1.0
