"""Measured values that carry their sample size and interval."""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

from vantage.errors import DataError

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
