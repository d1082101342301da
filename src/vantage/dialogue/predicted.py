"""Perceptions from images alone: depth, instances and words predicted by the `room-*` encoders and a small head.

Made to be held against the truth of the same images (SpatialBoost, Table 19). Intrinsics are taken as known, as Depth
Pro should be given them; poses are needed only where there are several views.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int32

from vantage.captures import Capture, View
from vantage.dialogue.perception import PerceivedView, Perception, Region, Sources
from vantage.dialogue.photographs import Photograph
from vantage.dialogue.predicted_head import KINDS
from vantage.dialogue.predicted_linking import CutView, linked
from vantage.dialogue.predicted_segments import JOINED
from vantage.dialogue.predicted_view import RoomPredictor, SeenView
from vantage.dialogue.predicted_words import Named, sayable, view_captions
from vantage.errors import UsageError

GROUND = ("floor", "rug")
"""Kinds that are level and things stand on."""
CALLED = 0.25
"""Least probability of a category for a segment to be asked about. On validation rooms 800000 to 800005, 11 of 16
things named with more are named right, and 1 of 10 named with less."""
COLOURED = 0.5
"""Least probability of a colour for it to be told."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PredictSettings:
    """Where predictions are trusted."""

    threshold: float = JOINED
    """Least mean probability over a common border for two regions to be one thing."""
    called: float = CALLED
    """Least probability of a category for a thing to be asked about."""
    poses: str = "given"
    """"given" takes the capture's poses where there are several views; "none" refuses several views."""

    def __post_init__(self) -> None:
        if self.poses not in ("given", "none"):
            raise UsageError(f"poses {self.poses!r}: choose given or none")


def perceive_predicted(
    capture: Capture, indices: Sequence[int], predictor: RoomPredictor, settings: PredictSettings | None = None
) -> Perception:
    """Return what is predicted of some views of a capture; nothing of it is read but images, cameras and poses.

    Args:
        capture: with images.
        indices: of the views, in the order in which questions count them.
        predictor: encoders, head and vocabulary.
        settings: where predictions are trusted.

    Raises:
        UsageError: there is no such view, or several are asked for without poses.
    """
    chosen = settings or PredictSettings()
    wrong = [i for i in indices if not 0 <= i < len(capture)]
    if wrong:
        raise UsageError(f"view {wrong[0]} of capture {capture.name!r}: it has views 0 to {len(capture) - 1}")
    if len(indices) > 1 and chosen.poses == "none":
        raise UsageError(f"{len(indices)} views without poses: nothing tells how they lie; ask for one view")
    views = [capture[i] for i in indices]
    seen = [predictor.see(view.image, chosen.threshold) for view in views]
    alone = len(views) == 1
    # The head tells depth from images whose lens is known; behind an assumed one lengths are none.
    metric = not isinstance(capture, Photograph) or capture.lens_known
    poses = [np.eye(4) if alone else view.world_from_camera for view in views]
    numbers, regions = _regions(views, seen, poses, chosen)
    return Perception(
        name="/".join([capture.name, *(capture.sources[i].name for i in indices)]),
        views=tuple(_perceived(*each, regions) for each in zip(views, seen, poses, numbers, strict=True)),
        regions=tuple(regions),
        sources=Sources(
            depth="room-vggt and head",
            instances="room-clip, room-vggt and head",
            captions="room-clip",
            cameras="focal length assumed" if not metric else "intrinsics given" if alone else "given",
        ),
        metric=metric,
        scale_source="room-vggt" if metric else "none",
    )


def _regions(
    views: Sequence[View], seen: Sequence[SeenView], poses: Sequence[np.ndarray], settings: PredictSettings
) -> tuple[list[Int32[np.ndarray, "_h _w"]], list[Region]]:
    """Return each view's map in common numbers, and the regions that they mean."""
    number_of = linked([_cut(*each) for each in zip(views, seen, poses, strict=True)])
    maps: list[Int32[np.ndarray, "_h _w"]] = []
    best: dict[int, tuple[int, Named | None]] = {}
    for view, found in enumerate(seen):
        table = np.array([0, *(number_of[view, k] for k in range(1, len(found.kinds) + 1))], dtype=np.int32)
        maps.append(table[found.numbers])
        for k, (kind, named) in enumerate(zip(found.kinds, found.named, strict=True), start=1):
            before = best.get(number_of[view, k], (kind, None))[1]
            # Where several views show a thing, the one that is surest names it.
            if before is None or (named is not None and named.category_chance > before.category_chance):
                best[number_of[view, k]] = (kind, named)
    return maps, [_region(number, *best[number], settings) for number in sorted(best)]


def _cut(view: View, seen: SeenView, pose: np.ndarray) -> CutView:
    return CutView(
        camera=view.camera,
        world_from_camera=pose,
        depth=seen.depth,
        numbers=seen.numbers,
        words=tuple(KINDS[k] if name is None else name.category for k, name in zip(seen.kinds, seen.named)),
        everywhere=tuple(name is None for name in seen.named),
    )


def _region(number: int, kind: int, named: Named | None, settings: PredictSettings) -> Region:
    if named is None:
        word = KINDS[kind]
        return Region(
            instance=number, names=(word,), caption=f"a {word}", askable=False, ground=word in GROUND, support=None
        )
    coloured = (("colour", named.colour),) if named.colour_chance >= COLOURED else ()
    told = named if coloured else dataclasses.replace(named, colour="")
    return Region(
        instance=number,
        names=(named.category,),
        caption=told.caption,
        words=coloured,
        askable=named.category_chance >= settings.called and sayable(named.category),
    )


def _perceived(
    view: View, seen: SeenView, pose: np.ndarray, numbers: Int32[np.ndarray, "h w"], regions: Sequence[Region]
) -> PerceivedView:
    told = [
        (
            region.caption,
            float((numbers == region.instance).mean()),
            float(np.nonzero(numbers == region.instance)[1].mean()),
        )
        for region in regions
        if region.askable and (numbers == region.instance).any()
    ]
    return PerceivedView(
        name=view.name,
        camera=view.camera,
        world_from_camera=pose,
        depth=seen.depth,
        instances=numbers,
        image=view.image,
        captions=view_captions(told),
    )
