"""`View`: one posed image with whatever is known about it."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int32

from vantage.geometry import Camera


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """One image, its camera and its pose; depth and label maps where they are known."""

    name: str
    """The view's name inside its capture, usually the image's file name."""
    image: Float32[np.ndarray, "h w 3"]
    """RGB in [0, 1]."""
    camera: Camera
    """Intrinsics; `camera.width` and `camera.height` are the image's."""
    world_from_camera: Float64[np.ndarray, "4 4"]
    """Rigid motion from camera (OpenCV axes) to world, metres."""
    depth: Float32[np.ndarray, "h w"] | None = None
    """z-depth in metres; 0 = unknown."""
    mask: Bool[np.ndarray, "h w"] | None = None
    """Pixels that may be used (an image's alpha channel); None = all."""
    instances: Int32[np.ndarray, "h w"] | None = None
    """Instance number per pixel; 0 = none."""
    classes: Int32[np.ndarray, "h w"] | None = None
    """Class number per pixel, an index into the capture's `class_names`; 0 = none."""

    @property
    def camera_from_world(self) -> Float[np.ndarray, "4 4"]:
        """The inverse pose."""
        rotation = self.world_from_camera[:3, :3]
        inverse = np.eye(4)
        inverse[:3, :3] = rotation.T
        inverse[:3, 3] = -rotation.T @ self.world_from_camera[:3, 3]
        return inverse

    def resized(self, width: int, height: int) -> "View":
        """Return the view at another size: colour by area average (down) or bicubic (up), maps by nearest pixel."""
        from vantage.captures.images import resize_image, resize_labels

        def labels(array: np.ndarray | None) -> np.ndarray | None:
            return None if array is None else resize_labels(array, width, height)

        return dataclasses.replace(
            self,
            image=resize_image(self.image, width, height),
            camera=self.camera.resized(width, height),
            depth=labels(self.depth),
            mask=labels(self.mask),
            instances=labels(self.instances),
            classes=labels(self.classes),
        )
