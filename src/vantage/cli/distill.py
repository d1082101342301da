"""`vantage distill`."""

import dataclasses
from pathlib import Path
from typing import Annotated

import tyro

from vantage.cli.common import RunFlags, open_run, print_result
from vantage.storage import cache_folder


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RunFlags):
    """Fit a 3D field to a capture and distill encoders into it."""

    capture: Annotated[Path, tyro.conf.Positional]
    """Folder of posed images: COLMAP, nerfstudio, RGB-D, or plain photographs (with the extra `sfm`)."""
    encoder: tuple[str, ...] = ()
    """Encoders to distill, one or more. `vantage encoders` lists them."""
    adapter: Path | None = None
    """Adapter to put on the encoder, of which there is one then: a file of `save_adapter`."""
    query: tuple[str, ...] = ()
    """Texts to ask for in the report, such as "a red mug"."""
    steps: int = 3000
    """Training steps."""
    gaussians: int = 40_000
    """Gaussians to start with, where depth or random points allow the choice."""
    max_gaussians: int = 120_000
    """No more Gaussians than this."""
    sh_degree: int = 3
    """Degree of the spherical harmonics, 0 to 3."""
    max_size: int | None = 384
    """Longest side of the views in pixels; larger ones are shrunk. None keeps them."""
    hold_out: int | None = None
    """Hold out every n-th view for the measurements; 0 = none. By default as the capture says, or every eighth."""
    depth_scale: float | None = None
    """Units of 16-bit depth maps per metre, such as 1000 for millimetres. By default the layout's own."""
    checkpoint_every: int = 250
    """Steps between checkpoints."""
    strict: bool = False
    """Stop at the first damaged view instead of setting it aside."""


def run(command: Command) -> int:
    """Distill a capture."""
    from vantage.fields import DensificationSettings, DistillSettings
    from vantage.runs import exit_code
    from vantage.studies import DistillRunSettings, run_distillation

    settings = DistillRunSettings(
        capture=str(command.capture),
        encoders=command.encoder,
        adapter=str(command.adapter) if command.adapter else None,
        queries=command.query,
        max_size=command.max_size,
        hold_out=command.hold_out,
        depth_scale=command.depth_scale,
        strict=command.strict,
        distill=DistillSettings(
            steps=command.steps,
            start_gaussians=command.gaussians,
            sh_degree=command.sh_degree,
            seed=command.seed,
            checkpoint_every=command.checkpoint_every,
            densification=DensificationSettings(max_gaussians=command.max_gaussians),
        ),
    )
    with open_run(command, "distill", settings) as folder:
        result = run_distillation(folder, settings, cache=cache_folder(), quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)
