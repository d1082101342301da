"""A field as a capture: its cameras with the pictures and depth that it renders there, for any capture writer."""

import functools
from collections.abc import Callable, Sequence

import numpy as np

from vantage.captures import Capture, PointCloud, View, ViewSource
from vantage.errors import DataError
from vantage.fields.distilled_scene import SceneCamera
from vantage.fields.exchange.points import ScenePoints
from vantage.fields.exchange.surfaces import Renders, surface_view


def rendered_capture(
    field: Renders,
    cameras: Sequence[SceneCamera],
    *,
    name: str,
    metric: bool,
    points: ScenePoints | None = None,
    each: Callable[[], None] | None = None,
) -> Capture:
    """Return a capture whose views are rendered when they are read.

    Args:
        field: what to render.
        cameras: the views; held-out ones stay held out.
        name: of the capture.
        metric: whether world units are metres.
        points: sparse points that go with it, such as the Gaussians' centres.
        each: called after each view that is read, to show progress.

    Raises:
        DataError: there are no cameras.
    """
    if not cameras:
        raise DataError(f"{name}: no cameras to write")

    def read(item: SceneCamera) -> View:
        seen = surface_view(field, item.camera, item.world_from_camera)
        if each is not None:
            each()
        return View(
            name=item.name,
            image=seen.rgb,
            camera=item.camera,
            world_from_camera=item.world_from_camera,
            depth=seen.depth,
        )

    cloud = None
    if points is not None:
        colors = np.rint(np.clip(points.colors, 0, 1) * 255).astype(np.uint8)
        cloud = PointCloud(points=points.points, colors=colors)
    return Capture(
        name=name,
        sources=tuple(
            ViewSource(
                name=item.name,
                camera=item.camera,
                world_from_camera=item.world_from_camera,
                read=functools.partial(read, item),
            )
            for item in cameras
        ),
        points=cloud,
        test_indices=tuple(i for i, item in enumerate(cameras) if item.held_out),
        metric=metric,
    )
