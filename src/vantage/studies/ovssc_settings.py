"""What decides the studies of completion (`ovssc`) and of hidden objects (`vool`): splits, rooms and networks."""

import dataclasses
from typing import Literal

from vantage.errors import UsageError
from vantage.rooms import TEST_SEEDS, VALIDATION_SEEDS
from vantage.rooms.held_out import CLASSES, NOVEL_WORDS

Asks = Literal["everything", "synonyms", "classes", "pairs"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Split:
    """Test rooms with one kind of novelty (section 4)."""

    world: str
    """One of `rooms.worlds.WORLDS`."""
    nouns: Literal["plain", "novel"] = "plain"
    asks: Asks = "everything"
    """Which labels count: all that are seen, or those that carry the novelty."""
    about: str = ""
    """For the page."""


SPLITS: dict[str, Split] = {
    "novel_room": Split(world="train3d", about="rooms of the training's world, with seeds it never saw"),
    "novel_visual": Split(world="novel_visual", about="materials, colours, shades and lights never shown in training"),
    "novel_synonyms": Split(
        world="train3d", nouns="novel", asks="synonyms", about=f"{len(NOVEL_WORDS)} classes by words never used"
    ),
    "novel_class": Split(world="novel_class", asks="classes", about=f"classes never shown: {', '.join(CLASSES)}"),
    "novel_pairs": Split(
        world="novel_pairs", asks="pairs", about="known classes in known colours never seen together, asked for by both"
    ),
}
"""The paper's four, and pairs of class and colour of our own."""
VOOL_SPLITS = ("novel_room", "novel_visual", "novel_synonyms", "novel_class")
"""Descriptions are told by classes alone, so that pairs with colours have none."""
FLOORS = ("visible", "visible-true")
"""Without a network: the visible points where relevancy is high, and the visible points that are truly the label's."""
ORACLE = "oracle"
"""A network of semabs whose relevancy is drawn from true masks, at the heights that its own has inside and outside."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CompletionStudySettings:
    """Which rooms, splits and networks.

    Raises:
        UsageError: nothing is named, something is named twice or is not known, or a room is not for testing.
    """

    rooms: tuple[int, ...]
    """Seeds of test rooms; each is a room of every split's world."""
    models: tuple[str, ...] = ()
    """Networks as NAME=FILE."""
    splits: tuple[str, ...] = tuple(SPLITS)
    validation_rooms: tuple[int, ...] = tuple(range(800_100, 800_108))
    """Seeds of rooms on which the floor's threshold is chosen, beyond those that trainings choose theirs on."""
    random_views: int = 3
    """Views a room from random places, filtered as the paper's."""
    close_views: int = 1
    """Views a room of single objects and into containers."""
    lattice: int = 64
    """Points along each axis at which networks are asked; the measure's voxels hold eight of them each."""
    voxels: int = 32
    """Voxels along each axis of the measure (section 4)."""
    absent: int = 4
    """Labels a view that are not in the room."""

    def __post_init__(self) -> None:
        if not self.rooms or not self.splits:
            raise UsageError("no room or split is named; give --rooms 900000-900019")
        for name in ("rooms", "splits", "models", "validation_rooms"):
            values = getattr(self, name)
            if len(set(values)) < len(values):
                raise UsageError(f"{name} {', '.join(map(str, values))}: one is named twice")
        unknown = [split for split in self.splits if split not in SPLITS]
        if unknown:
            raise UsageError(f"split {unknown[0]!r} is not known; choose of {', '.join(SPLITS)}")
        for rooms, allowed, kind in (
            (self.rooms, TEST_SEEDS, "testing"),
            (self.validation_rooms, VALIDATION_SEEDS, "validation"),
        ):
            wrong = [seed for seed in rooms if seed not in allowed]
            if wrong:
                raise UsageError(f"room {wrong[0]} is not for {kind}; expected {allowed[0]} to {allowed[-1]}")
        if self.random_views + self.close_views < 1 or self.lattice % self.voxels:
            raise UsageError(
                f"{self.random_views} and {self.close_views} views, lattice {self.lattice}, voxels {self.voxels}: "
                "expected a view, and a lattice of whole points a voxel"
            )
        self.named_models()

    def named_models(self) -> dict[str, str]:
        """Return the networks' files by name.

        Raises:
            UsageError: one is not NAME=FILE, or has a name that means something else.
        """
        found: dict[str, str] = {}
        for model in self.models:
            name, equals, file = model.partition("=")
            if not (name and equals and file):
                raise UsageError(f"--models {model}: expected NAME=FILE, such as semabs=room-semabs")
            if name in found or name in (*FLOORS, ORACLE):
                raise UsageError(f"--models {model}: the name {name} is taken")
            found[name] = file
        return found
