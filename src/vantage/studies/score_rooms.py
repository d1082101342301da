"""A room of the scorecard, with all that its encoders share: views, true edges, correspondences, and what to ask."""

import dataclasses
import functools

import numpy as np

from vantage.captures import Capture
from vantage.errors import DataError
from vantage.localization import CaptionMasks, TrueCase, true_cases
from vantage.pretraining import PoolSettings, RoomViews, render_room
from vantage.probes import EdgeTruth, PointPairs
from vantage.rooms import correspondences, make_room, render_view, room_capture
from vantage.studies.score_settings import ScoreSettings


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ScoreRoom:
    """One room. All views stay in memory: each encoder reads them."""

    name: str
    images: Capture
    """The views whose features are looked into."""
    edges: tuple[EdgeTruth, ...]
    """Their true edges."""
    pairs: tuple[PointPairs, ...]
    """What each of them shares with the next, the last with the first."""
    heads: RoomViews
    """The views that linear heads are asked in."""
    field: Capture
    """The views of the field; some are held out."""
    cases: tuple[TrueCase, ...]
    """What is asked for in the held-out ones."""


def room_name(seed: int) -> str:
    """Return the name of a room's scene."""
    return f"room_{seed:06d}"


def pool_settings(settings: ScoreSettings) -> PoolSettings:
    """Return which views of a room linear heads see."""
    return PoolSettings(views=settings.head_views, width=settings.image_width, height=settings.image_height)


def open_room(seed: int, settings: ScoreSettings) -> ScoreRoom:
    """Render a room and its truth.

    Raises:
        DataError: nothing that can be asked for is seen in a held-out view.
    """
    images = in_memory(
        room_capture(
            seed, views=settings.image_views, width=settings.image_width, height=settings.image_height, hold_out=0
        )
    )
    room = make_room(seed)
    edges, pairs = [], []
    for number, source in enumerate(images.sources):
        causes = render_view(room, source.camera, source.world_from_camera, maps=True).edges
        if causes is None:
            raise DataError(f"{images.name}: rendered without edges")
        edges.append(EdgeTruth.of(causes))
        after = (number + 1) % len(images.sources)
        other = images.sources[after]
        seen = correspondences(room, source.camera, source.world_from_camera, other.camera, other.world_from_camera)
        rows, columns = np.nonzero(seen.visible)
        pairs.append(
            PointPairs(
                view_a=number,
                view_b=after,
                pixels_a=np.stack([columns, rows], axis=1) + 0.5,
                pixels_b=seen.pixels[rows, columns].astype(np.float64),
                width=other.camera.width,
            )
        )
    field = field_capture(seed, settings)
    cases = tuple(true_cases(CaptionMasks(field), [(index, field[index]) for index in field.test_indices]))
    if not cases:
        raise DataError(f"{field.name}: nothing that has a name is seen in a held-out view; hold out more views")
    return ScoreRoom(
        name=room_name(seed),
        images=images,
        edges=tuple(edges),
        pairs=tuple(pairs),
        heads=render_room(seed, pool_settings(settings)),
        field=field,
        cases=cases,
    )


def field_capture(seed: int, settings: ScoreSettings) -> Capture:
    """Return the views that a room's field is made of, some held out."""
    return in_memory(
        room_capture(
            seed,
            views=settings.field_views,
            width=settings.field_width,
            height=settings.field_height,
            hold_out=settings.hold_out,
        )
    )


def in_memory(capture: Capture) -> Capture:
    """Return the capture with every view kept once it is rendered."""
    sources = tuple(dataclasses.replace(source, read=functools.cache(source.read)) for source in capture.sources)
    return dataclasses.replace(capture, sources=sources)
