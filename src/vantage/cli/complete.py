"""`vantage complete`, and the flags that it shares with `vantage find`."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from vantage.cli.common import RunFlags, open_run, print_result
from vantage.errors import UsageError

if TYPE_CHECKING:
    from vantage.studies.completing import CompletingSettings


@dataclasses.dataclass(frozen=True, kw_only=True)
class RgbdFlags(RunFlags):
    """What is looked at, and with what."""

    rgbd: Annotated[Path, tyro.conf.Positional]
    """Folder of a capture with depth, or an image file with --depth and --intrinsics."""
    view: str | None = None
    """Of a folder: the view's name, or its number from 0; by default the first."""
    depth: Path | None = None
    """Of an image file: its depth, a 16-bit PNG in millimetres or a .npy in metres."""
    intrinsics: str | None = None
    """Of an image file: fx,fy,cx,cy in pixels of this image."""
    depth_scale: float | None = None
    """Depth units per metre: 1000 for millimetres, 1 for metres; by default what the layout says."""
    model: str = "room-semabs"
    """3D network: the .safetensors file of a run of `vantage pretrain room-semabs`, or the name of shipped weights."""
    encoder: str | None = None
    """Image-text encoder that the words are asked of; by default the one of the network's training."""
    extractor: Literal["value-path", "gradient", "self-correlation"] | None = None
    """How relevancy is read from the encoder; by default as in training, of another encoder `gradient`."""
    preset: Literal["paper", "released", "fast", "single"] | None = None
    """Crops that relevancy is made of; by default as in training, of another extractor `fast`."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command(RgbdFlags):
    """Complete the half-seen objects of an RGB-D image that labels name, in 3D."""

    labels: tuple[str, ...]
    """What to complete, such as "red mug" "book"."""
    least_presence: float | None = None
    """A label whose presence is below this share is taken to be absent and left empty; 0 completes every label. By
    default 0.05 with the relevancy of training, 0 with another."""


def settings_from(
    command: RgbdFlags, labels: tuple[str, ...], least_presence: float | None = None
) -> "CompletingSettings":
    """Return what the flags say.

    Raises:
        UsageError: the intrinsics are no numbers.
    """
    from vantage.studies.completing import CompletingSettings
    from vantage.studies.rgbd_input import RgbdSource

    return CompletingSettings(
        source=RgbdSource(
            path=str(command.rgbd),
            view=command.view,
            depth=str(command.depth) if command.depth else None,
            intrinsics=parse_numbers(command.intrinsics) if command.intrinsics else (),
            depth_scale=command.depth_scale,
        ),
        labels=labels,
        model=command.model,
        encoder=command.encoder,
        extractor=command.extractor,
        preset=command.preset,
        least_presence=least_presence,
    )


def parse_numbers(text: str) -> tuple[float, ...]:
    """Return numbers parted by commas.

    Raises:
        UsageError: a part is no number.
    """
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--intrinsics {text[:60]}: expected fx,fy,cx,cy in pixels, such as 525,525,320,240") from None


def run(command: Command) -> int:
    """Complete labels."""
    from vantage.abstraction.labels import check_labels
    from vantage.runs import exit_code
    from vantage.studies.completing import run_complete

    # Said before a folder is made.
    settings = settings_from(command, tuple(check_labels(command.labels)), command.least_presence)
    with open_run(command, "complete", settings) as folder:
        result = run_complete(folder, settings, quiet=command.json)
    print_result(result, command.out, json=command.json)
    return exit_code(result)
