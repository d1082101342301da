"""The widgets of one browser, laid out; what they do is the visitor's."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from vantage.viewer.look import SHOWN

NO_CAMERA = "choose a view"

FIND_HINT = "*Name a thing that may be in the scene, such as “{example}”. The best place gets a yellow mark.*"
LOCATE_HINT = "*An image of this place, by the camera that made it: its pose is found and shown in green.*"
CLICK_HINT = "*Click in the scene: what resembles that place lights up.*"


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Panels:
    """Handles of the widgets."""

    shown: Any
    encoder: Any
    legend: Any
    rendered: Any | None
    """None where views are always rendered."""
    cameras: Any
    go_to: Any
    find_form: Any | None
    """None where the scene cannot be asked, as are the two that follow."""
    text: Any | None
    find: Any | None
    found: Any
    pointed: Any
    located: Any
    upload: Any | None
    """None where images cannot be placed."""
    first: Any
    second: Any
    compare: Any
    compared: Any
    compared_window: Any
    save: Any
    status: Any


def build_panels(
    gui: Any,
    *,
    title: str,
    encoders: Sequence[str],
    cameras: Sequence[str],
    splats: bool,
    rendered: bool,
    example: str,
    no_query: str,
    locatable: bool,
) -> Panels:
    """Lay the widgets out in a browser's control panel.

    Args:
        gui: the browser's `viser.GuiApi`.
        title: what is shown, as Markdown.
        encoders: names of the distilled encoders.
        cameras: names of the scene's cameras.
        splats: whether the browser can draw the scene itself.
        rendered: whether views are rendered to begin with.
        example: of what to look for.
        no_query: why texts cannot be asked; empty where they can.
        locatable: whether images can be placed in the scene.
    """
    gui.add_markdown(title)
    with gui.add_folder("Show"):
        shown = gui.add_dropdown("What", [name.capitalize() for name in SHOWN], initial_value="Colour")
        encoder = gui.add_dropdown("Encoder", list(encoders), hint="Whose features, and whose similarity.")
        legend = gui.add_html("")
        exact = None
        if splats:
            exact = gui.add_checkbox(
                "Render",
                rendered,
                hint="Have vantage render this view exactly, instead of drawing splats in the browser. Faster where "
                "the browser has no graphics card.",
            )
    with gui.add_folder("Cameras"):
        show_cameras = gui.add_checkbox(
            "Visible", False, hint="Where the photographs were taken; blue: seen in training, orange: held out."
        )
        go_to = gui.add_dropdown("Go to", [NO_CAMERA, *cameras], hint="Or click a camera in the scene.")
    find_form = text_box = find = None
    if no_query:
        with gui.add_folder("Find"):
            found = gui.add_markdown(f"*Not possible here: {plain(no_query)}*")
    else:
        with gui.add_form("Find") as find_form:
            text_box = gui.add_text("Text", "", hint="What to look for; Enter asks.")
            find = gui.add_button("Find", icon="search")
            found = gui.add_markdown(FIND_HINT.format(example=plain(example)))
    with gui.add_folder("Similar places"):
        pointed = gui.add_markdown(CLICK_HINT)
    upload = None
    with gui.add_folder("Where was it taken?", expand_by_default=False, visible=locatable):
        if locatable:
            upload = gui.add_upload_button("Choose an image", icon="photo-search", mime_type="image/*")
        located = gui.add_markdown(LOCATE_HINT)
    with gui.add_folder("Compare encoders", expand_by_default=False):
        first = gui.add_dropdown("Left", list(encoders))
        second = gui.add_dropdown("Right", list(encoders), initial_value=encoders[min(1, len(encoders) - 1)])
        compare = gui.add_button("Compare this view", icon="columns-2")
    save = gui.add_button("Save a picture", icon="camera")
    status = gui.add_markdown("")
    window = gui.add_panel(visible=False)
    with window.add_tab("Compare"):
        compared = gui.add_image(np.zeros((9, 16, 3), dtype=np.uint8), label="", format="jpeg", jpeg_quality=92)
    window.float(x=15, y=-15, width=640)
    return Panels(
        shown=shown,
        encoder=encoder,
        legend=legend,
        rendered=exact,
        cameras=show_cameras,
        go_to=go_to,
        find_form=find_form,
        text=text_box,
        find=find,
        found=found,
        pointed=pointed,
        located=located,
        upload=upload,
        first=first,
        second=second,
        compare=compare,
        compared=compared,
        compared_window=window,
        save=save,
        status=status,
    )


def plain(text: str) -> str:
    """Return a text that Markdown shows as it stands: what a user typed or a file is called must not become markup."""
    return "".join(f"&#{ord(c)};" if not (c.isalnum() or c in " .,:;-/") else c for c in text)
