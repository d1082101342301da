"""`vantage invert`."""

import dataclasses
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from vantage.cli.common import CommonFlags, print_json, print_lines


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(CommonFlags):
    """Find where images were taken in a distilled scene, without a first guess (extra `sfm`).

    Exit code 3 when an image was not found or could not be read; the others are answered all the same.
    """

    run: Annotated[Path, tyro.conf.Positional]
    """Folder of a run of `vantage distill` or `vantage demo`."""
    image: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Image files."""
    encoder: str | None = None
    """Distilled encoder whose one vector images are placed by; by default the scene's first."""
    adapter: Path | None = None
    """Adapter that was on the encoder when it was distilled."""
    capture: Path | None = None
    """Folder of the photographs that the scene was made from; by default the one that the run names."""
    views: Literal["photographs", "rendered"] = "photographs"
    """Learn from the photographs, or from the scene rendered at their cameras where they are gone."""
    fov_deg: float | None = None
    """Horizontal field of view of the images in degrees; by default they are by the scene's own camera."""
    hypotheses: int = 4
    """Poses that the coarse network may hold likely at once."""
    rendered: int = 128
    """Views rendered beside the photographs to learn from; 0 = none."""
    out: Path | None = None
    """Folder of the answers; by default RUN/inversions."""


def run(command: Command) -> int:
    """Find, print and write pictures."""
    from vantage.errors import DataError, UsageError
    from vantage.inversion import CoarseSettings, SpineSettings
    from vantage.studies.inverting import InvertSettings, invert_images, open_inverter
    from vantage.studies.inverting_output import check_output, write_inversions

    if not command.image:
        raise UsageError("no image is given; name one, such as `vantage invert RUN photo.png`")
    out = command.out or command.run / "inversions"
    check_output(out)
    coarse = CoarseSettings(hypotheses=command.hypotheses, seed=command.seed)
    settings = InvertSettings(
        encoder=command.encoder,
        adapter=str(command.adapter) if command.adapter else None,
        capture=str(command.capture) if command.capture else None,
        views=command.views,
        fov_x_deg=command.fov_deg,
        spine=SpineSettings(rendered=command.rendered, coarse=coarse),
    )
    inverter = open_inverter(command.run, settings, quiet=command.json)
    answers = invert_images(inverter, command.image, quiet=command.json)
    told = write_inversions(answers, inverter.scene, out)
    failed = sum(not answer.found for answer in answers)
    if command.json:
        print_json({"images": told, "out": str(out), "found": len(answers) - failed})
    else:
        for content in told:
            print_lines(*_lines(content, metric=inverter.scene.metric))
        print_lines(f"{len(answers) - failed} of {len(answers)} images found; see {out}")
    return DataError.exit_code if failed else 0


def _lines(content: dict[str, Any], *, metric: bool) -> list[str]:
    """Return what is said about one image."""
    if not content["found"]:
        problem = content["problem"]
        return [problem if problem.startswith(content["image"]) else f"{content['image']}: {problem}"]
    pose = content["world_from_camera"]
    x, y, z = (row[3] for row in pose[:3])
    look = [row[2] for row in pose[:3]]
    unit = " m" if metric else ""
    seconds = content["seconds"]["coarse"] + content["seconds"]["fine"]
    spread = content["translation_spread"]
    way = f"{100 * spread:.1f} cm" if metric else f"{spread:.2g}"
    likely = content["coarse"]
    return [
        f"{content['image']}: at ({x:.3f}, {y:.3f}, {z:.3f}){unit}, "
        f"looking along ({look[0]:.3f}, {look[1]:.3f}, {look[2]:.3f})",
        f"  {content['inliers']} of {content['pairs']} pairs agree; "
        f"spread {content['rotation_spread_deg']:.2f} degrees, {way}; {seconds:.2f} s",
        f"  the embedding alone: {likely['weights'][0]:.0%} on the likeliest of {len(likely['weights'])} poses; "
        f"spread {likely['rotation_spread_deg']:.0f} degrees, {likely['translation_spread']:.2f}{unit}",
        f"  {content['picture']}",
    ]
