"""Lengths in words: what is told is within what benchmarks allow, and what is read is what was told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantage.dialogue.lengths import IMPERIAL, in_feet, in_metres, parsed_length, told_length
from vantage.errors import UsageError

metres = st.floats(0.02, 200)


@given(metres)
def test_rounding_stays_well_within_what_benchmarks_allow(length: float) -> None:
    for told in (in_metres(length), in_feet(length) if length >= 0.05 else in_metres(length), f"{length:.2f} meters"):
        read = parsed_length(told)
        assert read is not None and abs(read - length) <= 0.25 * length, told


@given(metres)
def test_what_was_told_is_told_again(length: float) -> None:
    for say in (in_metres, in_feet):
        if say is in_feet and length < 0.05:
            continue
        read = parsed_length(say(length))
        assert read is not None and say(read) == say(length)


@given(metres, metres)
def test_longer_is_never_told_shorter(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert (parsed_length(in_metres(low)) or 0) <= (parsed_length(in_metres(high)) or 0) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (0.006, "6 millimeters"), (0.02, "2 centimeters"), (0.123, "12 centimeters"), (0.47, "45 centimeters"),
        (0.96, "95 centimeters"), (0.98, "1 meter"), (1.24, "1.2 meters"), (9.96, "10 meters"), (23.2, "23 meters"),
        (43.0, "45 meters"), (128.0, "130 meters"),
    ],
)  # fmt: skip
def test_the_rule_by_example(length: float, told: str) -> None:
    assert in_metres(length) == told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They are 45 centimeters apart.", 0.45),
        ("about 3 ft", 0.9144),
        ("5 feet 3 inches", 1.6002),
        ("5'3\"", 1.6002),
        ("It is 1.2m.", 1.2),
        ("12 in", 0.3048),
        ("1 meter, that is 100 cm", 1.0),
        ("2 meters or 3 meters", None),
        ("nothing to measure", None),
        ("point (412, 305)", None),
        ("3 items", None),
    ],
)
def test_lengths_in_free_text(text: str, expected: float | None) -> None:
    found = parsed_length(text)
    assert found is None if expected is None else found == pytest.approx(expected)


def test_one_in_five_is_in_feet() -> None:
    rng = np.random.default_rng(0)
    told = [told_length(1.3, "human", rng) for _ in range(2000)]
    share = np.mean(["feet" in (text or "") for text in told])
    # Five standard deviations of 2000 draws.
    assert share == pytest.approx(IMPERIAL, abs=0.045)


def test_what_is_too_short_is_not_told_and_what_is_no_length_is_refused() -> None:
    rng = np.random.default_rng(0)
    assert told_length(0.003, "human", rng) is None and told_length(0.01, "exact", rng) is None
    assert told_length(1.234, "exact", rng) == "1.23 meters"
    for length, style in ((-1.0, "human"), (float("nan"), "human"), (1.0, "loud")):
        with pytest.raises(UsageError):
            told_length(length, style, rng)
