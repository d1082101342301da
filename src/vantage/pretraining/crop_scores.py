"""Naming crops of single objects without having learned from a label: whose text is the crop's summary most like?"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from vantage.encoders import Encoder, TextEncoder
from vantage.metrics import Metric
from vantage.pretraining.batches import full_view
from vantage.pretraining.object_crops import ObjectCropSettings, objects_in, window_around
from vantage.pretraining.room_views import RoomViews
from vantage.rooms.words.vocabulary import with_article

SIDE = 96
"""Side in pixels that crops are scaled to, the largest that the image-text encoders are trained on for objects."""
MARGIN = 1.2
"""Side of the crop over the longer side of the object's box."""
BATCH = 64
LARGE = 1024
"""Objects that show so many pixels or more (32x32) are reported apart: in these the view has more to tell."""


def object_crop(
    image: UInt8[np.ndarray, "h w 3"], box: tuple[int, int, int, int], *, side: int = SIDE
) -> Float[Tensor, "1 3 side side"]:
    """Return the square about an object's box, a fifth larger than it, scaled to `side` pixels."""
    height, width = image.shape[:2]
    cut = full_view(image[window_around(box, MARGIN, (width, height))])
    return torch.nn.functional.interpolate(cut, (side, side), mode="bilinear", antialias=True)


def score_crops(
    encoder: Encoder, text: TextEncoder, rooms: Sequence[RoomViews], *, categories: Sequence[str] | None = None
) -> dict[str, Metric]:
    """Name crops of objects by the text that their summary is most like.

    Args:
        encoder: its summaries live in the space of the texts.
        text: encodes the names.
        rooms: views with known objects; all that are large enough to be named (`ObjectCropSettings`) are cropped.
        categories: the names to choose from; all that the rooms show by default.

    Returns:
        `crop_category_top1` ("a mug" among all categories), the same for objects of at least 1024 pixels
        (`crop_category_large`), and `crop_colour_top1` ("something red" among all colours); each a mean over rooms.
    """
    settings = ObjectCropSettings()
    objects = [region for room in rooms for region in room.table if region.is_object]
    names = sorted(categories or {region.category for region in objects})
    colours = sorted({region.colour for region in objects if region.colour})
    name_vectors = text.encode_text([with_article(name) for name in names]).cpu()
    colour_vectors = text.encode_text([f"something {colour}" for colour in colours]).cpu() if colours else None
    per_room: dict[str, list[float]] = {"category": [], "large": [], "colour": []}
    for room in rooms:
        right: dict[str, list[float]] = {name: [] for name in per_room}
        crops, regions, sizes = [], [], []
        for image, labels in zip(room.images, room.regions, strict=True):
            for number, box in objects_in(labels, settings):
                if room.table[number - 1].is_object:
                    crops.append(object_crop(image, box))
                    regions.append(room.table[number - 1])
                    sizes.append(int((labels == number).sum()))
        if not crops:
            continue
        summaries = [encoder.encode(torch.cat(crops[i : i + BATCH])).summary for i in range(0, len(crops), BATCH)]
        vectors = torch.cat(summaries).cpu()
        said = (vectors @ name_vectors.mT).argmax(dim=1).tolist()
        painted = (vectors @ colour_vectors.mT).argmax(dim=1).tolist() if colour_vectors is not None else []
        for index, (region, size) in enumerate(zip(regions, sizes, strict=True)):
            hit = float(names[said[index]] == region.category)
            right["category"].append(hit)
            if size >= LARGE:
                right["large"].append(hit)
            if region.colour:
                right["colour"].append(float(colours[painted[index]] == region.colour))
        for name, values in right.items():
            if values:
                per_room[name].append(float(np.mean(values)))
    published = {"crop_category_top1": "category", "crop_category_large": "large", "crop_colour_top1": "colour"}
    return {name: Metric.of(per_room[field]) for name, field in published.items()}
