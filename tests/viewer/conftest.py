from collections.abc import Callable

import pytest
import torch

from vantage.captures import Capture
from vantage.encoders import Features
from vantage.fields import (
    DensificationSettings,
    DistilledScene,
    Distiller,
    DistillSettings,
    HashGridSettings,
    SemanticSettings,
)
from vantage.localization import SceneQuery
from vantage.viewer.painter import ScenePainter


class Directions:
    """A text tower whose texts are directions in the cube's features (x, y, z, sin 2x, sin 2y, sin 2z, 1)."""

    def encode_text(self, texts: list[str]) -> torch.Tensor:
        table = {"right": [1, 0, 0], "left": [-1, 0, 0]}
        rows = [[*table[t], 0, 0, 0, 0] if t in table else [0, 0, 0, 0, 0, 0, -1] for t in texts]
        return torch.tensor(rows, dtype=torch.float32)

    def unknown_words(self, text: str) -> list[str]:
        return [word for word in text.split() if word == "xyzzy"]


def _of_other_words(features: Features) -> Features:
    """Features that tell other things: only how high a point lies, and how far to the right."""
    grid = features.grid[..., [2, 0, 6]] * torch.tensor([3.0, 1.0, 1.0])
    return Features(grid=grid, summary=grid.mean(dim=(1, 2)), stride=features.stride, image_size=features.image_size)


@pytest.fixture(scope="session")
def cube_scene(cube_capture: Capture, cube_features: list[Features]) -> DistilledScene:
    """The cube with two encoders; a few seconds."""
    settings = DistillSettings(
        steps=400,
        start_gaussians=1500,
        sh_degree=1,
        sh_every=20,
        semantic_points=512,
        semantics=SemanticSettings(grid=HashGridSettings(levels=6, features=2, log2_table=10, coarsest=4, finest=32)),
        densification=DensificationSettings(start=10_000),
    )
    targets = {"smooth": cube_features, "height": [_of_other_words(features) for features in cube_features]}
    distiller = Distiller(cube_capture, targets, settings)
    while distiller.step < settings.steps:
        distiller.train_step()
    return distiller.scene()


@pytest.fixture(scope="session")
def cube_query(cube_scene: DistilledScene) -> Callable[[], SceneQuery]:
    return lambda: SceneQuery(cube_scene, "smooth", Directions())


@pytest.fixture(scope="session")
def painter(cube_scene: DistilledScene, cube_query: Callable[[], SceneQuery]) -> ScenePainter:
    return ScenePainter(cube_scene, cube_query())
