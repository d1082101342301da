"""A small capture of smooth pictures with everything a view can hold."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from vantage.captures import Capture, SceneObject, View, ViewSource
from vantage.geometry import Camera, OrientedBox, look_at


def build_capture(*, views: int, width: int = 32, height: int = 24, seed: int = 0) -> Capture:
    generator = np.random.default_rng(seed)
    camera = Camera(fx=30.0, fy=31.0, cx=width / 2 + 0.3, cy=height / 2 - 0.2, width=width, height=height)
    sources = []
    for index in range(views):
        angle = 2 * np.pi * index / views
        eye = torch.tensor([2 * np.cos(angle), 2 * np.sin(angle), 1.2], dtype=torch.float64)
        pose = look_at(eye, torch.zeros(3, dtype=torch.float64), torch.tensor([0.0, 0, 1], dtype=torch.float64)).numpy()
        depth = generator.uniform(1.0, 3.0, (height, width)).astype(np.float32)
        depth[0, 0] = 0
        mask = np.ones((height, width), dtype=bool)
        mask[:2] = False
        view = View(
            name=f"{index:03d}.png",
            image=generator.uniform(0, 1, (height, width, 3)).astype(np.float32),
            camera=camera,
            world_from_camera=pose,
            depth=depth,
            mask=mask,
            instances=generator.integers(0, 3, (height, width)).astype(np.int32),
            classes=generator.integers(0, 2, (height, width)).astype(np.int32),
        )
        sources.append(
            ViewSource(
                name=view.name,
                camera=camera,
                world_from_camera=pose,
                read=lambda view=view: view,
                caption=f"view {index} of a mug",
            )
        )
    mug = SceneObject(
        instance=1,
        category="mug",
        caption="a red mug",
        attributes=(("colour", "red"), ("material", "ceramic")),
        box=OrientedBox.upright(centre=(0.0, 0.1, 0.2), size=(0.1, 0.1, 0.12), yaw=0.3),
    )
    return Capture(
        name="small room",
        sources=tuple(sources),
        test_indices=tuple(i for i in (1, 4) if i < views),
        class_names=("nothing", "mug"),
        objects=(mug,),
    )


@pytest.fixture
def make_capture() -> Callable[..., Capture]:
    return build_capture
