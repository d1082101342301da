"""What the page shows of the cube, whose features and surfaces are known."""

import dataclasses

import numpy as np
import pytest
import torch

from vantage.captures import Capture
from vantage.errors import UsageError
from vantage.fields import DistilledScene, GaussianField
from vantage.viewer.look import Look
from vantage.viewer.painter import ScenePainter
from vantage.viewer.viewpoint import Ray, Viewpoint

LOOK = Look(encoder="smooth")


def _view(capture: Capture, index: int) -> Viewpoint:
    view = capture[index]
    return Viewpoint(camera=view.camera, world_from_camera=view.world_from_camera)


def test_splats_are_the_gaussians_in_another_unit(painter: ScenePainter, cube_scene: DistilledScene):
    splats, field = painter.splats, cube_scene.field
    assert splats is not None and isinstance(field, GaussianField)
    np.testing.assert_allclose(painter.places.points_world, field.means.detach().numpy(), rtol=1e-6)
    covariances = splats.covariances / splats.enlarged**2
    axes = np.linalg.eigvalsh(covariances.astype(np.float64))
    np.testing.assert_allclose(axes, np.sort(field.scales.detach().numpy() ** 2, axis=1), rtol=1e-2, atol=1e-9)
    # They survive the trip as float16: without enlarging, a splat of a tenth of a millimetre would vanish.
    assert np.abs(splats.covariances).max() < 65504
    assert (splats.covariances.astype(np.float16)[:, [0, 1, 2], [0, 1, 2]] > 0).all()


def test_a_plain_picture_is_the_rendering(painter: ScenePainter, cube_capture: Capture, cube_scene: DistilledScene):
    view = cube_capture[3]
    rendering = cube_scene.render(view.camera, view.world_from_camera)
    image = painter.picture(LOOK, _view(cube_capture, 3)).image
    np.testing.assert_allclose(image, rendering.rgb.clamp(0, 1).numpy(), atol=1e-6)


def test_a_click_lands_on_the_surface(painter: ScenePainter, cube_capture: Capture):
    view = cube_capture[3]
    assert view.depth is not None
    for row, column in [(20, 24), (8, 30), (33, 10)]:
        ray = view.world_from_camera[:3, :3] @ view.camera.rays()[row, column]
        eye = view.world_from_camera[:3, 3]
        point = painter.hit(Ray(origin=tuple(eye.tolist()), direction=tuple((ray / np.linalg.norm(ray)).tolist())))
        assert point is not None
        np.testing.assert_allclose(point, eye + view.depth[row, column] * ray, atol=0.08)


def test_a_click_into_the_void_hits_nothing(painter: ScenePainter):
    assert painter.hit(Ray(origin=(9.0, 9.0, 9.0), direction=(1.0, 0.0, 0.0))) is None


def test_what_resembles_a_place_is_brightest_near_it(painter: ScenePainter):
    values = painter.places.values(dataclasses.replace(LOOK, shown="similarity", point=(0.95, 0.0, 0.0)))
    assert values is not None and values.high <= 1 + 1e-6
    best = painter.places.points_world[np.argsort(values.values)[-20:]]
    assert np.linalg.norm(best - [0.95, 0, 0], axis=1).mean() < 0.5


def test_a_query_recolours_the_splats_it_means(painter: ScenePainter):
    colours = painter.splat_paint(dataclasses.replace(LOOK, shown="relevancy", text="right")).colours
    splats = painter.splats
    assert splats is not None
    glow = colours.sum(axis=1) - splats.colours.sum(axis=1)
    opaque = splats.opacities[:, 0] > 0.3
    x = painter.places.points_world[:, 0]
    assert glow[opaque & (x > 0.9)].mean() > glow[opaque & (x < -0.5)].mean() + 0.5
    assert painter.places.answer("right").best_point[0] > 0.8
    assert painter.places.answer("right") is painter.places.answer("right")


def test_a_view_and_the_splats_show_one_scale(painter: ScenePainter, cube_capture: Capture):
    look = dataclasses.replace(LOOK, shown="relevancy", text="right")
    pictures = [painter.picture(look, _view(cube_capture, index)) for index in (0, 3)]
    scales = [(p.scale.low, p.scale.high) for p in pictures if p.scale]
    assert scales[0] == scales[1] and scales[0][0] == 0.5


def test_colours_of_features_are_the_same_from_everywhere(painter: ScenePainter, cube_capture: Capture):
    """One point of the wall, seen by two cameras, has one colour."""
    look = dataclasses.replace(LOOK, shown="features")
    found = []
    point = np.array([-1.0, 0.0, 0.0])
    for index in (0, 1, 11):
        view = cube_capture[index]
        rotation, eye = view.world_from_camera[:3, :3], view.world_from_camera[:3, 3]
        x, y, z = rotation.T @ (point - eye)
        column, row = (
            int(v) for v in (x / z * view.camera.fx + view.camera.cx, y / z * view.camera.fy + view.camera.cy)
        )
        found.append(painter.picture(look, _view(cube_capture, index)).image[row, column])
    np.testing.assert_allclose(found[1:], [found[0]] * 2, atol=0.12)


def test_depth_is_coloured_by_distance(painter: ScenePainter, cube_capture: Capture):
    painting = painter.picture(dataclasses.replace(LOOK, shown="depth"), _view(cube_capture, 3))
    depth = cube_capture[3].depth
    assert depth is not None and painting.scale is not None
    assert painting.scale.low == pytest.approx(np.percentile(depth, 1), abs=0.1)
    brightness = painting.image.sum(axis=-1)
    assert np.corrcoef(brightness.ravel(), depth.ravel())[0, 1] < -0.9


def test_what_cannot_be_shown_is_refused(painter: ScenePainter, cube_capture: Capture, cube_scene: DistilledScene):
    with pytest.raises(UsageError, match="Type what"):
        painter.picture(dataclasses.replace(LOOK, shown="relevancy"), _view(cube_capture, 0))
    with pytest.raises(UsageError, match="empty"):
        painter.places.answer("  ")
    with pytest.raises(UsageError, match="reads text"):
        ScenePainter(cube_scene).places.answer("a mug")
    assert (
        painter.places.unknown_words("a xyzzy") == ["xyzzy"]
        and ScenePainter(cube_scene).places.unknown_words("xyzzy") == []
    )


def test_two_encoders_side_by_side_have_one_size(painter: ScenePainter, cube_capture: Capture):
    from vantage.viewer.pictures import beside

    paintings = painter.compare(("smooth", "smooth"), LOOK, _view(cube_capture, 0))
    both = beside([p.image for p in paintings])
    assert both.shape == (40, 2 * 48 + 4, 3)
    np.testing.assert_array_equal(both[:, :48], both[:, 52:])
    assert torch.from_numpy(both).isfinite().all()
