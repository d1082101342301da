"""Early stop: training ends when views set apart from it have stopped getting better.

The views are some of the training views, never held-out ones: those that measure must not decide.
"""

import dataclasses
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from vantage.captures import Capture
from vantage.errors import DataError
from vantage.fields.rendering import Field
from vantage.fields.training_views import TrainingViews
from vantage.metrics import psnr_db


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlateauSettings:
    """What counts as a plateau."""

    views: int = 3
    """Training views set apart."""
    every: int = 250
    """Steps between looks."""
    patience: int = 3
    """Looks in a row without a gain that end the training."""
    gain_db: float = 0.05
    """PSNR, mean over the views, that counts as a gain: what three seeds of one run differ by, about."""


def set_apart(capture: Capture, settings: PlateauSettings) -> tuple[Capture, tuple[int, ...]]:
    """Return the capture with some training views held out as well, and which: evenly spread, not at the ends.

    Raises:
        DataError: too few views would be left.
    """
    train = capture.train_indices
    if len(train) < 2 * settings.views:
        raise DataError(
            f"capture {capture.name!r}: {len(train)} training views, and {settings.views} of them set apart to stop "
            "early; at least half must be left to train: give more views, or no early stop"
        )
    places = np.linspace(0, len(train) - 1, settings.views + 2)[1:-1].round().astype(int)
    apart = tuple(train[i] for i in places)
    held_out = tuple(sorted({*capture.test_indices, *apart}))
    return dataclasses.replace(capture, test_indices=held_out), apart


class PlateauWatch:
    """Looks at the views set apart every so often, and knows when to stop."""

    def __init__(self, settings: PlateauSettings, views: TrainingViews, apart: tuple[int, ...]) -> None:
        self.settings = settings
        self._views = views
        self._apart = apart
        self.best_db = float("-inf")
        self.waited = 0

    @property
    def over(self) -> bool:
        """Whether the plateau is reached."""
        return self.waited >= self.settings.patience

    def look(self, step: int, field: Field) -> float | None:
        """Measure after `step` steps if it is due; return the mean PSNR in dB, or None."""
        if step == 0 or step % self.settings.every != 0:
            return None
        found = self.measure(field)
        if found > self.best_db + self.settings.gain_db:
            self.best_db, self.waited = found, 0
        else:
            self.waited += 1
        return found

    def measure(self, field: Field) -> float:
        """Return the mean PSNR in dB of the views set apart."""
        values = []
        for index in self._apart:
            view = self._views.training_view(index)
            with torch.no_grad():
                rgb = field.render(view.camera, torch.from_numpy(view.world_from_camera)).rgb.clamp(0, 1)
            usable = slice(None) if view.mask is None else view.mask
            values.append(float(psnr_db(rgb[usable], view.image[usable])))
        return float(np.mean(values))

    def state_tensors(self) -> dict[str, Tensor]:
        """Return what a resumed run needs."""
        return {"best_db": torch.tensor(self.best_db, dtype=torch.float64), "waited": torch.tensor(self.waited)}

    def load_state_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Restore what `state_tensors` returned."""
        self.best_db, self.waited = float(tensors["best_db"]), int(tensors["waited"])
