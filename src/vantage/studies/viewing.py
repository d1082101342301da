"""A page about a run on disk: its scene, what asks it, and the photographs it was made from."""

import dataclasses
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from vantage.captures import open_capture
from vantage.errors import DataError, MissingError, VantageError
from vantage.fields import DistilledScene
from vantage.localization import SceneQuery
from vantage.storage import read_json
from vantage.studies.asking import load_run_scene, open_query, text_encoder_of
from vantage.studies.inverting import InvertSettings
from vantage.studies.locating import RunLocator
from vantage.viewer import CameraPicture, Page

THUMBNAIL = 128
"""Longer side in pixels of a photograph in a frustum, where it is seldom larger on the screen."""


def open_page(
    run: Path,
    *,
    encoder: str | None = None,
    adapter: str | None = None,
    rendered: bool = False,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Page:
    """Open a page about a run of `distill` or `demo`; saved pictures go to `RUN/views`.

    A scene that cannot be asked is shown all the same, and its panel says why, unless `encoder` names who is to ask.

    Raises:
        DataError: the run holds no scene, or `encoder` does not read text or has other weights.
        MissingError: viser is not installed.
        UsageError: the address cannot be listened at, or `encoder` is not in the scene.
    """
    scene = load_newest_scene(Path(run))
    query: SceneQuery | None = None
    no_query = ""
    try:
        query = open_query(scene, text_encoder_of(scene, encoder), adapter=adapter)
    except (DataError, MissingError) as error:
        if encoder is not None or adapter is not None:
            raise
        no_query = str(error)
    page = Page(
        scene,
        query=query,
        no_query=no_query,
        locate=locator_of(Path(run), scene),
        pictures_folder=Path(run) / "views",
        rendered=rendered,
        host=host,
        port=port,
    )
    names = [camera.name for camera in scene.cameras]
    page.add_pictures(lambda: photographs(Path(run), names))
    return page


def locator_of(run: Path, scene: DistilledScene) -> RunLocator | None:
    """Return what places images in a run's scene; None while it is unfinished, or without pycolmap."""
    if (
        not (run / "scene").is_dir()
        or not scene.semantics.encoder_names
        or importlib.util.find_spec("pycolmap") is None
    ):
        return None
    return RunLocator(run=run, settings=InvertSettings())


def load_newest_scene(run: Path) -> DistilledScene:
    """Load the scene of a run or, where it has none yet, that of its last checkpoint, which its name then tells.

    Raises:
        DataError: there is neither.
    """
    unfinished = run / "checkpoints" / "scene"
    if (run / "scene").is_dir() or not (run / "config.json").is_file():
        return load_run_scene(run)
    if not (unfinished / "scene.json").is_file():
        raise DataError(f"{run}: has no scene yet; the first comes with the first checkpoint of `vantage distill`")
    scene = DistilledScene.load(unfinished)
    return dataclasses.replace(scene, name=f"{scene.name} (unfinished, as of the last checkpoint)")


def photographs(run: Path, names: Sequence[str]) -> list[CameraPicture]:
    """Return small photographs of the cameras with these names, as far as the run's capture still lies where it was."""
    try:
        capture = open_capture(capture_folder(run), max_size=THUMBNAIL)
    except VantageError:
        # Frusta without photographs tell as much as there is.
        return []
    wanted = {name: index for index, name in enumerate(names)}
    pictures = []
    for source in capture.sources:
        if source.name not in wanted:
            continue
        try:
            pictures.append(CameraPicture(index=wanted[source.name], image=source.read().image))
        except VantageError:
            continue
    return pictures


def capture_folder(run: Path) -> Path:
    """Return where the images of a run lie.

    Raises:
        DataError: the run does not say.
    """
    if (run / "room").is_dir():
        return run / "room"
    settings = read_json(run / "config.json").get("settings", {})
    folder = settings.get("capture") if isinstance(settings, dict) else None
    if not isinstance(folder, str):
        raise DataError(f"{run / 'config.json'}: names no capture; expected a run of `vantage distill`")
    return Path(folder)
