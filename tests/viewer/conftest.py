import pytest
import torch

from vantage.fields import DistilledScene, Distiller
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


@pytest.fixture(scope="session")
def cube_scene(trained_cube: Distiller) -> DistilledScene:
    return trained_cube.scene()


@pytest.fixture(scope="session")
def painter(cube_scene: DistilledScene) -> ScenePainter:
    return ScenePainter(cube_scene, SceneQuery(cube_scene, "smooth", Directions()))
