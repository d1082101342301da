"""How well presence tells labels in view from labels of things that are not in the room, on validation rooms.

    python benchmarks/presence.py [--extractors value-path-fast gradient-single] [--rooms 8] [--first-seed 800100]

Four views of each room, 320x240, maps of `room-clip`. Labels in view are all classes that a view shows, its walls,
floor and ceiling aside; absent ones are of classes that the room lacks. For each extractor: the area under the ROC
curve, and what a threshold keeps of the ones and silences of the others.
`vantage.abstraction.presence.LEAST_PRESENCE` is chosen by these figures.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from vantage.abstraction.completion import SURFACES
from vantage.abstraction.extractors import shipped_extractor
from vantage.abstraction.presence import label_presence
from vantage.abstraction.rgbd import RgbdView
from vantage.abstraction.samples_rooms import SampleSettings, room_samples
from vantage.probes.ranks import rank_auc

ABSENT = 6
"""Labels of things that the room lacks, a view."""
THRESHOLDS = (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1)


def presences(extractor_name: str, seeds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the presence of all labels in view, and of all absent labels."""
    extractor = shipped_extractor(extractor_name)
    settings = SampleSettings(
        extractor=extractor_name, classes=64, attributes=0, absent=ABSENT, descriptions=0, lattice=64, segments=False
    )
    present: list[float] = []
    absent: list[float] = []
    for seed in seeds:
        for sample in room_samples(seed, settings, extractor):
            view = RgbdView(image=sample.image.astype(np.float32) / 255, depth=sample.depth, camera=sample.camera)
            values = label_presence(extractor, view, [label.text for label in sample.labels])
            classes = [k for k in sample.present if sample.labels[k].kind == "class"]
            present += [float(values[k]) for k in classes if sample.labels[k].category not in SURFACES]
            absent += [
                float(value) for value, label in zip(values, sample.labels, strict=True) if label.kind == "absent"
            ]
    return np.array(present), np.array(absent)


def main() -> None:
    """Print a table for each extractor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extractors", nargs="+", default=["value-path-fast", "gradient-single"])
    parser.add_argument("--rooms", type=int, default=8)
    parser.add_argument("--first-seed", type=int, default=800_100, help="a validation room; those after it follow")
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.rooms)
    for name in arguments.extractors:
        present, absent = presences(name, seeds)
        area = rank_auc(present, absent)
        if area is None:
            parser.error("these rooms have no label in view, or none that is absent; give more --rooms")
        print(f"{name}: {len(present)} labels in view, {len(absent)} absent, area under ROC {area:.3f}")
        print("| least presence | in view, kept | absent, silenced |")
        print("| ---: | ---: | ---: |")
        for threshold in THRESHOLDS:
            kept, silenced = (present >= threshold).mean(), (absent < threshold).mean()
            print(f"| {threshold:.2f} | {kept:.0%} | {silenced:.0%} |", flush=True)


if __name__ == "__main__":
    main()
