"""Samples as rows of a parquet table, and back: every turn with its evidence, every camera, every cube."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from vantage.dialogue.canonical import CanonicalFrame
from vantage.dialogue.conversation import LEVELS, Conversation, Evidence, Level, Point, Thing, Turn
from vantage.dialogue.perception import Sources
from vantage.dialogue.sample import Sample, SampleThing, SampleView
from vantage.dialogue.shard_marks import FORMAT, VIEW_FORMAT
from vantage.errors import UsageError
from vantage.geometry import AlignedBox, Camera

if TYPE_CHECKING:
    import pyarrow as pa

CAMERA = ("fx", "fy", "cx", "cy", "width", "height")
BOX = ("left", "top", "right", "bottom")


def levels_of(format: int) -> tuple[Level, ...]:
    """Return the levels of which a format of shards tells how many turns are missing."""
    return LEVELS if format == VIEW_FORMAT else tuple(level for level in LEVELS if level != "vqa")


def schema(format: int = FORMAT) -> "pa.Schema":
    """Return the columns of a shard; images are its last, so that text can be read without them.

    Args:
        format: one of `shard_marks.FORMATS`.
    """
    import pyarrow as pa

    text, number, whole = pa.string(), pa.float64(), pa.int32()
    numbers = pa.list_(number)

    def struct(**fields: pa.DataType) -> pa.StructType:
        return pa.struct([pa.field(name, kind) for name, kind in fields.items()])

    point = struct(view=whole, row=whole, column=whole, told=pa.list_(whole), world=numbers)
    thing = struct(instance=whole, text=text, centre=numbers, size=numbers)
    turn = struct(
        level=text,
        kind=text,
        question=text,
        answer=text,
        outcome=text,
        view=whole,
        points=pa.list_(point),
        things=pa.list_(thing),
        numbers=pa.list_(struct(name=text, value=number)),
        segment=pa.list_(numbers),
    )
    outline = struct(instance=whole, box=numbers)
    camera = struct(**{name: whole if name in ("width", "height") else number for name in CAMERA})
    view = struct(name=text, camera=camera, world_from_camera=numbers, outlines=pa.list_(outline))
    frame = struct(frame_from_world=numbers, heading=pa.bool_(), floor=pa.bool_(), source=text)
    return pa.schema(
        [
            pa.field("name", text),
            pa.field("seed", pa.int64()),
            pa.field("turns", pa.list_(turn)),
            pa.field("shortfall", struct(**dict.fromkeys(levels_of(format), whole))),
            pa.field("views", pa.list_(view)),
            pa.field("frame", frame),
            pa.field("things", pa.list_(struct(instance=whole, text=text, low=numbers, high=numbers))),
            pa.field("sources", struct(**dict.fromkeys(_sources_of(format), text))),
            pa.field("image_files", pa.list_(text)),
            pa.field("images", pa.list_(pa.binary())),
        ]
    )


def _sources_of(format: int) -> tuple[str, ...]:
    fields = [field.name for field in dataclasses.fields(Sources) if format == VIEW_FORMAT or field.name != "questions"]
    return (*fields, "scale")


def row_of(sample: Sample, files: Sequence[str] = (), format: int = FORMAT) -> dict[str, Any]:
    """Return a sample as a row.

    Args:
        sample: to store.
        files: of its images, where they lie beside the shard; none to store them inside.
        format: of the shard.

    Raises:
        UsageError: the format cannot hold the sample's questions about several views.
    """
    talk, frame = sample.conversation, sample.frame
    if format != VIEW_FORMAT and any(turn.level == "vqa" for turn in talk.turns):
        raise UsageError(
            f"sample {talk.name!r} has vqa turns; shards of format {format} have none, choose {VIEW_FORMAT}"
        )
    told = {**dataclasses.asdict(sample.sources), "scale": sample.scale_source}
    return {
        "name": talk.name,
        "seed": talk.seed,
        "turns": [_turn_row(turn) for turn in talk.turns],
        "shortfall": {level: talk.shortfall.get(level, 0) for level in levels_of(format)},
        "views": [_view_row(view) for view in sample.views],
        "frame": None
        if frame is None
        else {
            "frame_from_world": _flat(frame.frame_from_world),
            "heading": frame.heading,
            "floor": frame.floor,
            "source": frame.source,
        },
        "things": [
            {
                "instance": thing.instance,
                "text": thing.text,
                "low": None if thing.cube is None else list(thing.cube.low),
                "high": None if thing.cube is None else list(thing.cube.high),
            }
            for thing in sample.things
        ],
        "sources": {name: told[name] for name in _sources_of(format)},
        "image_files": list(files),
        "images": [] if files else [view.encoded for view in sample.views],
    }


def _turn_row(turn: Turn) -> dict[str, Any]:
    evidence = turn.evidence
    return {
        **{name: getattr(turn, name) for name in ("level", "kind", "question", "answer", "outcome", "view")},
        "points": [dataclasses.asdict(point) for point in evidence.points],
        "things": [dataclasses.asdict(thing) for thing in evidence.things],
        "numbers": [{"name": name, "value": value} for name, value in evidence.numbers],
        "segment": evidence.segment,
    }


def _view_row(view: SampleView) -> dict[str, Any]:
    return {
        "name": view.name,
        "camera": {name: getattr(view.camera, name) for name in CAMERA},
        "world_from_camera": _flat(view.world_from_camera),
        "outlines": [{"instance": i, "box": list(box)} for i, box in view.outlines.items()],
    }


def conversation_from(row: Mapping[str, Any]) -> Conversation:
    """Return the conversation of a row; its images need not be there."""
    return Conversation(
        name=row["name"],
        seed=row["seed"],
        views=len(row["views"]),
        turns=tuple(_turn_from(turn) for turn in row["turns"]),
        shortfall={level: count for level, count in row["shortfall"].items() if count},
    )


def sample_from(row: Mapping[str, Any], images: Sequence[bytes], versions: Mapping[str, str]) -> Sample:
    """Return a row as a sample.

    Args:
        row: as `row_of` makes it.
        images: of its views, encoded.
        versions: of the shard.
    """
    frame, sources = row["frame"], dict(row["sources"])
    scale = sources.pop("scale")
    return Sample(
        conversation=conversation_from(row),
        views=tuple(
            SampleView(
                name=view["name"],
                camera=Camera(**view["camera"]),
                world_from_camera=_square(view["world_from_camera"]),
                encoded=image,
                outlines={each["instance"]: _four(each["box"]) for each in view["outlines"]},
            )
            for view, image in zip(row["views"], images, strict=True)
        ),
        frame=None
        if frame is None
        else CanonicalFrame(
            frame_from_world=_square(frame["frame_from_world"]),
            heading=frame["heading"],
            floor=frame["floor"],
            source=frame["source"],
        ),
        things=tuple(_thing_from(thing) for thing in row["things"]),
        sources=Sources(**sources),
        scale_source=scale,
        versions=versions,
    )


def _thing_from(thing: Mapping[str, Any]) -> SampleThing:
    low, high = _triple(thing["low"]), _triple(thing["high"])
    cube = None if low is None or high is None else AlignedBox(low=low, high=high)
    return SampleThing(instance=thing["instance"], text=thing["text"], cube=cube)


def _turn_from(row: Mapping[str, Any]) -> Turn:
    segment = row["segment"]
    evidence = Evidence(
        points=tuple(
            Point(
                view=point["view"],
                row=point["row"],
                column=point["column"],
                told=(point["told"][0], point["told"][1]),
                world=_three(point["world"]),
            )
            for point in row["points"]
        ),
        things=tuple(
            Thing(
                instance=thing["instance"],
                text=thing["text"],
                centre=_triple(thing["centre"]),
                size=_triple(thing["size"]),
            )
            for thing in row["things"]
        ),
        numbers=tuple((number["name"], number["value"]) for number in row["numbers"]),
        segment=None if segment is None else (_three(segment[0]), _three(segment[1])),
    )
    return Turn(
        level=row["level"],
        kind=row["kind"],
        question=row["question"],
        answer=row["answer"],
        outcome=row["outcome"],
        view=row["view"],
        evidence=evidence,
    )


def _flat(matrix: np.ndarray) -> list[float]:
    return [float(value) for value in matrix.ravel()]


def _square(values: Sequence[float]) -> np.ndarray:
    return np.array(values, dtype=np.float64).reshape(4, 4)


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    x, y, z = values
    return x, y, z


def _triple(values: Sequence[float] | None) -> tuple[float, float, float] | None:
    return None if values is None else _three(values)


def _four(values: Sequence[float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = values
    return left, top, right, bottom
