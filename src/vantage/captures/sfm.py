"""Unposed photos: poses by pycolmap's structure from motion, in a process of its own because it may abort."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from vantage.captures.capture import Capture
from vantage.captures.colmap import capture_of_model, read_model
from vantage.captures.frames import ReadOptions
from vantage.captures.images import ImageError, read_header
from vantage.captures.rgbd import list_images
from vantage.errors import DataError, MissingError

_PROGRAM = """
import json, os, sys
import pycolmap
images, names, out = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
pycolmap.set_random_seed(0)
database = os.path.join(out, "database.db")
reader = pycolmap.ImageReaderOptions()
reader.camera_model = "SIMPLE_RADIAL"
extraction = pycolmap.FeatureExtractionOptions()
extraction.num_threads = int(sys.argv[4])
mode = getattr(pycolmap.CameraMode, sys.argv[5])
pycolmap.extract_features(database, images, image_names=names, camera_mode=mode, reader_options=reader,
                          extraction_options=extraction, device=pycolmap.Device.cpu)
matching = pycolmap.FeatureMatchingOptions()
matching.num_threads = int(sys.argv[4])
pycolmap.match_exhaustive(database, matching_options=matching, device=pycolmap.Device.cpu)
mapper = pycolmap.IncrementalPipelineOptions()
mapper.num_threads = int(sys.argv[4])
models = pycolmap.incremental_mapping(database, images, os.path.join(out, "models"), options=mapper)
if not models:
    sys.exit(7)
best = max(models.values(), key=lambda model: model.num_reg_images())
os.makedirs(os.path.join(out, "best"))
best.write_binary(os.path.join(out, "best"))
"""
_NO_MODEL = 7


def open_photos(folder: Path, options: ReadOptions) -> Capture:
    """Open a folder of unposed photos (or its `images/`): poses and points by structure from motion, scale unknown.

    Raises:
        DataError: fewer than 3 photos are readable, or no model comes out.
        MissingError: the extra `sfm` (pycolmap) is not installed.
    """
    if importlib.util.find_spec("pycolmap") is None:
        raise MissingError(f"{folder}: photos without poses need pycolmap; install it with: pip install 'vantage[sfm]'")
    image_folder = folder / "images" if (folder / "images").is_dir() else folder
    names = [image.name for image in list_images(image_folder) if _readable(image)]
    if len(names) < 3:
        raise DataError(f"{image_folder}: {len(names)} readable photos; structure from motion needs at least 3")
    with tempfile.TemporaryDirectory(prefix="vantage-sfm-") as scratch:
        _reconstruct(image_folder, names, Path(scratch))
        model = read_model(Path(scratch) / "best", Path(scratch))
    found = {image.name for image in model.images}
    notes = [f"poses by structure from motion (pycolmap): {len(found)} of {len(names)} photos, scale unknown"]
    if left_out := [name for name in names if name not in found]:
        notes.append(f"photos that could not be placed: {', '.join(left_out[:10])}")
    return capture_of_model(model, image_folder, folder, options, notes=tuple(notes))


def _readable(path: Path) -> bool:
    try:
        read_header(path)
    except ImageError:
        return False
    return True


def _reconstruct(image_folder: Path, names: list[str], scratch: Path) -> None:
    threads = str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    headers = [read_header(image_folder / name) for name in names]
    # Photos of one size are taken to be one unzoomed camera's; with a focal length each, few photos give wild ones.
    mode = "SINGLE" if len({(h.width, h.height) for h in headers}) == 1 else "AUTO"
    log = scratch / "log.txt"
    with log.open("wb") as file:
        arguments = [str(image_folder.resolve()), json.dumps(names), str(scratch), threads, mode]
        code = subprocess.run(
            [sys.executable, "-c", _PROGRAM, *arguments],
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if code == _NO_MODEL:
        raise DataError(
            f"{image_folder}: structure from motion found no pair of photos to begin with; "
            "take overlapping photos (60% or more) of a scene with texture, from different places"
        )
    if code:
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise DataError(f"{image_folder}: structure from motion ended with code {code}: {' '.join(last)[:300]}")
