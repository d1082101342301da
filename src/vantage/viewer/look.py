"""`Look`: what one browser wants to see, and what a newer wish does to it. No widgets here."""

import dataclasses
from typing import Literal, get_args

from vantage.errors import UsageError

Shown = Literal["colour", "depth", "features", "relevancy", "similarity"]
SHOWN: tuple[Shown, ...] = get_args(Shown)

Point = tuple[float, float, float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Look:
    """What is to be seen; changed by `dataclasses.replace` and the functions below."""

    encoder: str
    """Whose features, and whose similarity."""
    shown: Shown = "colour"
    rendered: bool = False
    """Whether vantage renders the view, or the browser draws splats."""
    text: str = ""
    """What was asked for last."""
    point: Point | None = None
    """The place that was clicked last, world frame."""

    @property
    def as_picture(self) -> bool:
        """Whether vantage has to render: it was asked to, or depth is wanted, which belongs to a view."""
        return self.rendered or self.shown == "depth"

    def missing(self) -> str | None:
        """Return what must happen before this can be seen, or None."""
        if self.shown == "relevancy" and not self.text:
            return "Type what to look for, such as “a red mug”, and press Find."
        if self.shown == "similarity" and self.point is None:
            return "Click a place in the scene: what resembles it will light up."
        return None


def asked_for(look: Look, text: str) -> Look:
    """Return the look after a text was asked for."""
    return dataclasses.replace(look, text=text, shown="relevancy")


def clicked(look: Look, point: Point) -> Look:
    """Return the look after a place was clicked."""
    return dataclasses.replace(look, point=point, shown="similarity")


def shown_as(look: Look, shown: str) -> Look:
    """Return the look with something else to be seen.

    Raises:
        UsageError: there is no such thing.
    """
    for known in SHOWN:
        if known == shown.lower():
            return dataclasses.replace(look, shown=known)
    raise UsageError(f"{shown!r} cannot be shown; there is {', '.join(SHOWN)}")
