"""What a scorecard measures in the image: edges, fidelity, and whether one point looks alike from two sides."""

from collections.abc import Sequence

import numpy as np

from vantage.encoders import Features
from vantage.probes import (
    THRESHOLDS,
    color_image,
    consistency_auc,
    edge_aucs,
    edge_counts,
    edges_at_budget,
    feature_strength,
    fidelity_factor,
    scene_colors,
)
from vantage.studies.score_rooms import ScoreRoom

LOW_THRESHOLDS = tuple(t for t in THRESHOLDS if t <= 0.1)
"""Those at which the paper sees a difference, up to a tenth of the range of colours, as in the content study."""


def image_values(room: ScoreRoom, features: Sequence[Features], *, seed: int) -> dict[str, float | None]:
    """Return the measures of features of the room's images, in their order."""
    strengths = [feature_strength(one) for one in features]
    aucs = edge_aucs(strengths, room.edges)
    found, _ = edges_at_budget(strengths, room.edges)
    alike = [
        consistency_auc(features[pair.view_a], features[pair.view_b], pair, seed=seed + number)
        for number, pair in enumerate(room.pairs)
    ]
    known = [value for value in alike if value is not None]
    return {
        "gff": fidelity(room, features),
        "geometry_auc": aucs["geometry_auc"],
        "texture_auc": aucs["texture_auc"],
        "edge_f": found.f_score,
        "consistency_auc": float(np.mean(known)) if known else None,
    }


def fidelity(room: ScoreRoom, features: Sequence[Features]) -> float | None:
    """Return the geometric fidelity factor, edges of features per edge of the picture: its mean at low thresholds."""
    colors = scene_colors(features)
    of_images = sum(edge_counts(view.image.astype(np.float64), LOW_THRESHOLDS) for view in room.images)
    of_features = sum(edge_counts(color_image(one, colors), LOW_THRESHOLDS) for one in features)
    known = [f for f in fidelity_factor(np.asarray(of_features), np.asarray(of_images)) if f is not None]
    return float(np.mean(known)) if known else None
