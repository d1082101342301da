"""Conversations on disk: parquet shards, each written whole or not at all, with a done mark beside it.

A shard is `shard-000000.parquet` and its mark `shard-000000.json`; a shard without a mark does not count as done.
Images lie inside, or in `images/` under the hash of their bytes, so that conversations about one image share it.
"""

import contextlib
import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

import vantage
from vantage.dialogue.conversation import Conversation
from vantage.dialogue.records import conversation_from, row_of, sample_from, schema
from vantage.dialogue.sample import Sample
from vantage.dialogue.shard_marks import FORMAT, FORMATS, Counts, ShardMark, check_mark, file_hash, read_mark, shards_in
from vantage.errors import DataError
from vantage.storage import atomic_open, content_hash, parse_json, write_bytes, write_json

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

Images = Literal["inside", "files"]
"""Where images are stored: in the shards, or beside them under the hash of their bytes."""
ROW_GROUP = 50
"""Samples per row group: 300 random reads took 0.9 s of 211 MB so, and 10 s with groups of 500."""
SHARDS = "shards"
"""Folder of the shards inside a run."""
IMAGES = "images"
"""Folder of images, beside the shards."""
METADATA = b"vantage.dialogue"
IMAGE_FILE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\.(png|jpg)")


def write_shard(
    path: Path,
    samples: Iterable[Sample],
    *,
    configuration: str,
    images: Images = "inside",
    counts: Counts | None = None,
    format: int = FORMAT,
) -> ShardMark:
    """Write a shard and then its mark; samples are taken one by one, so that a row group is all that is in memory.

    Args:
        path: of the shard.
        samples: in order.
        configuration: hash of what decides them.
        images: where images go; "files" puts them into `images/` beside the shard.
        counts: stored in the mark; it may be filled while samples are taken.
        format: one of `shard_marks.FORMATS`; questions about several views need `VIEW_FORMAT`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    about = {"format": format, "configuration": configuration, "images": images, "versions": versions()}
    columns = schema(format).with_metadata({METADATA: json.dumps(about, sort_keys=True).encode()})
    written = 0
    with (
        atomic_open(path) as file,
        pq.ParquetWriter(
            # Dictionaries would hold every image once more; text shrinks well without.
            file,
            columns,
            compression="zstd",
            use_dictionary=False,
            write_page_checksum=True,
        ) as writer,
    ):
        rows: list[dict[str, Any]] = []
        for sample in samples:
            rows.append(row_of(sample, store_images(path.parent, sample) if images == "files" else (), format))
            written += 1
            if len(rows) == ROW_GROUP:
                writer.write_table(pa.Table.from_pylist(rows, schema=columns), row_group_size=ROW_GROUP)
                rows = []
        if rows:
            writer.write_table(pa.Table.from_pylist(rows, schema=columns), row_group_size=ROW_GROUP)
    mark = ShardMark(
        configuration=configuration,
        samples=written,
        size=path.stat().st_size,
        content=file_hash(path),
        counts={stage: dict(reasons) for stage, reasons in (counts or {}).items()},
        format=format,
    )
    write_json(path.with_suffix(".json"), dataclasses.asdict(mark))
    return mark


def versions() -> dict[str, str]:
    """Return the versions that decide a shard's bytes."""
    import PIL
    import pyarrow as pa

    return {
        "vantage": vantage.__version__,
        "numpy": np.__version__,
        "pillow": PIL.__version__,
        "pyarrow": pa.__version__,
    }


def store_images(folder: Path, sample: Sample) -> list[str]:
    """Write a sample's images that are not there yet; return their names in `images/`."""
    names = []
    for view in sample.views:
        key = content_hash(view.encoded)
        name = f"{key[:2]}/{key}{view.suffix}"
        path = folder / IMAGES / name
        if not path.is_file() or path.stat().st_size != len(view.encoded):
            write_bytes(path, view.encoded)
        names.append(name)
    return names


def read_shard(path: Path, *, configuration: str | None = None) -> Iterator[Sample]:
    """Yield the samples of a shard, images included.

    Args:
        path: of the shard; where it has a mark, the two must fit.
        configuration: that must have made it; any when None.

    Raises:
        DataError: the shard is damaged, or of another configuration or format, or an image is missing.
    """
    with _opened(path, configuration) as (file, about):
        for group in range(file.num_row_groups):
            for row in _rows(path, file, group, None):
                images = row["images"] or [_image(path.parent, name) for name in row["image_files"]]
                try:
                    yield sample_from(row, images, about["versions"])
                except (KeyError, TypeError, ValueError, IndexError) as error:
                    raise DataError(f"{path}: sample {row.get('name')!r} is not whole ({error})") from error


def read_conversations(path: Path, *, configuration: str | None = None) -> Iterator[Conversation]:
    """Yield the conversations of a shard without touching their images; arguments and errors as `read_shard`."""
    columns = ["name", "seed", "turns", "shortfall", "views"]
    with _opened(path, configuration) as (file, _):
        for group in range(file.num_row_groups):
            for row in _rows(path, file, group, columns):
                yield conversation_from(row)


@contextlib.contextmanager
def _opened(path: Path, configuration: str | None) -> Iterator[tuple["pq.ParquetFile", dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        raise DataError(f"{path}: no such shard")
    mark = read_mark(path)
    if mark is not None:
        check_mark(path, mark, configuration)
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path}: not a whole parquet file ({_line(error)}); make the shard anew") from error
    with file:
        yield file, _about(path, file.schema_arrow, configuration)


def _about(path: Path, found: "pa.Schema", configuration: str | None) -> dict[str, Any]:
    """Return what a shard says of itself."""
    text = (found.metadata or {}).get(METADATA)
    if text is None:
        raise DataError(f"{path}: a parquet file, but not of conversations")
    about = parse_json(text.decode("utf-8", errors="replace"), where=f"{path}: metadata")
    form = about.get("format") if isinstance(about, dict) else None
    if form not in FORMATS or not found.equals(schema(form)):
        raise DataError(f"{path}: its columns or format are not those of this version; make the shards anew")
    if configuration is not None and about.get("configuration") != configuration:
        raise DataError(f"{path}: made by configuration {about.get('configuration')}, not by {configuration}")
    return about


def _rows(path: Path, file: "pq.ParquetFile", group: int, columns: Sequence[str] | None) -> list[dict[str, Any]]:
    import pyarrow as pa

    try:
        return file.read_row_group(
            group, columns=None if columns is None else list(columns), use_threads=False
        ).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path}: row group {group} is damaged ({_line(error)}); make the shard anew") from error


def _image(folder: Path, name: str) -> bytes:
    """Return the bytes of an image that lies beside the shards."""
    if not IMAGE_FILE.fullmatch(name):
        raise DataError(f"{folder / IMAGES}: {name!r} is no name of a stored image")
    path = folder / IMAGES / name
    if not path.is_file():
        raise DataError(f"{path}: no such image; it belongs beside the shards")
    content = path.read_bytes()
    if content_hash(content) != path.stem:
        raise DataError(f"{path}: its bytes do not have the hash of its name; make the shards anew")
    return content


def _line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def shard_folder(path: Path) -> Path:
    """Return the folder of the shards of a run, or the folder itself where it is that of shards."""
    return path / SHARDS if (path / SHARDS).is_dir() else path


def read_samples(path: Path) -> Iterator[Sample]:
    """Yield all samples of a run or of a folder of shards, in order.

    Raises:
        DataError: there are no shards, they are of different configurations, or one is damaged.
    """
    for shard, configuration in _of_one_configuration(path):
        yield from read_shard(shard, configuration=configuration)


def read_all_conversations(path: Path) -> Iterator[Conversation]:
    """Yield all conversations of a run or of a folder of shards without their images; errors as `read_samples`."""
    for shard, configuration in _of_one_configuration(path):
        yield from read_conversations(shard, configuration=configuration)


def _of_one_configuration(path: Path) -> list[tuple[Path, str | None]]:
    shards = shards_in(shard_folder(path))
    first = read_mark(shards[0])
    return [(shard, None if first is None else first.configuration) for shard in shards]
