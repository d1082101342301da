"""Measured values that carry their sample size and interval, and the two image metrics every paper reports."""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.errors import DataError

# SSIM's window and constants: Wang et al. (2004), section III-B; the 3DGS papers use the same.
SSIM_WINDOW = 11
SSIM_SIGMA = 1.5
SSIM_C1 = 0.01**2
SSIM_C2 = 0.03**2
# The standard normal quantile that leaves 2.5 % on either side.
Z_95 = 1.959963984540054


@dataclasses.dataclass(frozen=True)
class Metric:
    """A measured value with its sample size `n` and, where n > 1, its 95 % interval; no samples give None, never 0."""

    value: float | None
    n: int
    ci95: tuple[float, float] | None = None

    @classmethod
    def of(cls, samples: Iterable[float]) -> "Metric":
        """Return the mean of the samples with the 95 % interval of Student's t.

        Raises:
            DataError: a sample is NaN or infinite.
        """
        values = [float(sample) for sample in samples]
        if not all(math.isfinite(value) for value in values):
            raise DataError(f"{sum(not math.isfinite(v) for v in values)} of {len(values)} samples are not finite")
        n = len(values)
        if n == 0:
            return cls(value=None, n=0)
        mean = math.fsum(values) / n
        if n == 1:
            return cls(value=mean, n=1)
        from scipy.special import stdtrit

        variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
        half = float(stdtrit(n - 1, 0.975)) * math.sqrt(variance / n)
        return cls(value=mean, n=n, ci95=(mean - half, mean + half))

    @classmethod
    def share(cls, successes: int, n: int) -> "Metric":
        """Return the share of successes among `n` trials with Wilson's 95 % interval (Wilson 1927), honest at 0 and 1.

        Raises:
            DataError: there are more successes than trials, or fewer than none.
        """
        if not 0 <= successes <= n:
            raise DataError(f"{successes} successes among {n} trials")
        if n == 0:
            return cls(value=None, n=0)
        share = successes / n
        weight = 1 + Z_95**2 / n
        centre = (share + Z_95**2 / (2 * n)) / weight
        half = Z_95 / weight * math.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n**2))
        # At 0 and n the bound is exact; rounding must not push it past.
        low = 0.0 if successes == 0 else max(0.0, centre - half)
        high = 1.0 if successes == n else min(1.0, centre + half)
        return cls(value=share, n=n, ci95=(low, high) if n > 1 else None)

    def to_json(self) -> dict[str, Any]:
        """Return the form this metric takes in `result.json`."""
        return {"value": self.value, "n": self.n, "ci95": list(self.ci95) if self.ci95 else None}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Metric":
        """Return the metric of its form in `result.json`."""
        interval = content.get("ci95")
        return cls(content["value"], content["n"], (interval[0], interval[1]) if interval else None)


def psnr_db(image_a: Float[Tensor, "*shape"], image_b: Float[Tensor, "*shape"]) -> Float[Tensor, ""]:
    """Return the peak signal-to-noise ratio in decibels of two images in [0, 1]; infinite where they are equal.

    Raises:
        DataError: the shapes differ.
    """
    _same_shape(image_a, image_b)
    return -10 * torch.log10(torch.mean((image_a - image_b) ** 2))


def ssim(image_a: Float[Tensor, "ha wa ca"], image_b: Float[Tensor, "hb wb cb"]) -> Float[Tensor, ""]:
    """Return the mean structural similarity (Wang et al. 2004) of two images in [0, 1]; differentiable.

    Only windows that lie wholly in the image count, as in scikit-image and as in gsplat's `padding="valid"`, so that
    no invented border enters. Means and variances are population ones under an 11 x 11 Gaussian of sigma 1.5.

    Raises:
        DataError: the shapes differ, or a side is shorter than the window.
    """
    _same_shape(image_a, image_b)
    height, width, channels = image_a.shape
    if min(height, width) < SSIM_WINDOW:
        raise DataError(f"ssim needs images of at least {SSIM_WINDOW}x{SSIM_WINDOW} pixels; got {width}x{height}")
    a, b = image_a.permute(2, 0, 1), image_b.permute(2, 0, 1)
    # The sum of the two variances is all that SSIM asks for, so four blurs do instead of five.
    blurred = cast(Tensor, _Blur.apply(torch.cat([a, b, a * a + b * b, a * b])))
    mean_a, mean_b, squares, product = blurred.split(channels)
    means = mean_a * mean_b
    mean_squares = mean_a**2 + mean_b**2
    numerator = (2 * means + SSIM_C1) * (2 * (product - means) + SSIM_C2)
    denominator = (mean_squares + SSIM_C1) * (squares - mean_squares + SSIM_C2)
    return (numerator / denominator).mean()


class _Blur(torch.autograd.Function):
    """The window's blur of each plane, rows then columns, keeping only places where the whole window fits.

    Shifted sums take `ssim` forward and backward at 256x192 from 180 ms to 6 ms of one core's time, measured against
    torch's own convolution of single-channel planes.
    """

    @staticmethod
    def forward(ctx: Any, planes: Tensor) -> Tensor:
        """Blur (c, h, w) to (c, h - 10, w - 10)."""
        return _slide(_slide(planes, 2), 1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        """Blur the gradient: the window is symmetric, so the transposed blur is the blur of the padded gradient."""
        margin = SSIM_WINDOW - 1
        return _Blur.apply(torch.nn.functional.pad(gradients[0], (margin, margin, margin, margin)))


def _slide(planes: Tensor, axis: int) -> Tensor:
    """Return the window's weighted sum along one axis, shorter by the window's length less one."""
    weights = [math.exp(-0.5 * ((k - SSIM_WINDOW // 2) / SSIM_SIGMA) ** 2) for k in range(SSIM_WINDOW)]
    total = math.fsum(weights)
    length = planes.shape[axis] - SSIM_WINDOW + 1
    blurred = planes.narrow(axis, 0, length) * (weights[0] / total)
    for offset, weight in enumerate(weights[1:], start=1):
        blurred.add_(planes.narrow(axis, offset, length), alpha=weight / total)
    return blurred


def _same_shape(image_a: Tensor, image_b: Tensor) -> None:
    if image_a.shape != image_b.shape:
        raise DataError(f"images of shapes {tuple(image_a.shape)} and {tuple(image_b.shape)} cannot be compared")
