"""From stored samples to the inspector's page."""

import itertools
from pathlib import Path

from vantage.dialogue.inspector import InspectedSample, write_inspector
from vantage.dialogue.sample import Sample
from vantage.dialogue.shards import read_samples
from vantage.errors import DataError


def inspect_run(source: Path, out: Path, *, first: int = 0, count: int = 50) -> int:
    """Write the inspector's page about some samples of a run; return how many it shows.

    Args:
        source: a run of `vantage dialogue make`, or its folder of shards.
        out: the HTML file.
        first: number of the first sample to show.
        count: how many to show.

    Raises:
        DataError: a shard is damaged, or there are not so many samples.
    """
    shown = [inspected_sample(sample) for sample in itertools.islice(read_samples(source), first, first + count)]
    if not shown:
        raise DataError(f"{source}: it has no conversation number {first}; they count from 0")
    write_inspector(shown, out, f"Conversations of {source.name}")
    return len(shown)


def inspected_sample(sample: Sample) -> InspectedSample:
    """Return a stored sample as the inspector shows it."""
    sources = sample.sources
    cubes = {thing.instance: thing.cube for thing in sample.things if thing.cube is not None}
    return InspectedSample(
        conversation=sample.conversation,
        images=tuple(view.pixels() for view in sample.views),
        cameras=tuple(view.camera for view in sample.views),
        world_from_camera=tuple(view.world_from_camera for view in sample.views),
        frame=sample.frame,
        cubes=cubes,
        names={thing.instance: thing.text for thing in sample.things},
        outlines=tuple(view.outlines for view in sample.views),
        notes=(
            f"depth: {sources.depth}; instances: {sources.instances}; captions: {sources.captions}; "
            f"cameras: {sources.cameras}; scale: {sample.scale_source}",
        ),
    )
