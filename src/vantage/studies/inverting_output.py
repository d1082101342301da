"""What `vantage invert` leaves behind: poses as JSON and as a COLMAP project, and pictures of query against render."""

import math
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from vantage.captures import Capture, View, ViewSource, write_colmap
from vantage.errors import UsageError
from vantage.fields import DistilledScene
from vantage.reports import write_png
from vantage.storage import content_hash, write_json
from vantage.studies.inverting import Answer

POSES = "poses.json"
"""File of the poses; a folder that holds one is an earlier answer and may be written over."""

TILE = 32
"""Side of the checkerboard's squares in pixels."""


def check_output(folder: Path) -> None:
    """Make sure that answers may be written into a folder.

    Raises:
        UsageError: it holds something that `vantage invert` did not write.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; answers need a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / POSES).is_file():
        raise UsageError(f"{folder}: holds other files than answers of `vantage invert`; name another --out")


def write_inversions(answers: Sequence[Answer], scene: DistilledScene, folder: Path) -> list[dict[str, Any]]:
    """Write `poses.json`, a COLMAP project of the images that were found, and a picture per image.

    Returns:
        What `poses.json` holds of each image.

    Raises:
        UsageError: the folder holds something else.
    """
    folder = Path(folder)
    check_output(folder)
    names = _names(answers)
    told = [_tell(answer, name) for answer, name in zip(answers, names, strict=True)]
    for answer, name, content in zip(answers, names, told, strict=True):
        if answer.image is not None:
            picture = folder / f"{name}.png"
            write_png(picture, query_against_render(answer, scene))
            content["picture"] = str(picture)
    write_json(folder / POSES, {"metric": scene.metric, "images": told})
    shutil.rmtree(folder / "colmap", ignore_errors=True)
    if any(answer.found for answer in answers):
        write_colmap(_capture(answers, names, scene), folder / "colmap")
    return told


def _names(answers: Sequence[Answer]) -> list[str]:
    """Return a file name for each image, told apart where two are alike."""
    plain = [re.sub(r"[^A-Za-z0-9._-]+", "-", answer.path.stem).strip("-.") or "image" for answer in answers]
    return [
        name if plain.count(name) == 1 else f"{name}-{content_hash(str(number), str(answer.path))[:6]}"
        for number, (name, answer) in enumerate(zip(plain, answers, strict=True))
    ]


def _tell(answer: Answer, name: str) -> dict[str, Any]:
    content: dict[str, Any] = {"image": str(answer.path), "name": name, "found": answer.found}
    if answer.problem:
        content["problem"] = answer.problem
    if answer.inversion is None or answer.camera is None:
        return content
    fine, coarse, camera = answer.inversion.fine, answer.inversion.hypotheses, answer.camera
    spread = coarse.spread()
    return content | {
        "world_from_camera": fine.world_from_camera.tolist(),
        "camera": {"fx": camera.fx, "fy": camera.fy, "cx": camera.cx, "cy": camera.cy}
        | {"width": camera.width, "height": camera.height},
        "inliers": fine.inliers,
        "pairs": fine.pairs,
        "rotation_spread_deg": _finite(math.degrees(fine.rotation_spread)),
        "translation_spread": _finite(fine.translation_spread),
        "alpha": fine.alpha,
        "coarse": {
            "world_from_camera": coarse.world_from_camera.tolist(),
            "weights": coarse.weights.tolist(),
            "rotation_spread_deg": math.degrees(spread[0]),
            "translation_spread": spread[1],
        },
        "seconds": {"coarse": round(answer.inversion.coarse_s, 4), "fine": round(answer.inversion.fine_s, 4)},
    }


def _finite(value: float) -> float | None:
    """Return the number, or None for JSON, which has no infinity."""
    return value if math.isfinite(value) else None


def query_against_render(answer: Answer, scene: DistilledScene) -> Float[np.ndarray, "h w3 3"]:
    """Return three pictures side by side: the image, the scene from its pose, and both as a checkerboard."""
    if answer.image is None or answer.inversion is None or answer.camera is None:
        raise UsageError(f"{answer.path}: was not read, there is nothing to show")
    rendering = scene.render(answer.camera, answer.inversion.fine.world_from_camera)
    render = rendering.rgb.clamp(0, 1).numpy().astype(np.float64)
    image = answer.image.astype(np.float64)
    rows, columns = np.indices(image.shape[:2]) // TILE
    board = np.where(((rows + columns) % 2 == 0)[..., None], image, render)
    gap = np.ones((image.shape[0], 4, 3))
    return np.concatenate([image, gap, render, gap, board], axis=1)


def _capture(answers: Sequence[Answer], names: Sequence[str], scene: DistilledScene) -> Capture:
    """Return the images that were found as a capture."""
    sources = []
    for answer, name in zip(answers, names, strict=True):
        if not answer.found or answer.image is None or answer.inversion is None or answer.camera is None:
            continue
        view = View(
            name=f"{name}.png",
            image=answer.image,
            camera=answer.camera,
            world_from_camera=answer.inversion.fine.world_from_camera,
        )
        sources.append(
            ViewSource(
                name=view.name,
                camera=view.camera,
                world_from_camera=view.world_from_camera,
                read=lambda view=view: view,
            )
        )
    return Capture(name=scene.name, sources=tuple(sources), test_indices=())
