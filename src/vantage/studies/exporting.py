"""Scenes out to other tools: a run or a splat file in, one file (or one folder of cameras) out."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np

from vantage.captures import open_capture, write_colmap, write_transforms
from vantage.errors import DataError, UsageError
from vantage.fields import DistilledScene, GaussianField, SceneCamera
from vantage.fields.exchange import (
    MESH_SUFFIXES,
    VIDEO_SUFFIXES,
    Panel,
    cameras_of_width,
    fuse_surfaces,
    load_cameras,
    load_splats,
    panel_frames,
    plan_volume,
    points_from_centres,
    points_from_surfaces,
    rendered_capture,
    save_cameras,
    save_mesh,
    save_points,
    save_splats,
    save_video,
    smooth_path,
    surface_extent,
    surface_views,
)
from vantage.fields.exchange.mesh import marching_cubes
from vantage.runs import progress
from vantage.studies.asking import load_run_scene

Kind = Literal["splats", "points", "mesh", "cameras", "video"]

EXTENT_WIDTH = 96
"""Pixels across the pictures from which a mesh's extent is taken: a twentieth of the final work finds it well."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExportSettings:
    """What to write, and how; `vantage export --help` explains each."""

    what: Kind
    out: Path
    cameras: Path | None = None
    features: str | None = None
    points_from: Literal["centres", "surfaces"] = "centres"
    normals: bool = False
    count: int = 200_000
    voxel_size: float | None = None
    max_memory_mb: int = 1000
    layout: Literal["transforms", "colmap", "colmap-text"] = "transforms"
    panels: tuple[Panel, ...] = ("rgb",)
    encoder: str | None = None
    path: Path | None = None
    frames: int = 120
    fps: float = 20.0
    width: int | None = None
    seed: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ExportSource:
    """A scene of ours, or a splat file of anyone's with cameras from elsewhere."""

    name: str
    field: DistilledScene | GaussianField
    cameras: tuple[SceneCamera, ...]
    metric: bool

    @property
    def gaussians(self) -> GaussianField:
        """The Gaussians.

        Raises:
            UsageError: the scene's field is of another kind.
        """
        field = self.field.field if isinstance(self.field, DistilledScene) else self.field
        if not isinstance(field, GaussianField):
            raise UsageError(
                f"{self.name}: the field is a {type(field).__name__} and holds no Gaussians; it can be written as "
                "points of its surfaces (--points-from surfaces), a mesh, cameras or a video"
            )
        return field

    @property
    def training_cameras(self) -> list[SceneCamera]:
        """The cameras that the field was fitted to, or all where none is known to be.

        Raises:
            UsageError: there are no cameras.
        """
        if not self.cameras:
            raise UsageError(f"{self.name}: a splat file holds no cameras; name some with --cameras")
        return [item for item in self.cameras if not item.held_out] or list(self.cameras)

    @property
    def unit(self) -> str:
        """What lengths are in, as a suffix."""
        return " m" if self.metric else " units"


def open_source(path: Path, cameras: Path | None = None) -> ExportSource:
    """Open a run folder, a scene folder or a splat PLY; `cameras` stand in for the scene's own.

    Raises:
        DataError: it is none of these, or is damaged.
    """
    path = Path(path)
    others = None if cameras is None else read_cameras(cameras)
    if path.suffix.lower() == ".ply" and not path.is_dir():
        return ExportSource(name=str(path), field=load_splats(path), cameras=others or (), metric=False)
    scene = load_run_scene(path)
    return ExportSource(name=str(path), field=scene, cameras=others or scene.cameras, metric=scene.metric)


def read_cameras(path: Path) -> tuple[SceneCamera, ...]:
    """Read cameras from a JSON file (transforms.json, a camera path of nerfstudio's viewer) or a capture's folder.

    Raises:
        DataError: it is none of these, or is damaged.
    """
    if not Path(path).is_dir():
        return load_cameras(path)
    capture = open_capture(Path(path))
    held_out = set(capture.test_indices)
    return tuple(
        SceneCamera(
            name=source.name, camera=source.camera, world_from_camera=source.world_from_camera, held_out=i in held_out
        )
        for i, source in enumerate(capture.sources)
    )


def run_export(
    source: ExportSource, settings: ExportSettings, *, say: Callable[[str], None], quiet: bool = False
) -> dict[str, Any]:
    """Write what is asked for, and return facts about it.

    Args:
        source: the scene.
        settings: what to write and how.
        say: takes lines for a person.
        quiet: show no progress.

    Raises:
        UsageError: the source has not what it takes, or the file's suffix is wrong.
        DataError: the scene has nothing of that kind to write.
        MissingError: an extra package is not installed.
        ResourceError: memory or disk does not suffice; what stood at `out` is still there.
    """
    _check_out(settings)
    export = {"splats": _splats, "points": _points, "mesh": _mesh, "cameras": _cameras, "video": _video}[settings.what]
    facts = export(source, settings, say, quiet)
    size = settings.out.stat().st_size if settings.out.is_file() else None
    said = f" ({size / 1e6:.1f} MB)" if size is not None else ""
    say(f"{facts.pop('said')} written to {settings.out}{said}")
    return {"what": settings.what, "out": str(settings.out), "bytes": size, **facts}


def _check_out(settings: ExportSettings) -> None:
    """Refuse a wrong suffix before the work begins."""
    suffixes = {"splats": (".ply",), "points": (".ply",), "mesh": MESH_SUFFIXES, "video": VIDEO_SUFFIXES}
    wanted = suffixes.get(settings.what)
    if wanted and settings.out.suffix.lower() not in wanted:
        raise UsageError(f"--out {settings.out}: {settings.what} are written as {' or '.join(wanted)}")
    if wanted and settings.out.is_dir():
        raise UsageError(f"--out {settings.out}: a folder stands there; name a file")


def _splats(source: ExportSource, settings: ExportSettings, say: Callable[[str], None], quiet: bool) -> dict[str, Any]:
    gaussians, features = source.gaussians, None
    if settings.features is not None:
        if not isinstance(source.field, DistilledScene):
            raise UsageError(f"{source.name}: a splat file has no encoders whose features could be added")
        features = source.field.semantics.at_gaussians(gaussians, settings.features).cpu().numpy()
    save_splats(settings.out, gaussians, features=features, features_name=settings.features or "")
    width = 0 if features is None else features.shape[1]
    said = f"{len(gaussians)} Gaussians of degree {gaussians.sh_degree}"
    said += f" with {width} features of {settings.features} each" if width else ""
    return {"said": said, "gaussians": len(gaussians), "sh_degree": gaussians.sh_degree, "features": width}


def _points(source: ExportSource, settings: ExportSettings, say: Callable[[str], None], quiet: bool) -> dict[str, Any]:
    if settings.points_from == "centres":
        cloud = points_from_centres(source.gaussians, normals=settings.normals)
    else:
        cameras = cameras_of_width(source.training_cameras, settings.width)
        with progress("rendering surfaces", len(cameras), quiet=quiet) as bar:

            def seen():
                for view in surface_views(source.field, cameras):
                    yield view
                    bar.advance()

            rng = np.random.default_rng(settings.seed)
            cloud = points_from_surfaces(seen(), views_count=len(cameras), count=settings.count, rng=rng)
        cloud = cloud if settings.normals else dataclasses.replace(cloud, normals=None)
    save_points(settings.out, cloud)
    return {"said": f"{len(cloud.points)} points", "points": len(cloud.points)}


def _mesh(source: ExportSource, settings: ExportSettings, say: Callable[[str], None], quiet: bool) -> dict[str, Any]:
    marching_cubes()
    cameras = cameras_of_width(source.training_cameras, settings.width)
    low, high = surface_extent(surface_views(source.field, cameras, max_size=EXTENT_WIDTH))
    plan = plan_volume(low, high, voxel_size=settings.voxel_size, max_bytes=settings.max_memory_mb * 1_000_000)
    say(plan.describe(source.unit))
    with progress("fusing depth", len(cameras), quiet=quiet) as bar:
        mesh = fuse_surfaces(source.field, cameras, plan, each=lambda: bar.advance())
    save_mesh(settings.out, mesh)
    return {
        "said": f"{len(mesh.faces)} triangles",
        "vertices": len(mesh.vertices),
        "faces": len(mesh.faces),
        "voxel_size": plan.voxel_size,
        "grid": list(plan.shape),
        "grid_mb": plan.bytes / 1e6,
    }


def _cameras(source: ExportSource, settings: ExportSettings, say: Callable[[str], None], quiet: bool) -> dict[str, Any]:
    if not source.cameras:
        raise UsageError(f"{source.name}: a splat file holds no cameras; name some with --cameras")
    cameras = cameras_of_width(source.cameras, settings.width)
    if settings.out.suffix.lower() == ".json":
        save_cameras(settings.out, cameras, metric=source.metric)
        return {"said": f"{len(cameras)} cameras", "cameras": len(cameras), "pictures": False}
    points = None
    try:
        points = points_from_centres(source.gaussians)
    except (DataError, UsageError) as error:
        say(f"without points: {error}")
    with progress("rendering pictures", len(cameras), quiet=quiet) as bar:
        capture = rendered_capture(
            source.field,
            cameras,
            name=source.name,
            metric=source.metric,
            points=points,
            each=lambda: bar.advance(),
        )
        if settings.layout == "transforms":
            write_transforms(capture, settings.out)
        else:
            write_colmap(capture, settings.out, text=settings.layout == "colmap-text")
    return {"said": f"{len(cameras)} cameras with rendered pictures", "cameras": len(cameras), "pictures": True}


def _video(source: ExportSource, settings: ExportSettings, say: Callable[[str], None], quiet: bool) -> dict[str, Any]:
    if settings.path is not None:
        path = cameras_of_width(read_cameras(settings.path), settings.width)
    else:
        path = smooth_path(cameras_of_width(source.training_cameras, settings.width), settings.frames)
    frames = panel_frames(source.field, path, settings.panels, encoder=settings.encoder, unit=source.unit.strip())
    with progress("rendering frames", len(path), quiet=quiet) as bar:

        def counted():
            for frame in frames:
                yield frame
                bar.advance()

        rate = save_video(settings.out, counted(), fps=settings.fps)
    return {"said": f"{len(path)} frames at {rate:.4g} a second", "frames": len(path), "fps": rate}
