"""What the settings of all studies hold, and what is wrong with them."""

import dataclasses
from typing import ClassVar

from vantage.errors import UsageError

FIELDS = ("gaussians", "nerf")
"""Kinds of field."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class StudySettings:
    """Which scenes, encoders, fields and seeds.

    Raises:
        UsageError: nothing is named, something is named twice, or there is no such field.
    """

    needs_field: ClassVar[bool] = True
    """Whether there is nothing to study without a field."""

    encoders: tuple[str, ...]
    """Encoders, by name."""
    rooms: tuple[int, ...] = ()
    """Seeds of rooms."""
    captures: tuple[str, ...] = ()
    """Folders of captures."""
    fields: tuple[str, ...] = ("gaussians",)
    """Kinds of field that encoders are distilled into."""
    seeds: tuple[int, ...] = (0,)
    """Seeds of everything that is drawn."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            values = getattr(self, field.name)
            if isinstance(values, tuple) and len(set(values)) < len(values):
                raise UsageError(f"{field.name} {', '.join(map(str, values))}: one is named twice")
        if not self.encoders or not self.seeds or (self.needs_field and not self.fields):
            raise UsageError(
                "nothing to study: no encoder, field or seed; give --encoders room-dino --fields gaussians --seeds 0"
            )
        refuse_unknown("field", self.fields, FIELDS)


def refuse_unknown(what: str, values: tuple[str, ...], known: tuple[str, ...]) -> None:
    """Refuse a name that is none of those that are known.

    Raises:
        UsageError: as it says.
    """
    unknown = [value for value in values if value not in known]
    if unknown:
        raise UsageError(f"{what} {unknown[0]!r} is not known; choose of {', '.join(known)}")
