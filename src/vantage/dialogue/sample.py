"""`Sample`: a conversation with its images and all that is needed to see what its answers rest on."""

import dataclasses
import io
from collections.abc import Mapping
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from vantage.captures.images import encode_rgb_png
from vantage.dialogue.canonical import CanonicalFrame
from vantage.dialogue.conversation import Conversation
from vantage.dialogue.lifting import LiftedScene
from vantage.dialogue.perception import Sources
from vantage.errors import DataError
from vantage.geometry import AlignedBox, Camera

Encoding = Literal["png", "jpeg"]
"""How images are stored: without loss, or a fifth of the size."""
JPEG_QUALITY = 95
"""Pillow's own advice for the highest that is of use."""
SUFFIXES = {b"\x89PNG": ".png", b"\xff\xd8\xff\xe0": ".jpg"}
"""File names' ends by what an encoded image begins with."""

Outline = tuple[float, float, float, float]
"""Left, top, right and bottom of a box in an image, pixels."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SampleView:
    """One image of a sample and its camera."""

    name: str
    camera: Camera
    world_from_camera: Float64[np.ndarray, "4 4"]
    encoded: bytes
    """The image as PNG or JPEG."""
    outlines: Mapping[int, Outline] = dataclasses.field(default_factory=dict)
    """The box around what it shows of each lifted thing, by instance."""

    @property
    def suffix(self) -> str:
        """The end of a file's name for the image.

        Raises:
            DataError: it is neither PNG nor JPEG.
        """
        suffix = SUFFIXES.get(self.encoded[:4])
        if suffix is None:
            raise DataError(f"view {self.name!r}: its image begins with {self.encoded[:4]!r}; expected PNG or JPEG")
        return suffix

    def pixels(self) -> UInt8[np.ndarray, "h w 3"]:
        """Decode the image.

        Raises:
            DataError: it cannot be decoded, or is not of the camera's size.
        """
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(io.BytesIO(self.encoded), formats=("PNG", "JPEG")) as image:
                # The header's word is checked before anything is decoded.
                found = (image.width, image.height)
                if found != (self.camera.width, self.camera.height):
                    expected = f"{self.camera.width}x{self.camera.height}"
                    raise DataError(f"view {self.name!r}: image of {found[0]}x{found[1]}; its camera has {expected}")
                return np.asarray(image.convert("RGB"))
        except (OSError, ValueError, SyntaxError, UnidentifiedImageError) as error:
            raise DataError(f"view {self.name!r}: its image cannot be decoded ({error})") from error


@dataclasses.dataclass(frozen=True, kw_only=True)
class SampleThing:
    """A lifted thing of a sample, whether a turn speaks of it or not."""

    instance: int
    text: str
    """Such as "a red mug"."""
    cube: AlignedBox | None
    """In the sample's frame; None where there is none."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """What a shard holds of one conversation.

    Raises:
        DataError: there are not as many views as the conversation has.
    """

    conversation: Conversation
    views: tuple[SampleView, ...]
    frame: CanonicalFrame | None
    """Of the first view; None where nothing tells which way is up."""
    things: tuple[SampleThing, ...]
    sources: Sources
    scale_source: str
    """What told the scale; "none" where units are not metres."""
    versions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Of the programs that made it."""

    def __post_init__(self) -> None:
        if len(self.views) != self.conversation.views:
            raise DataError(
                f"sample {self.name!r} has {len(self.views)} images; expected the conversation's "
                f"{self.conversation.views}"
            )

    @property
    def name(self) -> str:
        """Of the conversation; no other sample has it."""
        return self.conversation.name

    @property
    def metric(self) -> bool:
        """Whether world units are metres."""
        return self.scale_source != "none"


def encode_image(image: Float32[np.ndarray, "h w 3"], encoding: Encoding) -> bytes:
    """Encode RGB in [0, 1] with eight bits a channel."""
    if encoding == "png":
        return encode_rgb_png(image)
    from PIL import Image

    buffer = io.BytesIO()
    pixels = np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)
    # Without subsampling: colours are asked for, and things are a few pixels wide.
    Image.fromarray(pixels).save(buffer, format="JPEG", quality=JPEG_QUALITY, subsampling=0)
    return buffer.getvalue()


def sample_of(scene: LiftedScene, conversation: Conversation, encoded: tuple[bytes, ...]) -> Sample:
    """Return a conversation about a scene as a sample.

    Args:
        scene: lifted.
        conversation: about it.
        encoded: the images of its views.
    """
    perception = scene.perception
    outlines: list[dict[int, Outline]] = [{} for _ in perception.views]
    for instance, thing in scene.objects.items():
        for view, shown in thing.appearances.items():
            rows = float(shown.rows.min()), float(shown.rows.max()) + 1
            outlines[view][instance] = (shown.across[0], rows[0], shown.across[1] + 1, rows[1])
    return Sample(
        conversation=conversation,
        views=tuple(
            SampleView(
                name=view.name,
                camera=view.camera,
                world_from_camera=view.world_from_camera,
                encoded=image,
                outlines=shown,
            )
            for view, image, shown in zip(perception.views, encoded, outlines, strict=True)
        ),
        frame=scene.frame,
        things=tuple(
            SampleThing(instance=i, text=thing.region.caption, cube=scene.cubes.get(i))
            for i, thing in scene.objects.items()
        ),
        sources=perception.sources,
        scale_source=perception.scale_source,
    )
