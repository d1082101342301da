"""The baseline by gradient descent: iNeRF (Yen-Chen et al., 2021), from a guess, on fields of either kind.

Numbers are those of its reference (the `llff` settings); the paper's runs took 100 steps.
"""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float32, Float64, Int64
from scipy import ndimage

from vantage.errors import DataError, UsageError
from vantage.fields import DistilledScene
from vantage.geometry import Camera, se3_exp
from vantage.inversion.colours import AnyField, colours_at, held_fixed
from vantage.inversion.matching import SiftDescriber

DILATION = 5
"""Side of the square that interest regions grow by, in pixels, three times over (the reference's 5x5 kernel, x3)."""


DEPTH_CAMERAS = 8
"""Training cameras, at least, that say how far away things are; ours."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class InerfSettings:
    """The descent."""

    steps: int = 300
    """Steps of Adam."""
    rate: float = 0.01
    """Learning rate of the twist: radians, and metres at a depth of one metre."""
    decay: float = 0.8
    """What a hundred steps multiply the rate by."""
    rays: int = 512
    """Pixels per step, drawn from the interest regions."""
    seed: int = 0
    """Seed of the pixels."""

    def __post_init__(self) -> None:
        if self.steps < 1 or self.rays < 1 or self.rate <= 0 or not 0 < self.decay <= 1:
            raise UsageError(f"{self}: expected steps, rays and a rate above 0, and a decay up to 1")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class InerfPose:
    """Where the descent came out."""

    world_from_camera: Float64[np.ndarray, "4 4"]
    losses: tuple[float, ...]
    """Mean squared error of colour over each step's pixels."""


def interest_pixels(image: Float32[np.ndarray, "h w 3"], sift: SiftDescriber) -> Int64[np.ndarray, " p"]:
    """Return the row-major numbers of pixels around keypoints; of an image without any, all pixels."""
    height, width = image.shape[:2]
    marked = np.zeros((height, width), dtype=bool)
    columns, rows = np.floor(sift.describe(image).pixels).astype(int).T
    marked[rows.clip(0, height - 1), columns.clip(0, width - 1)] = True
    marked = ndimage.binary_dilation(marked, np.ones((DILATION, DILATION)), iterations=3)
    found = np.flatnonzero(marked)
    return found if len(found) else np.arange(height * width)


def usual_depth(scene: DistilledScene) -> float:
    """Return how far away things are in a scene: the median depth that its training cameras see, metres.

    At a guess that stands in a wall the depth seen is some millimetres, and would say nothing of the scene.

    Raises:
        DataError: the scene has no training camera.
    """
    cameras = [camera for camera in scene.cameras if not camera.held_out]
    if not cameras:
        raise DataError(f"scene {scene.name!r} has no training camera; how far away things are is not known")
    chosen = cameras[:: max(1, len(cameras) // DEPTH_CAMERAS)]
    with torch.no_grad():
        depths = [scene.render(camera.camera, camera.world_from_camera).depth.flatten() for camera in chosen]
    return float(torch.cat(depths).median())


class Inerf:
    """Finds poses by walking down the colour error from a guess."""

    def __init__(self, field: AnyField, settings: InerfSettings | None = None) -> None:
        """Prepare the keypoints.

        Raises:
            MissingError: the extra `sfm` (pycolmap) is not installed.
        """
        self.field, self.settings = field, settings or InerfSettings()
        self._sift = SiftDescriber()

    def refine(
        self, image: Float32[np.ndarray, "h w 3"], camera: Camera, guess: Float64[np.ndarray, "4 4"], *, depth: float
    ) -> InerfPose:
        """Return where the descent ends; `depth` is how far away things are, metres, and sets the shifts' rate."""
        settings = self.settings
        interesting = torch.from_numpy(interest_pixels(image, self._sift))
        target = torch.from_numpy(image).reshape(-1, 3)
        start = torch.from_numpy(guess).float()
        twist = torch.zeros(6, requires_grad=True)
        reach = torch.tensor([depth] * 3 + [1.0] * 3)
        optimizer = torch.optim.Adam([twist], lr=settings.rate)
        rng = torch.Generator().manual_seed(settings.seed)
        losses = []
        with held_fixed(self.field):
            for step in range(settings.steps):
                optimizer.param_groups[0]["lr"] = settings.rate * settings.decay ** (step / 100)
                chosen = interesting[torch.randperm(len(interesting), generator=rng)[: settings.rays]]
                colours = colours_at(self.field, camera, start @ se3_exp(twist * reach), chosen)
                loss = (colours - target[chosen]).square().mean()
                losses.append(float(loss.detach()))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            pose = start.double() @ se3_exp((twist * reach).detach().double())
        return InerfPose(world_from_camera=pose.numpy(), losses=tuple(losses))
