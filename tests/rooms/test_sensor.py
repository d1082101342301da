"""The faults of cameras: each does what it says and nothing else, and a seed fixes the bytes."""

import dataclasses

import numpy as np
import pytest

from vantage.errors import UsageError
from vantage.rooms import RoomRendering
from vantage.rooms.looks.colours import decode_srgb, encode_srgb
from vantage.rooms.rendering.sensor import PHONE, STRUCTURED_LIGHT, Sensor, apply_sensor, draw_sensor


def gray(level: float = 0.18, depth: float = 2.0, size: tuple[int, int] = (60, 80)) -> RoomRendering:
    """Return a picture of one linear level at one depth."""
    rgb = np.full((*size, 3), encode_srgb(np.array(level)), dtype=np.float32)
    labels = np.ones(size, dtype=np.int32)
    return RoomRendering(
        rgb=rgb,
        depth=np.full(size, depth, dtype=np.float32),
        instances=labels,
        classes=labels,
        normals=np.zeros((*size, 3), dtype=np.float32),
        parts=labels,
    )


def light(view: RoomRendering) -> np.ndarray:
    return decode_srgb(view.rgb.astype(np.float64))


def test_a_sensor_without_faults_changes_nothing() -> None:
    view = gray()
    out = apply_sensor(view, Sensor(), np.random.default_rng(0))
    assert np.abs(out.rgb - view.rgb).max() < 1e-6
    assert np.array_equal(out.depth, view.depth)


def test_one_stop_doubles_the_light_and_balance_tints_it() -> None:
    rng = np.random.default_rng(0)
    assert light(apply_sensor(gray(), Sensor(exposure=1.0), rng)).mean() == pytest.approx(0.36, rel=1e-3)
    warm = light(apply_sensor(gray(), Sensor(white_balance=1.0), rng)).mean(axis=(0, 1))
    assert np.allclose(warm, [0.18 * 1.35, 0.18, 0.18 / 1.35], rtol=1e-3)


def test_vignette_darkens_corners_alone() -> None:
    out = light(apply_sensor(gray(), Sensor(vignette=0.4), np.random.default_rng(0)))[..., 0]
    assert out[30, 40] == pytest.approx(0.18, rel=1e-3)
    assert out[0, 0] == pytest.approx(0.6 * 0.18, rel=0.05)


def test_noise_has_the_strength_it_says() -> None:
    read = light(apply_sensor(gray(0.2), Sensor(read_noise=0.01), np.random.default_rng(1)))
    assert read.std() == pytest.approx(0.01, rel=0.05)
    for level in (0.1, 0.4):
        shot = light(apply_sensor(gray(level), Sensor(shot_noise=0.02), np.random.default_rng(1)))
        assert shot.std() == pytest.approx(0.02 * np.sqrt(level), rel=0.05)


def test_blur_keeps_the_light_and_spreads_a_point() -> None:
    view = gray(0.0)
    view.rgb[30, 40] = 1.0
    out = light(apply_sensor(view, Sensor(defocus=1.5), np.random.default_rng(0)))[..., 0]
    v, u = np.mgrid[:60, :80]
    assert out.sum() == pytest.approx(1, rel=0.02)
    assert np.sqrt((out * (u - 40) ** 2).sum() / out.sum()) == pytest.approx(1.5, rel=0.1)
    moved = light(apply_sensor(view, Sensor(motion=(6.0, 0.0)), np.random.default_rng(0)))[..., 0]
    spread = [np.sqrt((moved * (a - b) ** 2).sum() / moved.sum()) for a, b in ((u, 40), (v, 30))]
    # The standard deviation of an even spread over six pixels is 6 / sqrt(12).
    assert spread[0] == pytest.approx(6 / np.sqrt(12), rel=0.15) and spread[1] < 0.05


def test_depth_noise_and_steps_grow_with_the_square() -> None:
    for depth in (1.0, 3.0):
        out = apply_sensor(gray(depth=depth), Sensor(depth_noise=0.002), np.random.default_rng(2)).depth
        assert out.std() == pytest.approx(0.002 * depth**2, rel=0.05)
        ramp = dataclasses.replace(
            gray(), depth=np.linspace(depth, depth + 0.1, 4800, dtype=np.float32).reshape(60, 80)
        )
        steps = np.diff(np.unique(apply_sensor(ramp, Sensor(depth_step=0.003), np.random.default_rng(2)).depth))
        assert np.median(steps) == pytest.approx(0.003 * depth**2, rel=0.15)


def test_depth_is_lost_at_jumps_and_grazing_planes_only() -> None:
    sensor = Sensor(depth_dropout=1.0)
    jump = gray()
    jump.depth[:, 40:] = 3.0
    lost = apply_sensor(jump, sensor, np.random.default_rng(0)).depth == 0
    assert lost[:, 39:41].all() and not lost[:, :36].any() and not lost[:, 44:].any()
    # A plane: 1 / z is linear. Gentle and nearly edge-on.
    for slope, least, most in ((0.002, 0.0, 0.0), (0.08, 0.7, 1.0)):
        plane = gray()
        plane.depth[:] = 1 / (0.4 + slope * np.arange(60)[:, None] / 2)
        share = (apply_sensor(plane, sensor, np.random.default_rng(0)).depth == 0)[:15].mean()
        assert least <= share <= most


def test_a_seed_fixes_the_bytes() -> None:
    for sensor in (PHONE, STRUCTURED_LIGHT, draw_sensor(np.random.default_rng(4))):
        a, b, c = (apply_sensor(gray(), sensor, np.random.default_rng(seed)) for seed in (1, 1, 2))
        assert a.rgb.tobytes() == b.rgb.tobytes() and a.depth.tobytes() == b.depth.tobytes()
        assert a.rgb.tobytes() != c.rgb.tobytes()


@pytest.mark.parametrize(("name", "value"), [("vignette", 1.5), ("read_noise", -0.1), ("exposure", 20.0)])
def test_faults_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=f"sensor.*{name}"):
        dataclasses.replace(Sensor(), **{name: value})
