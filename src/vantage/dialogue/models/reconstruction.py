"""Depth and cameras of several views by VGGT (Wang et al. 2025), which knows no unit."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float32

from vantage.dialogue.models.interfaces import Reconstruction
from vantage.encoders.vggt.loading import load_vggt
from vantage.encoders.vggt.model import Vggt, VggtSettings
from vantage.errors import DataError
from vantage.geometry import Camera

WIDTH = 518
"""Columns of what VGGT sees; the official code resizes to this width (its `load_and_preprocess_images`)."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class VggtReconstructor:
    """VGGT as a source of depth and cameras."""

    model: Vggt
    width: int = WIDTH
    name: str = "VGGT"

    @classmethod
    def load(cls, path: Path | str, settings: VggtSettings | None = None) -> "VggtReconstructor":
        """Load weights from a file or folder.

        Args:
            path: of the released weights.
            settings: shape of the model; VGGT-1B's by default. The points' head is not needed.

        Raises:
            MissingError: the weights are not here; the message says what to download.
            DataError: they are damaged or of another architecture.
        """
        chosen = dataclasses.replace(settings or VggtSettings(), with_heads=("camera", "depth"))
        return cls(model=load_vggt(path, chosen), width=chosen.image_size)

    @torch.no_grad()
    def reconstruct(self, images: Sequence[Float[np.ndarray, "_h _w 3"]]) -> Reconstruction:
        """Return depth, confidence and cameras in VGGT's own unit.

        Args:
            images: RGB in [0, 1], all of one size.

        Raises:
            DataError: their sizes differ.
        """
        sizes = {image.shape[:2] for image in images}
        if len(sizes) != 1:
            raise DataError(f"views of sizes {sorted(sizes)}: VGGT looks at views of one size together")
        height, width = sizes.pop()
        patch = self.model.settings.patch
        rows = max(patch, round(height * self.width / width / patch) * patch)
        pixels = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float()
        resized = torch.nn.functional.interpolate(
            pixels, (rows, self.width), mode="bicubic", antialias=True, align_corners=False
        ).clamp(0, 1)
        found = self.model(resized[None])
        if found.cameras is None or found.depth is None or found.depth_confidence is None:
            raise DataError("this VGGT was built without its camera or depth head; conversations need both")
        cameras = tuple(
            Camera.from_matrix(k.double().numpy(), width=self.width, height=rows).resized(width, height)
            for k in found.cameras.intrinsics[0]
        )
        return Reconstruction(
            depth=_enlarged(found.depth[0], height, width),
            confidence=_enlarged(found.depth_confidence[0], height, width),
            cameras=cameras,
            world_from_camera=tuple(_rigid(pose.double().numpy()) for pose in found.cameras.world_from_camera[0]),
        )


def _rigid(pose: Float[np.ndarray, "4 4"]) -> Float[np.ndarray, "4 4"]:
    """Return the nearest rigid motion: single precision leaves rotations a little off."""
    u, _, vt = np.linalg.svd(pose[:3, :3])
    rotation = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt
    motion = np.eye(4)
    motion[:3, :3], motion[:3, 3] = rotation, pose[:3, 3]
    return motion


def _enlarged(maps: Float[torch.Tensor, "s h w"], height: int, width: int) -> tuple[Float32[np.ndarray, "_h _w"], ...]:
    """Return maps at the images' size; the nearest value counts, because depth must not be mixed across edges."""
    large = torch.nn.functional.interpolate(maps[:, None].float(), (height, width), mode="nearest-exact")[:, 0]
    return tuple(np.maximum(each.numpy(), 0).astype(np.float32) for each in large)
