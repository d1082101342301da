"""Which seeds train, validate and test. Every maker of rooms and every study draws its seeds from here."""

from vantage.errors import UsageError

TRAIN_SEEDS = range(0, 800_000)
"""Seeds whose rooms may train anything."""
VALIDATION_SEEDS = range(800_000, 900_000)
"""Seeds whose rooms choose settings."""
TEST_SEEDS = range(900_000, 1_000_000)
"""Seeds whose rooms are only ever measured on."""


def split_of(seed: int) -> str:
    """Return "train", "validation" or "test".

    Raises:
        UsageError: the seed lies in none of them.
    """
    for name, seeds in (("train", TRAIN_SEEDS), ("validation", VALIDATION_SEEDS), ("test", TEST_SEEDS)):
        if seed in seeds:
            return name
    raise UsageError(f"room seed {seed} belongs to no split; expected 0 to {TEST_SEEDS.stop - 1}")
