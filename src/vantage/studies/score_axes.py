"""The axes of a scorecard: which measure each one is, which way is better, and where its ceiling lies.

The floor of every axis is the constant encoder in the same rooms. The ceiling is the oracle where the measure is about
what the oracle knows; where it is not, it is the best value that the measure can take.
"""

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True)
class Axis:
    """One axis."""

    key: str
    """Its name, as charts and readings call it."""
    measure: str
    """What is measured."""
    lower_is_better: bool = False
    ceiling: float | None = None
    """The best value there can be; None where the oracle's counts."""
    about: str
    """What the axis says, in a sentence."""


AXES = (
    Axis(
        key="objects",
        measure="miou",
        about="Linear heads name the class of every place: mean intersection over union. Ceiling: the oracle.",
    ),
    Axis(
        key="depth",
        measure="depth_rmse_m",
        lower_is_better=True,
        about="Linear heads tell how far every place is: root mean square error. Ceiling: the oracle.",
    ),
    Axis(
        key="surfaces",
        measure="normal_error_deg",
        lower_is_better=True,
        ceiling=0.0,
        about="Linear heads tell how surfaces are turned: mean angle. Ceiling: no error; the oracle knows no normals.",
    ),
    Axis(
        key="edges",
        measure="geometry_auc",
        about="How surely features change more at depth jumps and creases than at flat places. Ceiling: the oracle.",
    ),
    Axis(
        key="likeness",
        measure="consistency_auc",
        ceiling=1.0,
        about="How surely one point seen from two sides is more alike than two points. Ceiling: always; the "
        "oracle's cells of one class are all alike.",
    ),
    Axis(
        key="words",
        measure="localization_ap",
        about="How purely what a text names comes first in a distilled field: average precision of held-out masks. "
        "Ceiling: features of what each text names, distilled alike.",
    ),
    Axis(
        key="place",
        measure="pose_position_m",
        lower_is_better=True,
        ceiling=0.0,
        about="How far SPINE's coarse phase, which has one vector of an image, puts the camera from where it stood. "
        "Ceiling: no error; the oracle counts classes and knows no pose.",
    ),
)

BESIDE = {
    "gff": "The geometric fidelity factor, edges of features per edge of the picture at low thresholds. Not scored: "
    "noise has the most.",
    "texture_auc": "As geometry, for edges of colour alone. Not scored: whether it is good depends on the task.",
    "edge_f": "F score of the strongest edges against true geometry, as many as there are.",
    "localization_peak": "How often the most relevant pixel lies on what was asked for.",
    "pose_rotation_deg": "How far the coarse phase is off in direction.",
    "pose_found": "Share of held-out views that SPINE's fine phase then puts within 5 degrees and 5 cm.",
}
"""What is measured and is no axis of its own."""

LABELS = {
    "miou": "objects: linear segmentation, mIoU",
    "depth_rmse_m": "depth: linear, RMSE, m (lower is better)",
    "normal_error_deg": "surfaces: linear normals, degrees (lower is better)",
    "geometry_auc": "edges: at true geometry, area under ROC",
    "edge_f": "strongest edges at true geometry, F",
    "texture_auc": "edges at texture, area under ROC",
    "gff": "geometric fidelity factor (no better or worse)",
    "consistency_auc": "likeness: one point from two sides, area under ROC",
    "localization_ap": "words: localization, average precision",
    "localization_peak": "peak on what was asked for",
    "pose_position_m": "place: coarse pose, m (lower is better)",
    "pose_rotation_deg": "coarse pose, degrees (lower is better)",
    "pose_found": "poses found by the fine phase",
}
"""What tables call each measure, in their order."""
