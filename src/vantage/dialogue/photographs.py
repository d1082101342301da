"""Single photographs without poses: each a scene of one view, whose lens its EXIF data may tell."""

import dataclasses
import math
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from PIL import ExifTags, Image

from vantage.captures import Capture, View, ViewSource
from vantage.captures.images import FORMATS, IMAGE_SUFFIXES, ImageError, read_header, read_image
from vantage.captures.resizing import fit_size, resize_image
from vantage.errors import DataError
from vantage.geometry import Camera

DIAGONAL = math.hypot(36, 24)
"""Millimetres of the film's diagonal to which EXIF's 35 mm equivalent focal length refers (CIPA DCG-001)."""
PRIOR = 1.2
"""Focal length where nothing tells it, as a share of the image's longer side: COLMAP's first guess."""
TURNS = {2: (True, 0), 3: (False, 2), 4: (True, 2), 5: (True, 1), 6: (False, 3), 7: (True, 3), 8: (False, 1)}
"""EXIF orientations: whether the stored image is mirrored, and by how many quarters it is then turned to the left."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Photograph(Capture):
    """A capture of one view at the origin, of which no pose is known."""

    lens: str = "assumed"
    """What tells the focal length: "EXIF", or "assumed" where nothing does."""

    @property
    def lens_known(self) -> bool:
        """Whether its camera is more than a guess; where not, lengths are none."""
        return self.lens != "assumed"


def find_photographs(paths: Sequence[Path | str]) -> tuple[str, ...]:
    """Return the image files that paths mean: themselves, or all images in a folder, by name; not in its folders.

    Args:
        paths: of images and folders.

    Raises:
        DataError: a path is not there, is no image, or a folder holds none.
    """
    found: list[str] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES and file.is_file())
            if not inside:
                raise DataError(f"{path}: no images in this folder; expected some of {', '.join(IMAGE_SUFFIXES)}")
            found += map(str, inside)
        elif not path.is_file():
            raise DataError(f"{path}: no such file or folder; expected a photograph or a folder of them")
        elif path.suffix.lower() not in IMAGE_SUFFIXES:
            raise DataError(f"{path}: not an image by its name; expected one of {', '.join(IMAGE_SUFFIXES)}")
        else:
            found.append(str(path))
    return tuple(found)


def open_photograph(path: Path | str, *, max_size: int | None = None) -> Photograph:
    """Open one photograph, the way up that its EXIF data say; its pixels are read when asked for.

    Args:
        path: of the image.
        max_size: a longer side is shrunk to this many pixels.

    Raises:
        ImageError: it is missing, damaged or too large.
    """
    file = Path(path).resolve()
    header = read_header(file)
    orientation, film_mm = _exif(file)
    turned = TURNS.get(orientation, (False, 0))[1] % 2 == 1
    size = (header.height, header.width) if turned else (header.width, header.height)
    width, height = fit_size(*size, max_size)
    focal = math.hypot(width, height) * film_mm / DIAGONAL if film_mm else PRIOR * max(width, height)
    camera = Camera(fx=focal, fy=focal, cx=width / 2, cy=height / 2, width=width, height=height)

    def read() -> View:
        image = resize_image(_upright(read_image(file)[0], orientation), width, height)
        return View(name=file.name, image=image, camera=camera, world_from_camera=np.eye(4))

    source = ViewSource(name=file.name, camera=camera, world_from_camera=np.eye(4), read=read)
    return Photograph(name=file.parent.name, sources=(source,), lens="EXIF" if film_mm else "assumed")


def _upright(image: Float32[np.ndarray, "h w 3"], orientation: int) -> Float32[np.ndarray, "_h _w 3"]:
    """Turn an image as its EXIF orientation says."""
    mirrored, quarters = TURNS.get(orientation, (False, 0))
    return np.ascontiguousarray(np.rot90(image[:, ::-1] if mirrored else image, quarters))


def _exif(file: Path) -> tuple[int, float]:
    """Return a file's orientation (1 = as stored) and its focal length in millimetres of film (0 = not told)."""
    try:
        with warnings.catch_warnings(), Image.open(file, formats=FORMATS) as image:
            warnings.simplefilter("ignore")
            if image.format == "PNG" and "exif" not in image.info:
                return 1, 0.0  # To look for EXIF data behind its pixels, all of them would be decoded.
            exif = image.getexif()
            orientation = exif.get(ExifTags.Base.Orientation, 1)
            film = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.FocalLengthIn35mmFilm, 0)
    except Exception as error:
        # Pillow raises whatever damaged tags lead to.
        raise ImageError(f"{file}: its EXIF data are damaged ({error}); export it again", "image_unreadable") from error
    return orientation if isinstance(orientation, int) else 1, float(film) if isinstance(film, int | float) else 0.0
