"""Conversations for other tools: LLaVA's JSON, chat messages, WebDataset tar files; in any order, of any levels."""

import dataclasses
import io
import itertools
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from vantage.dialogue.conversation import LEVELS, Layout, Level, Turn, arranged
from vantage.dialogue.sample import Sample
from vantage.dialogue.shards import IMAGES, read_all_conversations, read_samples, store_images
from vantage.errors import DataError, UsageError
from vantage.storage import atomic_open

Format = Literal["llava", "messages", "webdataset"]
"""LLaVA's JSON with images beside it; one JSON object of `messages` a line, likewise; tar files with all in them."""
IMAGE_TOKEN = "<image>"
"""Stands for an image in LLaVA's text; one for each view, all in the first question."""
PER_TAR = 1000
"""Samples of one tar file: at 140 kB each, about 140 MB, which disks and networks read well."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Arrangement:
    """How turns are arranged; see `conversation.arranged`."""

    layout: Layout | None = None
    """At most so many turns of each level; all where None."""
    order: str = "forward"
    unit: str = "level"
    levels: tuple[Level, ...] = LEVELS
    captions_last: bool = True
    seed: int = 0

    def turns(self, sample: Sample) -> tuple[Turn, ...]:
        """Return a sample's turns.

        Raises:
            UsageError: there is no such order, unit or level.
        """
        return arranged(
            sample.conversation,
            layout=self.layout,
            order=self.order,
            unit=self.unit,
            levels=self.levels,
            captions_last=self.captions_last,
            seed=self.seed,
        )


def llava_record(name: str, turns: Sequence[Turn], images: Sequence[str], *, single: bool) -> dict[str, Any]:
    """Return a sample in LLaVA's form.

    Args:
        name: its id.
        turns: arranged.
        images: files of its views.
        single: whether no sample of the data has several views; `image` is text then, as LLaVA-1.5 wants it.
    """
    talk = []
    for k, turn in enumerate(turns):
        tokens = f"{IMAGE_TOKEN}\n" * len(images) if k == 0 else ""
        talk += [{"from": "human", "value": tokens + turn.question}, {"from": "gpt", "value": turn.answer}]
    return {"id": name, "image": images[0] if single else list(images), "conversations": talk}


def messages_record(name: str, turns: Sequence[Turn], images: Sequence[str]) -> dict[str, Any]:
    """Return a sample as chat messages, whose first holds all images; arguments as `llava_record`."""
    messages = []
    for k, turn in enumerate(turns):
        shown = [{"type": "image", "text": None}] * len(images) if k == 0 else []
        messages += [
            {"role": "user", "content": [*shown, {"type": "text", "text": turn.question}]},
            {"role": "assistant", "content": [{"type": "text", "text": turn.answer}]},
        ]
    return {"id": name, "images": list(images), "messages": messages}


def export(
    source: Path,
    out: Path,
    *,
    format: Format,
    arrangement: Arrangement,
    each: Callable[[], None] = lambda: None,
) -> list[Path]:
    """Write all conversations of a run for another tool; the file that names the others appears last.

    Args:
        source: a run of `vantage dialogue make`, or its folder of shards.
        out: a new or empty folder.
        format: of the files.
        arrangement: of the turns.
        each: called after each sample.

    Raises:
        UsageError: the folder holds files, or the arrangement is not known.
        DataError: a shard is damaged, or no conversation has a turn that is wanted.
    """
    if out.is_dir() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty; give a new folder")
    chosen = _chosen(source, arrangement, each)
    if format == "webdataset":
        return list(_write_tars(chosen, out))
    if format == "llava":
        single = all(talk.views == 1 for talk in read_all_conversations(source))
        records = (llava_record(sample.name, turns, _beside(out, sample), single=single) for sample, turns in chosen)
        path = out / "conversations.json"
        with atomic_open(path) as file:
            for k, record in enumerate(records):
                file.write(b"[\n" if k == 0 else b",\n")
                file.write(_line(record))
            file.write(b"\n]\n")
        return [path]
    path = out / "messages.jsonl"
    with atomic_open(path) as file:
        for sample, turns in chosen:
            file.write(_line(messages_record(sample.name, turns, _beside(out, sample))) + b"\n")
    return [path]


def _chosen(
    source: Path, arrangement: Arrangement, each: Callable[[], None]
) -> Iterator[tuple[Sample, tuple[Turn, ...]]]:
    """Yield the samples that have turns of the arrangement; raise where none has."""
    found = 0
    for sample in read_samples(source):
        turns = arrangement.turns(sample)
        if turns:
            found += 1
            yield sample, turns
        each()
    if not found:
        raise DataError(
            f"{source}: no conversation has a turn of {', '.join(arrangement.levels)} level; nothing is left"
        )


def _beside(out: Path, sample: Sample) -> list[str]:
    """Store a sample's images and return their paths as seen from the folder."""
    return [f"{IMAGES}/{name}" for name in store_images(out, sample)]


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, allow_nan=False).encode()


def _write_tars(chosen: Iterable[tuple[Sample, tuple[Turn, ...]]], out: Path) -> Iterator[Path]:
    """Write tar files of `PER_TAR` samples; yield each when it is whole."""
    for number, group in itertools.groupby(enumerate(chosen), key=lambda numbered: numbered[0] // PER_TAR):
        path = out / f"dialogue-{number:06d}.tar"
        # The oldest format has no field that the time or the machine could get into.
        with atomic_open(path) as file, tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for k, (sample, turns) in group:
                for name, content in _members(sample, turns):
                    info = tarfile.TarInfo(f"{k:08d}.{name}")
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))
        yield path


def _members(sample: Sample, turns: Sequence[Turn]) -> Iterator[tuple[str, bytes]]:
    """Yield the ends of the names and the contents of a sample's files: `0.png`, `1.png` and so on, and `json`."""
    names = [f"{k}{view.suffix}" for k, view in enumerate(sample.views)]
    yield from zip(names, (view.encoded for view in sample.views), strict=True)
    yield "json", _line(messages_record(sample.name, turns, names))
