"""Everything that decides a scorecard, with sizes chosen so that two encoders take minutes (docs/studies/score.md)."""

import dataclasses
from typing import ClassVar

from vantage.encoders.oracle import ORACLE_CARD
from vantage.encoders.references import PIXELS_CARD
from vantage.errors import UsageError
from vantage.rooms import TEST_SEEDS, split_of
from vantage.studies.study_settings import StudySettings

FLOOR = "constant"
"""The row of an encoder that says the same everywhere: what a measure gives for nothing."""
PIXELS, ORACLE = PIXELS_CARD.name, ORACLE_CARD.name
REFERENCES = (FLOOR, PIXELS, ORACLE)
"""Rows that every scorecard has."""
FIT_SEEDS = 790_000
"""First of the training rooms that linear heads are fitted on, as in `benchmarks/room_family.py`: the shipped encoders
were trained on rooms from 0 up and saw none of these."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScoreSettings(StudySettings):
    """Which encoders and rooms, and how much of everything.

    Raises:
        UsageError: nothing is named, something is named twice, a reference is named, or a room is not for testing.
    """

    needs_field: ClassVar[bool] = True

    rooms: tuple[int, ...] = tuple(range(TEST_SEEDS.start, TEST_SEEDS.start + 5))
    """Seeds of test rooms."""
    language: str = "room-clip"
    """Image-text encoder that is distilled beside those that read no text, and asked in their place."""
    image_views: int = 8
    """Views of a room whose features are looked into in the image."""
    image_width: int = 256
    """Of these, pixels: the size that the shipped encoders were trained at."""
    image_height: int = 192
    """Of these, pixels."""
    fit_rooms: int = 20
    """Rooms that linear heads are fitted on."""
    tune_rooms: int = 4
    """Rooms that their rates and dampings are chosen on."""
    head_views: int = 2
    """Views per camera path (`orbit` and `looks`) of rooms for linear heads."""
    field_views: int = 48
    """Views of a room for the field and for poses."""
    hold_out: int = 4
    """Every n-th of these is held out: asked in, and sought."""
    field_width: int = 128
    """Of these, pixels."""
    field_height: int = 96
    """Of these, pixels."""
    steps: int = 300
    """Training steps of the field, one for all encoders of a room."""
    semantic_points: int = 2048
    """Pixels per step at which features are compared."""

    def __post_init__(self) -> None:
        super().__post_init__()
        named = [name for name in self.encoders if name in REFERENCES]
        if named:
            raise UsageError(f"{named[0]} is a row of every scorecard; name the encoders to stand beside it")
        wrong = [seed for seed in self.rooms if split_of(seed) != "test"]
        if wrong or not self.rooms:
            which = f"room {wrong[0]} is a {split_of(wrong[0])} room" if wrong else "no room is named"
            raise UsageError(f"{which}; scores are taken in test rooms, with seeds from {TEST_SEEDS.start} up")
        if self.captures or len(self.fields) > 1 or len(self.seeds) > 1:
            raise UsageError("a scorecard is made of rooms, with one kind of field and one seed")
        smallest = (self.image_views - 1, self.fit_rooms, self.tune_rooms, self.head_views, self.steps)
        if min(smallest) < 1 or self.semantic_points < 1 or self.hold_out < 2 or self.field_views <= self.hold_out:
            raise UsageError(f"{self}: expected two views in the image, more than a held-out view, and one of the rest")

    @property
    def rows(self) -> tuple[str, ...]:
        """All rows of the scorecard: the floor, the references and the encoders between them."""
        return (FLOOR, PIXELS, *self.encoders, ORACLE)
