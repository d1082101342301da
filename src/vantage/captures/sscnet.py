"""Folders in the layout of SSCNet and NYUCAD: for each frame a depth PNG, a label volume and, where there is one, RGB.

`NYU0001_0000.png` is depth, `NYU0001_0000.bin` the volume (`sscnet_volume.py`), and colour is one of `IMAGES`.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int32

from vantage.captures.images import read_image, read_integers
from vantage.captures.sscnet_volume import UNKNOWN, LabelVolume, read_volume
from vantage.captures.view import View
from vantage.errors import DataError
from vantage.geometry import Camera

SIZE = (640, 480)
"""Width and height of every frame; SSCNet's `volume_param.m`."""
CAMERA = Camera(fx=518.8579, fy=518.8579, cx=320.5, cy=240.5, width=SIZE[0], height=SIZE[1])
"""SSCNet's intrinsics for all frames (`volume_param.m`), principal point (320, 240) where the centres of pixels
are whole numbers, as in its `suncg_fusion.cu`; ours lie half a pixel further."""
ROTATED = 3
"""Bits by which depth in millimetres is turned to the left in its 16 (`saveDepth.m`), for people to see more."""
MILLIMETRES = 1000.0
"""Depth values a metre (`saveDepth.m`)."""
IMAGES = ("{name}_color.jpg", "{name}_color.png", "{scene}_rgb.png")
"""Names of colour images, of which SSCNet's own archive has none: as MonoScene's reader expects them, and Li et al.'s.
`name` is NYU0001_0000, `scene` NYU0001."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SscFrame:
    """One frame as read."""

    name: str
    depth: Float32[np.ndarray, "h w"]
    """z-depth, metres; 0 = unknown."""
    image: Float32[np.ndarray, "h w 3"] | None
    """RGB in [0, 1]; None where the folder has none."""
    volume: LabelVolume

    def view(self) -> View:
        """Return image, depth and camera as a view; z is up in its world, and the floor at 0.

        Raises:
            DataError: the frame has no image.
        """
        if self.image is None:
            expected = ", ".join(_image_names(self.name))
            raise DataError(f"frame {self.name}: no colour image; put it beside the depth as one of {expected}")
        return View(
            name=self.name,
            image=self.image,
            camera=CAMERA,
            world_from_camera=self.volume.world_from_camera,
            depth=self.depth,
        )


@dataclasses.dataclass(frozen=True)
class SscFolder:
    """A folder of frames; they are read one by one."""

    folder: Path
    names: tuple[str, ...]
    """Of the frames, sorted."""

    def read(self, name: str, unknown: int = UNKNOWN) -> SscFrame:
        """Read a frame.

        Args:
            name: of the frame.
            unknown: label of what is not annotated.

        Raises:
            DataError: a file is damaged, of another size, or of no known layout.
        """
        depth = read_rotated_depth(self.folder / f"{name}.png")
        found = [path for each in _image_names(name) if (path := self.folder / each).is_file()]
        image = read_image(found[0])[0] if found else None
        for what, array in (("depth", depth), ("colour image", image)):
            if array is not None and (size := array.shape[1::-1]) != SIZE:
                raise DataError(
                    f"{self.folder / name}: the {what} is {size[0]}x{size[1]} pixels; expected {SIZE[0]}x{SIZE[1]}, to "
                    "which the layout's intrinsics belong"
                )
        volume = read_volume(self.folder / f"{name}.bin", unknown)
        return SscFrame(name=name, depth=depth, image=image, volume=volume)

    def frames(self) -> Iterator[SscFrame]:
        """Read one frame after another."""
        for name in self.names:
            yield self.read(name)


def open_sscnet(folder: Path) -> SscFolder:
    """Look through a folder such as NYUCADtest; nothing is read yet.

    Raises:
        DataError: it is no folder, holds no frames, or a depth image or a label volume lacks the other.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; expected one such as NYUCADtest, with NYU0001_0000.png and .bin")
    volumes = {path.stem for path in folder.glob("*.bin")}
    depths = {path.stem for path in folder.glob("*.png") if not path.stem.endswith(("_color", "_rgb"))}
    if not volumes:
        raise DataError(f"{folder}: no label volume (.bin); expected files such as NYU0001_0000.bin and .png")
    for have, lack, missing in ((volumes, depths, ".png (depth)"), (depths, volumes, ".bin (label volume)")):
        alone = sorted(have - lack)
        if alone:
            more = f", nor do {len(alone) - 1} more" if len(alone) > 1 else ""
            raise DataError(f"{folder}: frame {alone[0]} has no {missing}{more}; copy it, or take the frame out")
    return SscFolder(folder=folder, names=tuple(sorted(volumes)))


def read_rotated_depth(path: Path) -> Float32[np.ndarray, "h w"]:
    """Read depth whose bits are rotated as SUN3D and SSCNet do; metres, 0 = unknown.

    Raises:
        DataError: missing, damaged, or no whole numbers of 16 bits.
    """
    raw = read_integers(path)
    if raw.max() > 0xFFFF or raw.min() < 0:
        raise DataError(f"{path}: values from {raw.min()} to {raw.max()}; expected depth as a 16-bit grey PNG")
    return (unrotated(raw) / MILLIMETRES).astype(np.float32)


def unrotated(raw: Int32[np.ndarray, "h w"]) -> Int32[np.ndarray, "h w"]:
    """Return 16-bit values turned back to the right by `ROTATED` bits."""
    return (raw >> ROTATED) | ((raw << (16 - ROTATED)) & 0xFFFF)


def _image_names(name: str) -> list[str]:
    return [each.format(name=name, scene=name.partition("_")[0]) for each in IMAGES]
