"""Features in colour: three principal components, fitted once so that colours mean the same in every picture."""

import dataclasses

import numpy as np
from jaxtyping import Float

from vantage.errors import DataError


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class FeatureColors:
    """A projection of features to RGB."""

    mean: Float[np.ndarray, " d"]
    axes: Float[np.ndarray, "d 3"]
    """Unit, by falling variance; zero where the features have fewer channels than three."""
    low: Float[np.ndarray, " 3"]
    """Values along the axes that become 0."""
    high: Float[np.ndarray, " 3"]
    """Values that become 1."""

    @classmethod
    def fit(cls, features: Float[np.ndarray, "n d"]) -> "FeatureColors":
        """Fit to a sample: each axis points where its largest loading is positive, the range is 1st to 99th percentile.

        Raises:
            DataError: there are no features, or their values are not finite.
        """
        if not len(features) or not np.isfinite(features).all():
            raise DataError(f"principal components need finite features, one or more; got {len(features)}")
        features = features.astype(np.float64)
        mean = features.mean(axis=0)
        centred = features - mean
        _, vectors = np.linalg.eigh(centred.T @ centred)
        largest = vectors[:, ::-1][:, :3]
        signs = np.where(largest[np.abs(largest).argmax(axis=0), range(largest.shape[1])] < 0, -1, 1)
        axes = np.zeros((features.shape[1], 3))
        axes[:, : largest.shape[1]] = largest * signs
        low, high = np.percentile(centred @ axes, [1, 99], axis=0)
        return cls(mean=mean, axes=axes, low=low, high=high)

    def components(self, features: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n 3"]:
        """Return the features' three principal components, in the features' own unit."""
        return (features - self.mean) @ self.axes

    def colors(self, components: Float[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n 3"]:
        """Return components as RGB in [0, 1]; those that carry nothing are mid-grey."""
        spread = self.high - self.low
        # Rounding noise of a component that carries nothing must not fill the whole range.
        useful = spread > 1e-9 * max(float(np.abs(self.mean).max()), float(spread.max()), 1e-12)
        values = (components - self.low) / np.where(useful, spread, 1)
        return np.where(useful, np.clip(values, 0, 1), 0.5)

    def __call__(self, features: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n 3"]:
        """Return features as RGB in [0, 1]."""
        return self.colors(self.components(features))
