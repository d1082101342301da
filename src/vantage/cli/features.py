"""`vantage features`."""

import dataclasses
from pathlib import Path
from typing import Annotated

import tyro

from vantage.cli.common import RunFlags, print_result
from vantage.storage import cache_folder


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RunFlags):
    """Compute an encoder's features of a capture, keep them in the cache, and draw their principal components."""

    capture: Annotated[Path, tyro.conf.Positional]
    """Folder of posed images."""
    encoder: str
    """Encoder; `vantage encoders` lists them. `NAME@448` resizes images to 448 pixels on the shorter side."""
    max_size: int | None = None
    """Longest side of the views in pixels; larger ones are shrunk. None keeps them."""
    strict: bool = False
    """Stop at the first damaged view instead of setting it aside."""
    device: str = "auto"
    """Where to compute: auto, cpu or cuda."""


def run(command: Command) -> int:
    """Compute the features."""
    from vantage.runs import RunFolder, exit_code
    from vantage.studies.feature_extraction import FeatureSettings, extract_features, open_inputs

    settings = FeatureSettings(
        capture=str(command.capture), encoder=command.encoder, max_size=command.max_size, strict=command.strict
    )
    capture, encoder = open_inputs(settings, device=command.device)
    with RunFolder.open(
        command.out,
        command="features",
        settings=settings,
        seed=command.seed,
        resume=command.resume,
        overwrite=command.overwrite,
    ) as folder:
        result = extract_features(
            folder, settings, capture, encoder, cache=cache_folder() / "features", quiet=command.json
        )
    print_result(result, command.out, json=command.json)
    return exit_code(result)
