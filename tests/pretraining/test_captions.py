import numpy as np
import pytest

from vantage.pretraining.captions import (
    SYNONYM_SHARE,
    Concept,
    Region,
    all_words,
    compose_caption,
    concepts_of,
    match,
    phrase_of,
    sample_concepts,
)
from vantage.rooms.words.vocabulary import synonyms_of

RED_MUG = Region(category="mug", colour="red", material="ceramic", description="a red ceramic mug on a brown table")
BLUE_MUG = Region(category="mug", colour="blue", material="metal")
RED_BALL = Region(category="ball", colour="red", material="rubber")
PLANT = Region(category="plant")
WALL = Region(category="wall", colour="white", material="paper", is_object=False)


@pytest.mark.parametrize("region", [RED_MUG, BLUE_MUG, PLANT, WALL])
def test_shares_of_a_region_sum_to_one(region):
    concepts = concepts_of(region)
    assert sum(share for _, share in concepts) == pytest.approx(1)
    assert len({concept for concept, _ in concepts}) == len(concepts)
    assert (Concept(generic="object") in dict(concepts)) == region.is_object
    assert Concept(generic="anything") in dict(concepts)


def test_a_concept_is_true_of_all_that_have_its_properties():
    concepts = [
        Concept(category="mug"),
        Concept(category="mug", colour="red"),
        Concept(colour="red"),
        Concept(generic="object"),
        Concept(generic="anything"),
    ]
    shares, unknown = match([RED_MUG, BLUE_MUG, RED_BALL, PLANT, WALL], concepts)
    truth = np.array([[1, 1, 1, 1, 1], [1, 0, 0, 1, 1], [0, 0, 1, 1, 1], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1]], bool)
    np.testing.assert_array_equal(shares > 0, truth)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    # Nobody said which colour the plant has: "something red" is neither right nor wrong there; "a mug" is wrong.
    np.testing.assert_array_equal(unknown[3], [False, False, True, False, False])
    assert not unknown[[0, 1, 2, 4]].any()


def test_phrases_say_all_that_a_concept_asks_for_and_nothing_else():
    rng = np.random.default_rng(0)
    concept = Concept(category="mug", colour="red", material="ceramic")
    by_name = 0
    for _ in range(200):
        words = set(phrase_of(concept, rng).split())
        named = words == words & {"red", "ceramic", "mug", "a", "the", "photo", "of"}
        others = [set(word.split()) for word in synonyms_of("mug")]
        assert {"red", "ceramic"} <= words
        assert (named and "mug" in words) or any(other <= words for other in others)
        by_name += named
    assert by_name / 200 == pytest.approx(1 - SYNONYM_SHARE, abs=0.1)
    assert {phrase_of(Concept(category="apple"), rng) for _ in range(80)} == {
        "an apple",
        "apple",
        "the apple",
        "a photo of an apple",
    }
    assert phrase_of(Concept(description="a red mug on a table"), rng) == "a red mug on a table"
    assert "mug" not in " ".join(phrase_of(Concept(colour="red"), rng) for _ in range(50))


def test_canonical_negatives_are_said_and_in_the_vocabulary():
    rng = np.random.default_rng(0)
    objects = {phrase_of(Concept(generic="object"), rng) for _ in range(300)}
    anything = {phrase_of(Concept(generic="anything"), rng) for _ in range(300)}
    assert {"object", "things"} <= objects
    assert {"stuff", "texture"} <= anything
    words = " ".join(all_words([RED_MUG])).split()
    assert {"object", "things", "stuff", "texture", "red", "ceramic", "mug", "brown", "table"} <= set(words)


def test_every_phrase_stays_in_the_vocabulary():
    regions = [RED_MUG, BLUE_MUG, RED_BALL, PLANT, WALL, Region(category="books", colour="pink")]
    known = set(" ".join(all_words(regions)).split())
    rng = np.random.default_rng(0)
    for _ in range(100):
        for concept in sample_concepts(regions, 2, rng):
            assert set(phrase_of(concept, rng).split()) <= known
        caption = compose_caption(regions, rng)
        assert set(caption.replace(",", "").split()) <= known


def test_sampling_is_repeatable_and_without_doubles():
    regions = [RED_MUG, RED_MUG, BLUE_MUG]
    first = sample_concepts(regions, 3, np.random.default_rng(5))
    assert first == sample_concepts(regions, 3, np.random.default_rng(5))
    assert len(set(first)) == len(first)
