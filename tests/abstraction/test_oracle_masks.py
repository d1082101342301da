import numpy as np
import pytest
import torch

from vantage.abstraction import OracleExtractor, OracleMistakes
from vantage.errors import DataError, UsageError

IMAGE = torch.zeros(3, 20, 30)


def masks(count: int = 4) -> dict[str, np.ndarray]:
    """Disjoint columns, one for each label."""
    found = {}
    for k in range(count):
        mask = np.zeros((20, 30), dtype=bool)
        mask[5:15, k * 7 : k * 7 + 5] = True
        found[f"thing {k}"] = mask
    return found


def test_without_mistakes_it_gives_the_masks() -> None:
    known = masks()
    made = OracleExtractor(known).relevancy(IMAGE, ["thing 2", "nothing", "thing 0"])
    assert made.labels == ("thing 2", "nothing", "thing 0")
    for one, truth in zip(made.values.numpy(), (known["thing 2"], np.zeros((20, 30)), known["thing 0"]), strict=True):
        np.testing.assert_array_equal(one, truth)


def test_blur_keeps_the_mass_and_lowers_the_peak() -> None:
    mask = np.zeros((60, 60), dtype=bool)
    mask[28:32, 28:32] = True
    oracle = OracleExtractor({"mug": mask}, OracleMistakes(blur=3.0))
    soft = oracle.relevancy(torch.zeros(3, 60, 60), ["mug"]).values[0]
    assert float(soft.sum()) == pytest.approx(16, rel=1e-3)
    # The middle of a box blurred in both directions: erf(half / (sigma sqrt 2)) squared, between its two pixels.
    assert float(soft.max()) == pytest.approx(0.245, abs=0.02)


@pytest.mark.parametrize(("misses", "false_positives"), [(0.0, 0.3), (0.3, 0.0), (0.4, 0.2)])
def test_mistakes_come_as_often_as_asked(misses: float, false_positives: float) -> None:
    known = masks()
    missed, added = [], []
    for seed in range(300):
        mistakes = OracleMistakes(misses=misses, false_positives=false_positives, seed=seed)
        maps = OracleExtractor(known, mistakes).relevancy(IMAGE, list(known)).values.numpy() > 0
        for one, truth in zip(maps, known.values(), strict=True):
            missed.append(not (one & truth).any())
            added.append((one & ~truth).any())
            # Whole masks or nothing.
            assert (one & truth).sum() in (0, truth.sum())
    assert np.mean(missed) == pytest.approx(misses, abs=0.04)
    assert np.mean(added) == pytest.approx(false_positives, abs=0.04)


def test_a_labels_mistakes_do_not_depend_on_the_others() -> None:
    oracle = OracleExtractor(masks(), OracleMistakes(misses=0.5, false_positives=0.5, blur=1.0, seed=4))
    together = oracle.relevancy(IMAGE, ["thing 0", "thing 1", "absent"]).values
    for k, label in enumerate(("thing 0", "thing 1", "absent")):
        assert torch.equal(oracle.relevancy(IMAGE, [label]).values[0], together[k])


def test_bad_input() -> None:
    with pytest.raises(UsageError, match="no masks"):
        OracleExtractor({})
    with pytest.raises(DataError, match="expected all of one image"):
        OracleExtractor({"a": np.zeros((3, 4), dtype=bool), "b": np.zeros((4, 3), dtype=bool)})
    with pytest.raises(DataError, match="masks of 30x20"):
        OracleExtractor(masks()).relevancy(torch.zeros(3, 30, 20), ["thing 0"])
    with pytest.raises(UsageError, match="no labels"):
        OracleExtractor(masks()).relevancy(IMAGE, [])
    for wrong in ({"blur": -1.0}, {"blur": float("nan")}, {"misses": 1.5}, {"false_positives": -0.1}):
        with pytest.raises(UsageError, match="probabilities from 0 to 1"):
            OracleMistakes(**wrong)
