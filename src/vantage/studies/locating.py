"""Where an uploaded image was taken, for the page: `vantage invert` on what a browser sends."""

import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from vantage.errors import UsageError
from vantage.fields import SceneCamera
from vantage.studies.inverting import Inverter, InvertSettings, open_inverter
from vantage.viewer import Located

MOST_BYTES = 100_000_000
"""Of an uploaded image: photographs have up to a tenth of it; the reader limits the pixels."""


@dataclasses.dataclass(kw_only=True, eq=False)
class RunLocator:
    """Places images in a run's scene; learns where embeddings come from when the first image comes."""

    run: Path
    settings: InvertSettings
    _inverter: Inverter | None = None

    def __call__(self, name: str, content: bytes, after_step: Callable[[], None]) -> Located:
        """Return where the image in a file of this name and content was taken; `after_step` may raise to stop.

        Raises:
            UsageError: the file is too large.
            DataError: the photographs that the scene was made from are not to be found.
            MissingError: pycolmap or the encoder's weights are not here.
        """
        if len(content) > MOST_BYTES:
            raise UsageError(
                f"{name}: {len(content) / 1e6:.0f} MB; expected an image of at most {MOST_BYTES / 1e6:.0f}"
            )
        if self._inverter is None:
            self._inverter = open_inverter(self.run, self.settings, quiet=True, after_view=after_step)
        with tempfile.TemporaryDirectory() as folder:
            # A name from outside must not lead out of the folder.
            path = Path(folder) / "image"
            path.write_bytes(content)
            answer = self._inverter.answer(path)
        if answer.inversion is None or answer.camera is None or not answer.found:
            return Located(said=answer.problem.replace(str(path), name), image=answer.image)
        fine = answer.inversion.fine
        pose = np.asarray(fine.world_from_camera, dtype=np.float64)
        place = ", ".join(f"{value:.2f}" for value in pose[:3, 3])
        unit = " m" if self._inverter.scene.metric else ""
        seconds = answer.inversion.coarse_s + answer.inversion.fine_s
        return Located(
            said=f"{name}: taken at ({place}){unit}; {fine.inliers} pairs of places agree, {seconds:.1f} s",
            camera=SceneCamera(name=name, camera=answer.camera, world_from_camera=pose, held_out=True),
            image=answer.image,
        )
