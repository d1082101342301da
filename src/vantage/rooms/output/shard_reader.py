"""Reads the shards that `shards` writes, strictly, without the `webdataset` package."""

import dataclasses
import io
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped
from PIL import Image

from vantage.captures import View
from vantage.captures.json_node import JsonNode
from vantage.errors import DataError
from vantage.geometry import Camera
from vantage.storage import parse_json

NEEDED = ("png", "depth.png", "instances.png", "classes.png", "json")
"""Members that every sample has."""
MOST_BYTES = 256_000_000
"""Greatest size of one member: a 16384x16384 map of 8 bits."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ShardSample:
    """One view of a shard."""

    key: str
    """ "000005_003": room and view."""
    view: View
    maps: Mapping[str, Shaped[np.ndarray, "h w *c"]]
    """Further maps by name, as stored."""
    facts: Mapping[str, Any]
    """What its JSON member says: room, caption, objects, relations, ..."""


def read_shard(path: Path) -> Iterator[ShardSample]:
    """Yield the views of a shard in their order.

    Raises:
        DataError: the file is no whole tar file, or a sample lacks a member or has a damaged one.
    """
    key, found = "", {}
    try:
        with tarfile.open(path, mode="r:") as tar:
            for info in tar:
                here, _, kind = info.name.partition(".")
                if not info.isfile() or not kind or info.size > MOST_BYTES:
                    raise DataError(f"{path}: {info.name!r} is no member of a sample")
                if here != key and found:
                    yield _sample(path, key, found)
                    found = {}
                key = here
                content = tar.extractfile(info)
                found[kind] = content.read() if content else b""
                if len(found[kind]) != info.size:
                    raise DataError(f"{path}: {info.name}: the file ends within it; write it again")
            # A tar file ends with two empty blocks; without them it was cut off between two members.
            if path.stat().st_size < tar.offset + tarfile.BLOCKSIZE:
                raise DataError(f"{path}: the file has no end; write it again")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DataError(f"{path}: not a whole tar file ({error}); write it again") from error
    if found:
        yield _sample(path, key, found)


def _sample(path: Path, key: str, found: Mapping[str, bytes]) -> ShardSample:
    where = f"{path}, sample {key}"
    if missing := [kind for kind in NEEDED if kind not in found]:
        raise DataError(f"{where}: {', '.join(missing)} missing")
    try:
        text = found["json"].decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: its json is not UTF-8 text") from error
    facts = JsonNode(parse_json(text, where=where), where)
    told = facts["camera"]
    width, height = told["width"].integer(low=1, high=16384), told["height"].integer(low=1, high=16384)
    numbers = {name: told[name].number() for name in ("fx", "fy", "cx", "cy")}
    camera = Camera(width=width, height=height, **numbers)
    pictures = {
        kind.removesuffix(".png"): _picture(f"{where}: {kind}", content, camera)
        for kind, content in found.items()
        if kind.endswith("png")
    }
    view = View(
        name=f"{key}.png",
        image=pictures.pop("png").astype(np.float32) / np.float32(255),
        camera=camera,
        world_from_camera=facts["world_from_camera"].matrix(4, 4),
        depth=pictures.pop("depth").astype(np.float32) / np.float32(1000),
        instances=pictures.pop("instances").astype(np.int32),
        classes=pictures.pop("classes").astype(np.int32),
    )
    return ShardSample(key=key, view=view, maps=pictures, facts=facts.value)


def _picture(where: str, content: bytes, camera: Camera) -> Shaped[np.ndarray, "h w *c"]:
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if image.size != (camera.width, camera.height):
                raise DataError(f"{where}: {image.size} pixels; expected the camera's {camera.width}x{camera.height}")
            return np.asarray(image)
    except (OSError, ValueError, SyntaxError) as error:
        raise DataError(f"{where}: not a whole PNG ({error})") from error
