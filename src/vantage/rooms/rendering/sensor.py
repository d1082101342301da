"""What a real camera does to a picture and a depth map: exposure, white balance, blur, vignette, noise, dropouts."""

import dataclasses
import math

import numpy as np
from jaxtyping import Float32
from scipy.ndimage import gaussian_filter, map_coordinates

from vantage.errors import UsageError
from vantage.rooms.looks.colours import decode_srgb, encode_srgb
from vantage.rooms.rendering.render import RoomRendering


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sensor:
    """A camera's faults; each is off at its default.

    Raises:
        UsageError: a number is out of its range.
    """

    exposure: float = 0.0
    """Stops by which the picture is brighter (positive) or darker."""
    white_balance: float = 0.0
    """-1 (bluish) to 1 (reddish): red is multiplied and blue divided by 1.35 to this power, about 5500 K seen as set
    for 7500 K or 4000 K."""
    vignette: float = 0.0
    """Share of light lost in the corners, 0 to 1; a thin lens loses it with the fourth power of the cosine."""
    shot_noise: float = 0.0
    """Standard deviation at full white, linear; grows with the root of the light. 0.02 is a phone by day."""
    read_noise: float = 0.0
    """Standard deviation in the dark, linear. 0.005 is a phone in the evening."""
    defocus: float = 0.0
    """Standard deviation of the blur in pixels."""
    motion: tuple[float, float] = (0.0, 0.0)
    """Way of the picture during the exposure, pixels to the right and down."""
    depth_noise: float = 0.0
    """Standard deviation of depth at 1 m, metres; grows with the square of depth, as disparity's does. 0.0012 is a
    first structured-light camera (Khoshelham and Elberink 2012 give 0.00143)."""
    depth_step: float = 0.0
    """Step between depth values at 1 m, metres; grows with the square. 0.0028 likewise."""
    depth_dropout: float = 0.0
    """Share of depth lost where surfaces are seen at grazing angles or depth jumps, 0 to 1."""

    def __post_init__(self) -> None:
        for name in ("vignette", "depth_dropout"):
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"sensor {name} {getattr(self, name)}: expected a number from 0 to 1")
        for name in ("shot_noise", "read_noise", "defocus", "depth_noise", "depth_step"):
            if not getattr(self, name) >= 0:
                raise UsageError(f"sensor {name} {getattr(self, name)}: expected 0 or more")
        if not -1 <= self.white_balance <= 1 or not -8 <= self.exposure <= 8:
            raise UsageError(
                f"sensor white_balance {self.white_balance}, exposure {self.exposure}: expected -1 to 1 and -8 to 8"
            )


PHONE = Sensor(vignette=0.2, shot_noise=0.02, read_noise=0.004, defocus=0.5)
"""A phone's camera indoors."""
STRUCTURED_LIGHT = dataclasses.replace(PHONE, depth_noise=0.0012, depth_step=0.0028, depth_dropout=0.7)
"""A first depth camera for games."""


def draw_sensor(rng: np.random.Generator) -> Sensor:
    """Draw faults such as hand-held pictures have, for training; depth stays exact."""
    angle, way = rng.uniform(0, 2 * math.pi), rng.exponential(0.8)
    return Sensor(
        exposure=float(np.clip(rng.normal(0, 0.35), -1, 1)),
        white_balance=float(np.clip(rng.normal(0, 0.25), -1, 1)),
        vignette=float(rng.uniform(0, 0.35)),
        shot_noise=float(rng.uniform(0, 0.03)),
        read_noise=float(rng.uniform(0, 0.006)),
        defocus=float(rng.uniform(0, 0.7)),
        motion=(float(way * math.cos(angle)), float(way * math.sin(angle))),
    )


def apply_sensor(rendering: RoomRendering, sensor: Sensor, rng: np.random.Generator) -> RoomRendering:
    """Return the rendering as a camera with faults gives it; only `rgb` and `depth` change.

    Light is treated as light: sRGB is decoded, blurred, dimmed and made noisy, and encoded again.

    Args:
        rendering: what a perfect camera sees.
        sensor: the faults.
        rng: source of the noise; the same seed gives the same bytes.
    """
    light = decode_srgb(rendering.rgb.astype(np.float64))
    light = _blur(light, sensor)
    height, width = light.shape[:2]
    y, x = np.mgrid[:height, :width] + 0.5
    corner = ((x - width / 2) ** 2 + (y - height / 2) ** 2) / ((width / 2) ** 2 + (height / 2) ** 2)
    light *= (1 - sensor.vignette * corner**2)[..., None] * 2.0**sensor.exposure
    light *= np.array([1.35, 1.0, 1 / 1.35]) ** sensor.white_balance
    noise = rng.standard_normal(light.shape)
    light += noise * np.sqrt(sensor.shot_noise**2 * np.maximum(light, 0) + sensor.read_noise**2)
    rgb = encode_srgb(np.clip(light, 0, 1)).clip(0, 1).astype(np.float32)
    return dataclasses.replace(rendering, rgb=rgb, depth=_sense_depth(rendering, sensor, rng))


def _blur(light: np.ndarray, sensor: Sensor) -> np.ndarray:
    """Return light out of focus, and smeared along a straight line."""
    if sensor.defocus > 0:
        light = gaussian_filter(light, (sensor.defocus, sensor.defocus, 0), mode="nearest")
    way = math.hypot(*sensor.motion)
    if way == 0:
        return light
    steps = max(2, math.ceil(2 * way))
    rows, columns = np.mgrid[: light.shape[0], : light.shape[1]].astype(np.float64)
    total = np.zeros_like(light)
    for t in np.linspace(-0.5, 0.5, steps):
        at = [rows + t * sensor.motion[1], columns + t * sensor.motion[0]]
        for k in range(3):
            total[..., k] += map_coordinates(light[..., k], at, order=1, mode="nearest")
    return total / steps


def _sense_depth(rendering: RoomRendering, sensor: Sensor, rng: np.random.Generator) -> Float32[np.ndarray, "h w"]:
    """Return depth with noise, steps and holes (0); a part that is off leaves it as it is."""
    depth = rendering.depth.astype(np.float64)
    if sensor.depth_noise > 0:
        depth = depth + sensor.depth_noise * depth**2 * rng.standard_normal(depth.shape)
    if sensor.depth_step > 0:
        # Equal steps of 1 / z: disparities are whole numbers of a fixed part of a pixel.
        inverse = np.round(1 / np.maximum(depth, 1e-3) / sensor.depth_step) * sensor.depth_step
        depth = np.where(inverse > 0, 1 / np.maximum(inverse, 1e-9), 0)
    if sensor.depth_dropout > 0:
        depth = np.where(rng.random(depth.shape) < sensor.depth_dropout * _doubt(rendering), 0, depth)
    return np.where(rendering.depth > 0, depth, 0).astype(np.float32)


def _doubt(rendering: RoomRendering) -> np.ndarray:
    """Return 0 to 1 (h w): 1 beside jumps of depth, and rising to 1 as a surface turns from the camera."""
    z = rendering.depth
    inverse = 1 / np.maximum(z, 1e-3)
    jump = np.zeros(z.shape, dtype=bool)
    # On a plane 1 / z is linear in the pixel, so its second differences are 0 however slanted the plane is.
    for axis in (0, 1):
        bend = np.abs(np.diff(inverse, n=2, axis=axis)) * np.take(z, range(1, z.shape[axis] - 1), axis=axis)
        middle = (slice(1, -1), slice(None)) if axis == 0 else (slice(None), slice(1, -1))
        jump[middle] |= bend > 0.03
    down, right = np.gradient(inverse)
    slope = np.hypot(down, right) * z
    # Slope relative to depth per pixel: 0.02 is about 80 degrees at 128 pixels and a usual lens.
    grazing = np.clip((slope - 0.02) / 0.04, 0, 1)
    return np.maximum(jump, grazing)
