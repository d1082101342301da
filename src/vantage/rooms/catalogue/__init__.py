"""Every kind of object a room may hold, by name."""

from vantage.rooms.catalogue.furniture import FURNITURE
from vantage.rooms.catalogue.small_things import SMALL_THINGS
from vantage.rooms.shapes.blueprint import Category

CATALOGUE: dict[str, Category] = FURNITURE | SMALL_THINGS
"""All categories by name."""

STRUCTURE = ("floor", "ceiling", "wall", "window", "door", "rug", "ceiling lamp")
"""What the room itself consists of; built by `shell`, because its sizes follow the room's."""

CLASS_NAMES: tuple[str, ...] = ("nothing", *STRUCTURE, *sorted(CATALOGUE))
"""Class names by class number."""
