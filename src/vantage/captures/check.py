"""Decodes every view once, so that damage is known before long work begins."""

import dataclasses
from collections.abc import Callable

from vantage.captures.capture import Capture, SetAside
from vantage.captures.frames import enforce_share
from vantage.captures.images import ImageError
from vantage.errors import DataError


def check_images(capture: Capture, *, strict: bool = False, each: Callable[[], None] | None = None) -> Capture:
    """Return the capture without the views that cannot be decoded or whose mask is empty; they move to `set_aside`.

    Args:
        capture: any capture; its views are read one after another and not kept.
        strict: stop at any damage, not only when more than 5% of the views are hit.
        each: called after each view, to show progress.

    Raises:
        DataError: more than 5% of the views are unusable, those set aside before included.
    """
    kept: list[int] = []
    aside = list(capture.set_aside)
    for index, source in enumerate(capture.sources):
        try:
            view = source.read()
        except DataError as error:
            reason = error.reason if isinstance(error, ImageError) else "image_unreadable"
            aside.append(SetAside(name=source.name, reason=reason, detail=str(error)))
        else:
            if view.mask is not None and not view.mask.any():
                aside.append(SetAside(name=source.name, reason="mask_empty", detail="no pixel of the view may be used"))
            else:
                kept.append(index)
        if each is not None:
            each()
    enforce_share(capture.name, len(kept), aside, strict=strict)
    return dataclasses.replace(capture.subset(kept), set_aside=tuple(aside))
