"""Checkpoints of a distillation: one safetensors file per saved step, the newest two kept."""

import json
import re
from pathlib import Path

from vantage.errors import DataError
from vantage.fields.distillation import Distiller
from vantage.storage import load_tensors, save_tensors

KEEP = 2
"""The newest, and the one before it should the newest turn out damaged."""

_NAME = re.compile(r"step-(\d{7})\.safetensors")


def save_checkpoint(distiller: Distiller, folder: Path) -> Path:
    """Write the distiller's state; older checkpoints beyond the newest two are removed."""
    path = Path(folder) / f"step-{distiller.step:07d}.safetensors"
    save_tensors(path, distiller.state_tensors(), {"distillation": json.dumps({"step": distiller.step})})
    for old in list_checkpoints(folder)[:-KEEP]:
        old.unlink(missing_ok=True)
    return path


def list_checkpoints(folder: Path) -> list[Path]:
    """Return the folder's checkpoints, oldest first."""
    return sorted(file for file in Path(folder).glob("step-*.safetensors") if _NAME.fullmatch(file.name))


def restore_checkpoint(distiller: Distiller, folder: Path) -> tuple[int | None, list[str]]:
    """Restore the newest readable checkpoint.

    Returns its step (None where the folder holds no checkpoint) and a line per damaged file that was passed over.

    Raises:
        DataError: there are checkpoints and none of them can be read.
    """
    damaged: list[str] = []
    found = list_checkpoints(folder)
    for path in reversed(found):
        try:
            tensors, metadata = load_tensors(path, finite=False)
            step = int(json.loads(metadata["distillation"])["step"])
            distiller.load_state_tensors(tensors, step)
        except (DataError, KeyError, ValueError, RuntimeError) as error:
            damaged.append(f"{path.name}: {' '.join(str(error).split())[:200]}")
            continue
        return step, damaged
    if found:
        raise DataError(f"{folder}: no checkpoint can be read ({'; '.join(damaged)}); start anew with --overwrite")
    return None, damaged
