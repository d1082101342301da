"""A scene that is not made of Gaussians has no splats, and is painted all the same."""

import dataclasses

import numpy as np
import pytest

from vantage.captures import Capture
from vantage.encoders import Features
from vantage.fields import (
    DistilledScene,
    Distiller,
    DistillSettings,
    HashGridSettings,
    NerfModelSettings,
    NerfSettings,
    SemanticSettings,
)
from vantage.fields.surface_points import surface_points
from vantage.localization import SceneQuery
from vantage.viewer.look import Look
from vantage.viewer.painter import ScenePainter
from vantage.viewer.viewpoint import Ray, Viewpoint

GRID = HashGridSettings(levels=6, features=2, log2_table=10, coarsest=4, finest=32)


@pytest.fixture(scope="module")
def nerf_scene(cube_capture: Capture, cube_features: list[Features]) -> DistilledScene:
    settings = DistillSettings(
        field="nerf",
        steps=150,
        semantic_points=512,
        semantics=SemanticSettings(grid=GRID),
        nerf=NerfSettings(model=NerfModelSettings(grid=GRID), samples=8192, refresh_points=8192),
    )
    distiller = Distiller(cube_capture, {"smooth": cube_features}, settings)
    while distiller.step < settings.steps:
        distiller.train_step()
    return distiller.scene()


@pytest.mark.slow
def test_a_nerf_is_rendered_asked_and_clicked(nerf_scene: DistilledScene, cube_capture: Capture):
    from viewer.conftest import Directions

    places = surface_points(nerf_scene, cameras=4, pixels=16).numpy()
    # The cube's walls.
    assert np.median(np.abs(np.abs(places).max(axis=1) - 1)) < 0.1
    painter = ScenePainter(nerf_scene, SceneQuery(nerf_scene, "smooth", Directions()))
    assert painter.splats is None
    view = cube_capture[3]
    viewpoint = Viewpoint(camera=view.camera, world_from_camera=view.world_from_camera)
    look = Look(encoder="smooth")
    np.testing.assert_allclose(painter.picture(look, viewpoint).image, view.image, atol=0.25)
    assert painter.places.answer("right").best_point[0] > 0.8
    for shown, change in {"depth": {}, "features": {}, "relevancy": {"text": "right"}}.items():
        assert painter.picture(dataclasses.replace(look, shown=shown, **change), viewpoint).image.std() > 0.01
    pose = view.world_from_camera
    point = painter.hit(Ray(origin=tuple(pose[:3, 3].tolist()), direction=tuple(pose[:3, 2].tolist())))
    assert point is not None
    np.testing.assert_allclose(np.abs(point).max(), 1.0, atol=0.15)
