"""The inspector: one page that shows every conversation over its images, so that a person sees whether it is right.

The page holds everything it shows and asks nothing of the network. Marks (right, wrong) stay in the browser and are
saved as JSON.
"""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float64, UInt8

from vantage.dialogue.canonical import CanonicalFrame
from vantage.dialogue.conversation import Conversation
from vantage.dialogue.inspector_drawing import Outline, sample_record
from vantage.dialogue.lifting import LiftedScene
from vantage.errors import DataError
from vantage.geometry import AlignedBox, Camera
from vantage.reports.pictures import data_uri
from vantage.storage import write_text


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class InspectedSample:
    """A conversation with what is needed to draw what its answers rest on.

    Raises:
        DataError: there are not as many images, cameras and poses as the conversation has views, or an image is not of
            its camera's size.
    """

    conversation: Conversation
    images: tuple[UInt8[np.ndarray, "_h _w 3"], ...]
    """By view."""
    cameras: tuple[Camera, ...]
    """Of `images`, at their size."""
    world_from_camera: tuple[Float64[np.ndarray, "4 4"], ...]
    """Camera (OpenCV axes) to world."""
    frame: CanonicalFrame | None
    """Of the first view; None where nothing tells which way is up."""
    cubes: Mapping[int, AlignedBox]
    """Bounding cubes in `frame` by instance; empty where there is no frame."""
    names: Mapping[int, str] = dataclasses.field(default_factory=dict)
    """What instances are called; those that turns speak of tell it themselves."""
    outlines: tuple[Mapping[int, Outline], ...] = ()
    """By view: the box around what it shows of each instance. Drawn where there are no cubes; may be left out."""
    notes: tuple[str, ...] = ()
    """Lines shown beside the conversation, such as where depth and instances came from."""

    def __post_init__(self) -> None:
        given = len(self.images), len(self.cameras), len(self.world_from_camera)
        if set(given) != {self.conversation.views}:
            raise DataError(
                f"sample {self.conversation.name!r}: {given[0]} images, {given[1]} cameras and {given[2]} poses; "
                f"expected the conversation's {self.conversation.views}"
            )
        for k, (image, camera) in enumerate(zip(self.images, self.cameras, strict=True)):
            if image.shape[:2] != (camera.height, camera.width):
                raise DataError(
                    f"sample {self.conversation.name!r}: image {k} of {image.shape[:2]}; expected its camera's "
                    f"{(camera.height, camera.width)}"
                )


def inspected(scene: LiftedScene, conversation: Conversation) -> InspectedSample:
    """Return what the inspector shows of a conversation about a scene.

    Args:
        scene: lifted, with images.
        conversation: about it.

    Raises:
        DataError: a view has no image.
    """
    perception = scene.perception
    images = [view.image for view in perception.views if view.image is not None]
    if len(images) < len(perception.views):
        raise DataError(f"perception {perception.name!r} has no image of some view; the inspector draws on images")
    outlines: list[dict[int, Outline]] = [{} for _ in perception.views]
    for instance, thing in scene.objects.items():
        for view, shown in thing.appearances.items():
            low, high = int(shown.rows.min()), int(shown.rows.max())
            outlines[view][instance] = (shown.across[0], float(low), shown.across[1] + 1, float(high + 1))
    sources = perception.sources
    return InspectedSample(
        conversation=conversation,
        images=tuple(np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8) for image in images),
        cameras=tuple(view.camera for view in perception.views),
        world_from_camera=tuple(view.world_from_camera for view in perception.views),
        frame=scene.frame,
        cubes=scene.cubes,
        names={region.instance: region.caption for region in perception.regions},
        outlines=tuple(outlines),
        notes=(
            f"depth: {sources.depth}; instances: {sources.instances}; captions: {sources.captions}; "
            f"cameras: {sources.cameras}; scale: {perception.scale_source}",
        ),
    )


def write_inspector(samples: Iterable[InspectedSample], out: Path, title: str) -> None:
    """Write the page to one file, whole or not at all.

    Args:
        samples: in the order in which they are shown.
        out: the page.
        title: its heading; marks are kept in the browser under it and the samples' names.

    Raises:
        DataError: there are no samples.
    """
    records = []
    for sample in samples:
        pictures = [data_uri(image.astype(np.float32) / 255) for image in sample.images]
        record = sample_record(
            sample.conversation,
            cameras=sample.cameras,
            world_from_camera=sample.world_from_camera,
            frame=sample.frame,
            cubes=sample.cubes,
            names=sample.names,
            outlines=sample.outlines,
        )
        records.append({**record, "images": pictures, "notes": list(sample.notes)})
    if not records:
        raise DataError(f"{out}: no conversations to inspect")
    write_text(Path(out), _page(title, records))


def _page(title: str, records: list[dict[str, object]]) -> str:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("vantage.dialogue", "inspector_page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    script = environment.get_template("inspector.js").render().strip()
    return environment.get_template("inspector.html").render(
        title=title,
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        data=_embedded({"title": title, "samples": records}),
    )


def _embedded(value: object) -> str:
    """Return JSON that cannot end the element it stands in, whatever its strings hold."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
