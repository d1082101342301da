"""`vantage distill`."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from vantage.cli.common import RunFlags, open_run, print_lines, print_result
from vantage.errors import DataError, UsageError
from vantage.storage import cache_folder

if TYPE_CHECKING:
    from vantage.fields import DistillSettings
    from vantage.studies import DistillRunSettings


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RunFlags):
    """Fit a 3D field to a capture and distill encoders into it; of several captures, one field each."""

    captures: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Folders of posed images: COLMAP, nerfstudio, RGB-D, or plain photographs (with the extra `sfm`). Several become
    runs of their own under OUT/scenes."""
    encoder: tuple[str, ...] = ()
    """Encoders to distill, one or more. `vantage encoders` lists them."""
    adapter: Path | None = None
    """Adapter to put on the encoder, of which there is one then: a file of `save_adapter`."""
    query: tuple[str, ...] = ()
    """Texts to ask for in the report, such as "a red mug"."""
    field: Literal["gaussians", "nerf"] = "gaussians"
    """Kind of field: Gaussians render fast and open in other tools; a NeRF has the truer depth and even surfaces."""
    semantics: Literal["grid", "gaussians"] = "grid"
    """Where features live: in a hash grid over space, or in numbers that each Gaussian carries (gaussians only)."""
    steps: int = 3000
    """Training steps: of Gaussians one view each, of a NeRF thousands of rays of several views."""
    gaussians: int = 40_000
    """gaussians: how many to start with, where depth or random points allow the choice."""
    max_gaussians: int = 120_000
    """gaussians: no more than this."""
    sh_degree: int = 3
    """gaussians: degree of the spherical harmonics, 0 to 3."""
    quality: tuple[Literal["absgrad", "mcmc", "antialiased", "exposure", "depth", "plateau"], ...] = ()
    """What is done beyond plain training (docs/fields/quality.md says what each gains); of a NeRF, plateau alone."""
    samples: int = 32_768
    """nerf: points per step that the field is asked at; more take longer and learn steadier."""
    table: int = 19
    """nerf: entries per level of the hash grid, as a power of two; 20 for scenes larger than a room."""
    appearance: int = 0
    """nerf: numbers that each training image keeps of its own for its exposure and tint, such as 8; 0 = none."""
    refine_cameras: bool = False
    """nerf: correct the poses of the training cameras along the way."""
    max_size: int | None = 384
    """Longest side of the views in pixels; larger ones are shrunk. None keeps them."""
    hold_out: int | None = None
    """Hold out every n-th view for the measurements; 0 = none. By default as the capture says, or every eighth."""
    depth_scale: float | None = None
    """Units of 16-bit depth maps per metre, such as 1000 for millimetres. By default the layout's own."""
    checkpoint_every: int = 250
    """Steps between checkpoints."""
    device: str = "auto"
    """Where to compute: auto, cpu or cuda. On a GPU, Gaussians need the extra `cuda`; auto trains them on the CPU where
    it is missing."""
    strict: bool = False
    """Stop at the first damaged view instead of setting it aside."""
    engine: Literal["process", "ray"] = "process"
    """Several captures: who works, processes of this machine or tasks of Ray (extra `ray`; RAY_ADDRESS names a cluster,
    whose machines must share the folders)."""
    workers: int = 1
    """Several captures: how many scenes at a time."""


# Which field each flag is for; a flag that would do nothing is a misunderstanding.
_ONLY_FOR = {
    "gaussians": "gaussians",
    "max_gaussians": "gaussians",
    "sh_degree": "gaussians",
    "samples": "nerf",
    "table": "nerf",
    "appearance": "nerf",
    "refine_cameras": "nerf",
}


def run(command: Command) -> int:
    """Distill a capture, or several."""
    _check(command)
    return _run_one(command) if len(command.captures) == 1 else _run_several(command)


def _run_one(command: Command) -> int:
    from vantage.runs import exit_code
    from vantage.studies import run_distillation

    settings = _scene(command, capture=str(command.captures[0]))
    with open_run(command, "distill", settings) as folder:
        result = run_distillation(folder, settings, cache=cache_folder(), device=command.device, quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)


def _run_several(command: Command) -> int:
    from vantage.runs import exit_code
    from vantage.studies.scenes import ScenesPlace, ScenesSettings, distill_scenes, plan_scenes

    settings = ScenesSettings(captures=tuple(map(str, command.captures)), scene=_scene(command, capture=""))
    place = ScenesPlace(cache=cache_folder(), engine=command.engine, workers=command.workers, device=command.device)
    plans = plan_scenes(settings, place)
    if not command.json:
        print_lines(*(plan.describe() for plan in plans))
    with open_run(command, "distill", settings) as folder:
        result = distill_scenes(folder, settings, plans, place, quiet=command.json)
    print_result(result, command.out, json=command.json)
    if not command.json:
        print_lines(*(f"failed: {scene['name']}: {scene['reason']}" for scene in result["failed"]))
    return DataError.exit_code if result["failed"] else exit_code(result)


def _scene(command: Command, *, capture: str) -> "DistillRunSettings":
    """Return the settings of a scene."""
    from vantage.studies import DistillRunSettings

    return DistillRunSettings(
        capture=capture,
        encoders=command.encoder,
        adapter=str(command.adapter) if command.adapter else None,
        queries=command.query,
        max_size=command.max_size,
        hold_out=command.hold_out,
        depth_scale=command.depth_scale,
        strict=command.strict,
        distill=_training(command),
    )


def _training(command: Command) -> "DistillSettings":
    """Return how the scene is trained."""
    from vantage.fields import DensificationSettings, DistillSettings, NerfModelSettings, NerfSettings
    from vantage.fields.nerf.poses import CAMERA_RATE
    from vantage.fields.quality import QualitySettings

    model = NerfModelSettings(appearance=command.appearance)
    model = dataclasses.replace(model, grid=dataclasses.replace(model.grid, log2_table=command.table))
    return DistillSettings(
        field=command.field,
        semantics_kind=command.semantics,
        steps=command.steps,
        start_gaussians=command.gaussians,
        sh_degree=command.sh_degree,
        seed=command.seed,
        checkpoint_every=command.checkpoint_every,
        densification=DensificationSettings(max_gaussians=command.max_gaussians),
        quality=QualitySettings.named(command.quality, max_gaussians=command.max_gaussians),
        nerf=NerfSettings(
            model=model,
            samples=command.samples,
            camera_rate=CAMERA_RATE if command.refine_cameras else 0.0,
        ),
    )


def _check(command: Command) -> None:
    """Refuse flags of the other kind of field, and numbers that no field has.

    Raises:
        UsageError: there is such a flag, or no capture.
    """
    if not command.captures:
        raise UsageError("no capture is named; give the folder of posed images first")
    if command.workers < 1:
        raise UsageError(f"--workers {command.workers}; expected at least 1")
    for field in dataclasses.fields(command):
        kind = _ONLY_FOR.get(field.name, command.field)
        if kind != command.field and getattr(command, field.name) != field.default:
            flag = field.name.replace("_", "-")
            raise UsageError(f"--{flag} is for --field {kind}, not for {command.field}")
    limits = {"samples": (256, 1 << 24), "table": (10, 24), "appearance": (0, 256)}
    for name, (low, high) in limits.items():
        value = getattr(command, name)
        if not low <= value <= high:
            raise UsageError(f"--{name} {value}: expected {low} to {high}")
