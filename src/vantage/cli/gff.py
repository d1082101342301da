"""`vantage gff`."""

import dataclasses
from pathlib import Path
from typing import Annotated

import tyro

from vantage.cli.common import CommonFlags, print_json, print_lines
from vantage.storage import cache_folder


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(CommonFlags):
    """Print the geometric fidelity factor of an encoder's features: their edges per edge of the pictures.

    It counts edges and asks not where they are, so noise scores high; `vantage study content` asks, where truth is
    known.
    """

    capture: Annotated[Path, tyro.conf.Positional]
    """Folder of posed images."""
    encoder: str
    """Encoder; `vantage encoders` lists them."""
    adapter: Path | None = None
    """Adapter to put on the encoder: a file of `save_adapter`."""
    views: int = 16
    """Views to look at, evenly spread."""
    thresholds: tuple[float, ...] = ()
    """Contrasts from which a change counts as an edge; by default ten from 0.01 to 0.5."""
    max_size: int | None = 384
    """Longest side of the views in pixels; larger ones are shrunk. None keeps them."""
    device: str = "auto"
    """Where to compute: auto, cpu or cuda."""


def run(command: Command) -> int:
    """Measure and print."""
    from vantage.devices import resolve_device
    from vantage.encoders import load_encoder
    from vantage.probes import THRESHOLDS
    from vantage.studies.fidelity import fidelity_of_capture

    encoder = load_encoder(command.encoder, resolve_device(command.device), adapter=command.adapter)
    curve = fidelity_of_capture(
        command.capture,
        encoder,
        views=command.views,
        thresholds=command.thresholds or THRESHOLDS,
        max_size=command.max_size,
        cache=cache_folder(),
    )
    if command.json:
        print_json({"encoder": encoder.card.name, **curve.to_json()})
        return 0
    print_lines(
        f"{encoder.card.name} on {curve.views} views of {command.capture}", "threshold   features    image     GFF"
    )
    for threshold, ours, theirs, factor in zip(curve.thresholds, curve.of_features, curve.of_image, curve.factor):
        shown = "no edges" if factor is None else f"{factor:8.3f}"
        print_lines(f"{threshold:9.3f} {ours:10d} {theirs:8d} {shown}")
    return 0
