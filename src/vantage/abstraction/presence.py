"""Whether a label is in view at all: what speaks for it, against what speaks for the common things of homes."""

import functools
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from vantage.abstraction.points import MOST_POINTS, point_relevancy
from vantage.abstraction.relevancy import Extractor
from vantage.abstraction.rgbd import RgbdView
from vantage.rooms.words.vocabulary import PLAIN, absent_classes, with_article

COMMON_WORLD = "train3d"
"""World of rooms whose classes are the common things: those that 3D networks meet in training."""
TEMPERATURE = 0.03
"""Of the softmax over a pixel's relevancies. 0.02 and 0.05 tell present from absent labels as well within 0.01 of area
under the ROC curve (validation rooms 800100 to 800107, `room-clip`)."""
PIXELS = 100
"""Pixels, of the at most `MOST_POINTS` of a view, whose mean counts: half a percent. 50 and 200 do as well."""
LEAST_PRESENCE = {"value-path-fast": 0.05}
"""Presence below which a label is taken to be absent, by extractor; one that is not listed silences nobody. On those
rooms it keeps 83% of 304 labels in view and silences 63% of 192 labels of things that are not in the room. The maps of
`gradient-single` tell them apart too little for any threshold (area under the ROC curve 0.58, against 0.82 here).
`benchmarks/presence.py` says so."""


def label_presence(extractor: Extractor, view: RgbdView, labels: Sequence[str]) -> Float32[np.ndarray, " k"]:
    """Return for each label its share, 0 to 1, in the softmax over it and the common things, where it is best.

    Common things named by the same words as a label, or by some of them, do not contend with it.

    Args:
        extractor: makes the relevancy maps; it is asked once more, for the view at `MOST_POINTS`.
        view: where labels may be.
        labels: as the extractor is asked for them.

    Raises:
        UsageError: there is no label, or one is empty or too long.
        DataError: the view is smaller than a patch.
    """
    small = view.shrunk(MOST_POINTS)
    common = common_things()
    image = torch.from_numpy(small.image).permute(2, 0, 1)
    maps = point_relevancy(extractor.relevancy(image, [*labels, *common]).values.cpu(), small)
    return presence_of(maps[: len(labels)], maps[len(labels) :], labels, common)


def presence_of(
    maps: Float[Tensor, "k h w"], common_maps: Float[Tensor, "c h w"], labels: Sequence[str], common: Sequence[str]
) -> Float32[np.ndarray, " k"]:
    """Return the presence of labels from maps; arguments as in `label_presence`.

    Args:
        maps: relevancy of the labels.
        common_maps: relevancy of the common things.
        labels: the labels.
        common: names of the common things.
    """
    found = np.zeros(len(labels), dtype=np.float32)
    rivals = common_maps.flatten(1)
    for number, label in enumerate(labels):
        others = [k for k, thing in enumerate(common) if not same_thing(label, thing)]
        own = maps[number].flatten()
        ahead = torch.logsumexp(torch.cat([own[None], rivals[others]]) / TEMPERATURE, dim=0)
        shares = (own / TEMPERATURE - ahead).exp()
        found[number] = float(shares.topk(min(PIXELS, len(shares))).values.mean())
    return found


@functools.cache
def common_things() -> tuple[str, ...]:
    """Return the common things of homes as labels: "a mug", "scissors", "a floor"."""
    return tuple(with_article(PLAIN.of(name)) for name in absent_classes((), COMMON_WORLD))


def same_thing(label: str, other: str) -> bool:
    """Tell whether the words of one name are all among those of the other, articles aside."""
    first, second = (set(name.lower().split()) - {"a", "an", "the", "pair", "of"} for name in (label, other))
    return first <= second or second <= first
