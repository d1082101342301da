"""`vantage features`."""

import dataclasses
from pathlib import Path
from typing import Annotated, Literal

import tyro

from vantage.cli.common import RunFlags, open_run, print_result
from vantage.errors import UsageError
from vantage.storage import cache_folder


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RunFlags):
    """Compute an encoder's features of captures, keep them in the cache, and draw their principal components.

    Interrupted or killed, run it again: what is in the cache is not computed a second time.
    """

    captures: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Folders of posed images."""
    encoder: str
    """Encoder; `vantage encoders` lists them. `NAME@448` resizes images to 448 pixels on the shorter side, `NAME+pad`
    fills odd sizes up where they would be stretched, `NAME~official` or `~timm` stretches position embeddings so."""
    adapter: Path | None = None
    """Adapter to put on the encoder: a file of `save_adapter`, for the weights it was trained on."""
    layers: tuple[int, ...] = ()
    """Layers whose patches stand side by side in place of the last one's, counted from 0; negative from the end."""
    max_size: int | None = None
    """Longest side of the views in pixels; larger ones are shrunk. None keeps them."""
    strict: bool = False
    """Stop at the first damaged view instead of setting it aside."""
    device: str = "auto"
    """Where to compute: auto, cpu or cuda."""
    engine: Literal["here", "ray"] = "here"
    """Who computes: this process, or processes under Ray (extra `ray`), with the same result."""
    workers: int = 2
    """Processes under Ray."""


def run(command: Command) -> int:
    """Compute the features."""
    from vantage.devices import resolve_device
    from vantage.runs import exit_code
    from vantage.studies.feature_extraction import ExtractionPlace, FeatureSettings, extract_features, open_inputs

    if not command.captures:
        raise UsageError("no capture is named; give the folders of posed images first")
    if command.workers < 1:
        raise UsageError(f"--workers {command.workers}; expected at least 1")
    settings = FeatureSettings(
        captures=tuple(map(str, command.captures)),
        encoder=command.encoder,
        adapter=str(command.adapter) if command.adapter else None,
        layers=command.layers,
        max_size=command.max_size,
        strict=command.strict,
    )
    captures, encoder = open_inputs(settings, device=command.device)
    place = ExtractionPlace(
        cache=cache_folder() / "features",
        device=resolve_device(command.device),
        ray_workers=command.workers if command.engine == "ray" else 0,
    )
    with open_run(command, "features", settings) as folder:
        result = extract_features(folder, settings, captures, encoder, place, quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)
