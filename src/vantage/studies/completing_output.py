"""What `vantage complete` and `vantage find` leave behind: cells as PLY and npz, a picture, a page, `result.json`."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from vantage.abstraction.completion import Completion, Found
from vantage.abstraction.frame import Bounds, ViewFrame
from vantage.abstraction.occupancy_files import save_arrays, save_cubes, save_points
from vantage.abstraction.relevancy import RelevancyMap
from vantage.abstraction.rgbd import RgbdView
from vantage.abstraction.solid_scenes import completion_scene, found_confidence, found_scene
from vantage.metrics import Metric
from vantage.reports import Picture, Report, SolidScene, write_png
from vantage.runs import RunFolder, command_line
from vantage.studies.completing_facts import (
    bounds_share,
    frame_notes,
    label_facts,
    outside_note,
    place,
    sigmoid,
    strongest_place,
    triple,
)
from vantage.studies.completing_picture import picture_sheet, relevancy_pictures, scene_pictures, shortened, shown_image

FILES = ("report.html", "picture.png", "occupancy.ply", "cubes.ply", "occupancy.npz")
"""Everything that is written beside the run's own files."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """An answer in all the forms in which it is written."""

    title: str
    subtitle: str
    bounds: Bounds
    frame: ViewFrame
    scene: SolidScene
    relevancy: dict[str, Float[np.ndarray, "h w"]]
    """Maps by title."""
    metrics: dict[str, Metric]
    columns: tuple[str, ...]
    rows: list[list[Any]]
    """A table of the answer."""
    arrays: dict[str, np.ndarray]
    facts: dict[str, Any]
    """What `result.json` holds beside the metrics."""
    notes: list[str]


def completion_answer(view: RgbdView, completion: Completion) -> Answer:
    """Return what completed labels come to."""
    scene = completion_scene(view, completion)
    labels = [label_facts(view, completion, number) for number in range(len(completion.labels))]
    share = bounds_share(view, completion.bounds, completion.frame)
    rows = [
        [
            facts.label,
            "–" if facts.presence is None else facts.presence,
            facts.cells,
            facts.volume_m3,
            facts.mean_confidence,
            facts.highest_confidence,
            place(facts.centre_m) if facts.centre_m else "–",
        ]
        for facts in labels
    ]
    return Answer(
        title="What fills the space",
        subtitle=shortened(f"{view.name}: {', '.join(completion.labels)}", 300),
        bounds=completion.bounds,
        frame=completion.frame,
        scene=scene,
        relevancy=_maps(completion.labels, completion.relevancy),
        metrics={
            "labels_found": Metric.share(sum(facts.cells > 0 for facts in labels), len(labels)),
            "seen_points_in_bounds": share,
        },
        columns=("label", "presence", "cells", "volume, m³", "mean confidence", "highest confidence", "middle"),
        rows=rows,
        arrays={
            **({} if completion.presence is None else {"presence": completion.presence}),
            "labels": np.array(completion.labels),
            "owner": completion.owner,
            "confidence": completion.confidence,
            "logits": completion.logits,
            "seen": completion.seen,
            "threshold": np.array(completion.threshold),
        },
        facts={
            "labels": list(map(dataclasses.asdict, labels)),
            "threshold": sigmoid(completion.threshold),
            "least_presence": completion.least_presence,
        },
        notes=[*frame_notes(completion.frame, share, completion.bounds), *(f.note for f in labels if f.note)],
    )


def found_answer(view: RgbdView, found: Found) -> Answer:
    """Return what a described object comes to."""
    confidence = found_confidence(found)
    scene = found_scene(view, found)
    cells = len(scene.layers[0].cells)
    share = bounds_share(view, found.bounds, found.frame)
    notes = frame_notes(found.frame, share, found.bounds)
    if not cells:
        notes.append(
            f"no place reaches the threshold of {sigmoid(found.threshold):.2f}; the likeliest has a confidence of "
            f"{float(confidence.max()):.2f}"
        )
    # What is sought may be hidden, but what its place is told by should be there to see.
    strongest = strongest_place(view, found.relevancy.values[1].cpu().numpy(), found.bounds, found.frame)
    notes += [note for note in [outside_note(found.reference, *strongest, found.bounds)] if note]
    peak = triple(found.peak)
    return Answer(
        title="Where it may be",
        subtitle=shortened(f"{view.name}: {found.target} {found.relation} {found.reference}", 300),
        bounds=found.bounds,
        frame=found.frame,
        scene=scene,
        relevancy=_maps((f"sought: {found.target}", f"told by: {found.reference}"), found.relevancy),
        metrics={
            "highest_confidence": Metric(value=float(confidence.max()), n=1),
            "seen_points_in_bounds": share,
        },
        columns=("what is sought", "relation", "told by", "cells", "volume, m³", "likeliest place"),
        rows=[[found.target, found.relation, found.reference, cells, _volume(scene, cells), place(peak)]],
        arrays={"score": found.score, "confidence": confidence, "seen": found.seen, "peak": np.array(found.peak)},
        facts={
            "target": found.target,
            "relation": found.relation,
            "reference": found.reference,
            "cells": cells,
            "volume_m3": _volume(scene, cells),
            "peak_m": peak,
            "threshold": sigmoid(found.threshold),
        },
        notes=notes,
    )


def write_answer(
    run: RunFolder, view: RgbdView, answer: Answer, notes: Sequence[str], timings: Mapping[str, float]
) -> dict[str, Any]:
    """Write all files of an answer; return the content of `result.json`.

    Args:
        run: the run's folder.
        view: what was looked at.
        answer: what was found.
        notes: remarks from before.
        timings: seconds by stage.
    """
    notes = [*notes, *answer.notes]
    paths = {name: run.artifact(name) for name in FILES}
    placed = {
        "low": np.array(answer.bounds.low),
        "high": np.array(answer.bounds.high),
        "frame_from_camera": answer.frame.frame_from_camera,
        "intrinsics": view.camera.matrix,
    }
    save_arrays(paths["occupancy.npz"], answer.arrays | placed)
    save_points(paths["occupancy.ply"], answer.scene)
    save_cubes(paths["cubes.ply"], answer.scene)
    write_png(paths["picture.png"], picture_sheet(view, answer.relevancy, answer.scene))
    _report(view, answer, notes, run).write(paths["report.html"])
    extra = {
        "notes": notes,
        **answer.facts,
        "bounds_m": {"low": list(answer.bounds.low), "high": list(answer.bounds.high)},
        "frame": {"source": answer.frame.source, "frame_from_camera": answer.frame.frame_from_camera.tolist()},
    }
    return run.finish(answer.metrics, FILES, timings, extra)


def _report(view: RgbdView, answer: Answer, notes: Sequence[str], run: RunFolder) -> Report:
    image = shown_image(view)
    report = Report(answer.title, answer.subtitle)
    if notes:
        report.text("\n\n".join(notes), title="Notes")
    report.solids(
        "In 3D",
        answer.scene,
        note="Drag to turn, shift and drag to move; after a click the wheel comes nearer. A cell's colour fades with "
        "its confidence; the pointer tells label, confidence and place. Metres from the ground under the camera.",
    )
    pictures: dict[str, Picture | np.ndarray] = {"image": image, **relevancy_pictures(image, answer.relevancy)}
    note = "One scale for all, from neutral on: a label that nothing speaks for stays dark."
    report.gallery("What speaks for each label", {"": pictures}, note=note)
    report.gallery("From two sides", {"": dict(scene_pictures(answer.scene))})
    report.table("The answer", list(answer.columns), answer.rows)
    report.metrics(answer.metrics)
    report.settings(run.settings, command_line())
    return report


def _maps(titles: Sequence[str], relevancy: RelevancyMap) -> dict[str, Float[np.ndarray, "h w"]]:
    values = relevancy.values.cpu().numpy()
    # Two titles may be alike: "sought" and "told by" are not, and labels are each given once.
    return {title: values[number] for number, title in enumerate(titles)}


def _volume(scene: SolidScene, cells: int) -> float:
    return cells * float(np.prod(scene.cell_size))
