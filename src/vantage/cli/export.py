"""`vantage export`."""

import dataclasses
from pathlib import Path
from typing import Annotated, Literal

import tyro

from vantage.cli.common import CommonFlags, print_json, print_lines
from vantage.errors import UsageError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(CommonFlags):
    """Write a scene as splats, points, a mesh, cameras or a video for other tools."""

    source: Annotated[Path, tyro.conf.Positional]
    """Run folder of `distill` or `demo`, or a splat .ply of any tool (3DGS, nerfstudio, brush, SuperSplat)."""
    what: Literal["splats", "points", "mesh", "cameras", "video"]
    """What to write: Gaussians, coloured points, a fused surface, camera poses, or frames along a path."""
    out: Path
    """File to write: .ply; .ply .obj .glb for a mesh; .gif .mp4 for a video; for cameras .json or a new folder."""
    cameras: Path | None = None
    """Cameras to use instead of the scene's own: a transforms.json or a capture's folder. A lone .ply has none."""
    features: str | None = None
    """splats: add this encoder's feature at each Gaussian as columns semantic_0, semantic_1, ..."""
    points_from: Literal["centres", "surfaces"] = "centres"
    """points: the centres of all but faint Gaussians, or points spread evenly over the rendered surfaces."""
    normals: bool = False
    """points: add normals."""
    count: int = 200_000
    """points: about how many to spread over the surfaces."""
    voxel_size: float | None = None
    """mesh: edge of a voxel in the scene's units. By default a 256th of the longest side, or what memory allows."""
    max_memory_mb: int = 1000
    """mesh: megabytes that the voxels may take."""
    layout: Literal["transforms", "colmap", "colmap-text"] = "transforms"
    """cameras: layout of the folder, with rendered pictures: nerfstudio's or COLMAP's (binary or text)."""
    panels: tuple[Literal["rgb", "depth", "pca"], ...] = ("rgb",)
    """video: what to show, side by side: colour, depth, or principal components of features."""
    encoder: str | None = None
    """video: encoder whose features pca shows; by default the first distilled."""
    path: Path | None = None
    """video: cameras to follow, frame by frame, as a transforms.json or nerfstudio's camera path file."""
    frames: int = 120
    """video: number of frames of the smooth path through the training cameras."""
    fps: float = 20.0
    """video: frames per second, 1 to 50."""
    width: int | None = None
    """Width of rendered pictures in pixels; the height follows. By default the cameras' own."""


# Which kinds each flag is for; a flag that would do nothing is a misunderstanding.
_ONLY_FOR = {
    "features": ("splats",),
    "points_from": ("points",),
    "normals": ("points",),
    "count": ("points",),
    "voxel_size": ("mesh",),
    "max_memory_mb": ("mesh",),
    "layout": ("cameras",),
    "panels": ("video",),
    "encoder": ("video",),
    "path": ("video",),
    "frames": ("video",),
    "fps": ("video",),
    "width": ("points", "mesh", "cameras", "video"),
}


def run(command: Command) -> int:
    """Export, and say what was written."""
    _check(command)
    from vantage.studies.exporting import ExportSettings, open_source, run_export

    shared = {field.name for field in dataclasses.fields(ExportSettings)}
    settings = ExportSettings(**{name: getattr(command, name) for name in shared})

    def say(line: str) -> None:
        if not command.json:
            print_lines(line)

    facts = run_export(open_source(command.source, command.cameras), settings, say=say, quiet=command.json)
    if command.json:
        print_json(facts)
    return 0


def _check(command: Command) -> None:
    """Refuse flags that another kind has, and numbers that no kind has.

    Raises:
        UsageError: there is such a flag.
    """
    for field in dataclasses.fields(command):
        kinds = _ONLY_FOR.get(field.name, (command.what,))
        if command.what not in kinds and getattr(command, field.name) != field.default:
            flag = field.name.replace("_", "-")
            raise UsageError(f"--{flag} is for --what {' or '.join(kinds)}, not for {command.what}")
    least = {"count": 1, "max_memory_mb": 1, "width": 8, "frames": 2}
    for name, low in least.items():
        value = getattr(command, name)
        if value is not None and value < low:
            raise UsageError(f"--{name.replace('_', '-')} {value}: expected {low} or more")
    if command.voxel_size is not None and not 0 < command.voxel_size < float("inf"):
        raise UsageError(f"--voxel-size {command.voxel_size}: expected a length above 0")
