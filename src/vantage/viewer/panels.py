"""The widgets of one browser, laid out; what they do is the visitor's."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from vantage.viewer.look import SHOWN

NO_CAMERA = "(where I am)"


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Panels:
    """Handles of the widgets."""

    shown: Any
    encoder: Any
    rendered: Any
    cameras: Any
    go_to: Any
    find_form: Any | None
    text: Any | None
    find: Any | None
    found: Any
    pointed: Any
    first: Any
    second: Any
    compare: Any
    compared: Any
    compared_window: Any
    save: Any
    saved: Any
    status: Any


def build_panels(
    gui: Any, *, title: str, encoders: Sequence[str], cameras: Sequence[str], text: str, no_query: str
) -> Panels:
    """Lay the widgets out in a browser's control panel.

    Args:
        gui: the browser's `viser.GuiApi`.
        title: what is shown, as Markdown.
        encoders: names of the distilled encoders.
        cameras: names of the scene's cameras.
        text: an example of what to look for.
        no_query: why texts cannot be asked; empty where they can.
    """
    gui.add_markdown(title)
    with gui.add_folder("Show"):
        shown = gui.add_dropdown("What", [name.capitalize() for name in SHOWN], initial_value="Colour")
        encoder = gui.add_dropdown("Encoder", list(encoders), hint="Whose features, and whose similarity.")
        rendered = gui.add_checkbox(
            "Rendered", False, hint="Have vantage render this view, instead of drawing splats in the browser."
        )
        show_cameras = gui.add_checkbox(
            "Cameras", False, hint="Where the photographs were taken; click one to go there."
        )
        go_to = gui.add_dropdown("Go to", [NO_CAMERA, *cameras])
    find_form = text_box = find = None
    if no_query:
        with gui.add_folder("Find"):
            found = gui.add_markdown(f"*Off: {plain(no_query)}*")
    else:
        with gui.add_form("Find") as find_form:
            text_box = gui.add_text("Text", "", hint=f"What to look for, such as “{text}”; Enter asks.")
            find = gui.add_button("Find", icon="search")
            found = gui.add_markdown("")
    with gui.add_folder("Point"):
        pointed = gui.add_markdown("*Click in the scene: what resembles that place lights up.*")
    with gui.add_folder("Compare", expand_by_default=False):
        first = gui.add_dropdown("Left", list(encoders))
        second = gui.add_dropdown("Right", list(encoders), initial_value=encoders[min(1, len(encoders) - 1)])
        compare = gui.add_button("Compare this view", icon="columns-2")
    save = gui.add_button("Save a picture", icon="camera")
    saved = gui.add_markdown("", visible=False)
    status = gui.add_markdown("")
    window = gui.add_panel(visible=False)
    with window.add_tab("Compare"):
        compared = gui.add_image(np.zeros((9, 16, 3), dtype=np.uint8), label="", format="jpeg", jpeg_quality=92)
    window.float(x=15, y=-15, width=640)
    return Panels(
        shown=shown,
        encoder=encoder,
        rendered=rendered,
        cameras=show_cameras,
        go_to=go_to,
        find_form=find_form,
        text=text_box,
        find=find,
        found=found,
        pointed=pointed,
        first=first,
        second=second,
        compare=compare,
        compared=compared,
        compared_window=window,
        save=save,
        saved=saved,
        status=status,
    )


def plain(text: str) -> str:
    """Return a text that Markdown shows as it stands: what a user typed or a file is called must not become markup."""
    return "".join(f"&#{ord(c)};" if not (c.isalnum() or c in " .,:;-/") else c for c in text)
