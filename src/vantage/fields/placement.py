"""Where a field is trained: on the GPU where there is one that it can use, else on the CPU."""

from typing import Literal

from vantage.devices import resolve_device
from vantage.errors import MissingError
from vantage.fields.gsplat_backend import load_rasterization


def training_device(wanted: str, field: Literal["gaussians", "nerf"]) -> tuple[str, str]:
    """Return the torch device to train on and, where `auto` passes a GPU by, one line that says why (else empty).

    A NeRF needs torch alone there, Gaussians gsplat's kernels; neither trains on Metal, where encoders may run.

    Args:
        wanted: as `resolve_device` takes it.
        field: kind of field.

    Raises:
        UsageError: there is no such device.
        MissingError: a GPU was asked for by name, and there is none or Gaussians find no kernels for it.
    """
    device = resolve_device(wanted)
    if device == "mps":
        return "cpu", "the field was trained on the CPU: of GPUs only those of CUDA train fields"
    if device == "cpu" or field == "nerf":
        return device, ""
    try:
        load_rasterization()
    except MissingError as error:
        if wanted != "auto":
            raise
        return "cpu", f"the Gaussians were trained on the CPU beside a GPU: {error}"
    return device, ""
