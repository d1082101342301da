"""The baseline for Gaussians: Splat-Loc, which renders at a guess, matches, lifts and solves PnP (Chen et al., 2025).

Its reference has defects that are not carried over: a depth mask that masks nothing and depths beyond one metre
dropped, keypoints cut to whole pixels, the minimal solver EPnP without refinement of the inliers, an exception of any
kind taken for "not found" (docs/inversion.md). What is left is SPINE's fine phase without its coarse one, without cells
and without colours, from one guess; so it is given that phase's tuned settings, too.
"""

import dataclasses

import numpy as np
from jaxtyping import Float32, Float64

from vantage.fields import DistilledScene
from vantage.geometry import Camera
from vantage.inversion.fine import FinePose, FineSettings, SpineFine
from vantage.inversion.photometric import PhotometricSettings


class SplatLoc:
    """Finds poses from a guess that is near enough for its rendering to share keypoints with the image."""

    def __init__(self, scene: DistilledScene, settings: FineSettings | None = None, *, rounds: int = 3) -> None:
        """Prepare the matcher; `rounds=1` is the reference, more render again at what was found, as SPINE does.

        Raises:
            MissingError: the extra `sfm` (pycolmap) is not installed.
        """
        settings = dataclasses.replace(
            settings or FineSettings(),
            dense=False,
            hypotheses=1,
            rounds=rounds,
            photometric=PhotometricSettings(steps=0),
        )
        self._fine = SpineFine(scene, None, settings)

    def refine(
        self, image: Float32[np.ndarray, "h w 3"], camera: Camera, guess: Float64[np.ndarray, "4 4"]
    ) -> FinePose:
        """Return the pose found from a guess; where nothing agrees, the guess, marked as not found."""
        return self._fine.refine(image, camera, guess[None])
