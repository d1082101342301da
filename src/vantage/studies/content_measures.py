"""What is measured of one encoder's features in one scene: numbers by name, curves, labels and pictures."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float, Int64

from vantage.encoders import Features
from vantage.probes import (
    EdgeCounts,
    adjusted_rand_index,
    color_image,
    consistency_auc,
    count_edges,
    edge_aucs,
    edge_counts,
    edge_masks,
    edges_at_budget,
    feature_strength,
    fidelity_factor,
    kmeans,
    unit_directions,
)
from vantage.reports import FeatureColors
from vantage.studies.content_scenes import StudyScene

Number = float | None


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Measures:
    """What is known of features in one place (the image, or a field)."""

    values: Mapping[str, Number]
    """By name; None where a scene has nothing to measure on."""
    curves: Mapping[str, list[Number]]
    """By name, one value per threshold."""
    labels: Int64[np.ndarray, " n"]
    """Cluster of each place of the views' lattices."""
    picture: Float[np.ndarray, "h w 3"]
    """The first view's principal components, of the image's size."""


def measure_features(
    scene: StudyScene,
    features: Mapping[int, Features],
    colors: FeatureColors,
    *,
    thresholds: tuple[float, ...],
    clusters: int,
    seed: int,
) -> Measures:
    """Measure features of a scene.

    Args:
        scene: the scene.
        features: of every view that is looked into.
        colors: the projection to principal components.
        thresholds: of the geometric fidelity factor.
        clusters: of k-means.
        seed: of clusterings and of drawn points.
    """
    pictures = {index: color_image(features[index], colors) for index in scene.measured}
    labels = cluster_labels(scene, features, clusters, seed)
    classes = scene.true_classes()
    aucs = [
        consistency_auc(features[pair.view_a], features[pair.view_b], pair, seed=seed + number)
        for number, pair in enumerate(scene.pairs)
    ]
    known = [auc for auc in aucs if auc is not None]
    values: dict[str, Number] = {}
    if scene.pairs:
        values["consistency_auc"] = float(np.mean(known)) if known else None
    if classes is not None:
        values["ari_classes"] = adjusted_rand_index(labels, classes)
    return Measures(
        values=values | edge_values(scene, features),
        curves=fidelity_curves(scene, pictures, thresholds),
        labels=labels,
        picture=pictures[scene.measured[0]],
    )


def fidelity_curves(
    scene: StudyScene, pictures: Mapping[int, np.ndarray], thresholds: tuple[float, ...]
) -> dict[str, list[Number]]:
    """Return equation (1) at each threshold, over all views; and where edges are known, which of those edges are true.

    `gff_precision` is the share of the features' edge pixels (in any channel) that lie near true geometry, `gff_recall`
    the share of true geometry near one of them.
    """
    of_image = sum(edge_counts(scene.capture[i].image.astype(np.float64), thresholds) for i in scene.measured)
    of_features = sum(edge_counts(pictures[i], thresholds) for i in scene.measured)
    curves = {"gff": fidelity_factor(np.asarray(of_features), np.asarray(of_image))}
    if scene.truths is None:
        return curves
    totals = [EdgeCounts() for _ in thresholds]
    for index, truth in scene.truths.items():
        for number, threshold in enumerate(thresholds):
            totals[number] += count_edges(edge_masks(pictures[index], threshold).max(axis=-1), truth)
    curves["gff_precision"] = [total.precision for total in totals]
    curves["gff_recall"] = [total.recall for total in totals]
    return curves


def edge_values(scene: StudyScene, features: Mapping[int, Features]) -> dict[str, Number]:
    """Return how the features' own edges (all channels) lie to true ones; nothing where true edges are not known."""
    if scene.truths is None:
        return {}
    strengths = [feature_strength(features[index]) for index in scene.truths]
    truths = list(scene.truths.values())
    found, chance = edges_at_budget(strengths, truths)
    stray = found.marked - found.correct - found.at_texture - found.at_shadow
    elsewhere = {"texture": found.at_texture, "shadow": found.at_shadow, "nothing": stray}
    return edge_aucs(strengths, truths) | {
        "edge_precision": found.precision,
        "edge_precision_chance": chance.precision,
        "edge_recall": found.recall,
        "edge_recall_chance": chance.recall,
        "edge_f": found.f_score,
        "edge_f_chance": chance.f_score,
        **{f"edges_at_{cause}": n / found.marked if found.marked else None for cause, n in elsewhere.items()},
    }


def cluster_labels(
    scene: StudyScene, features: Mapping[int, Features], clusters: int, seed: int
) -> Int64[np.ndarray, " n"]:
    """Return the k-means clusters of the features' directions at the lattices of the views that are looked into."""
    sampled = []
    for index in scene.measured:
        pixels = torch.from_numpy(scene.lattice(index)).float()[None]
        sampled.append(features[index].sample(pixels.to(features[index].grid))[0].float().cpu().numpy())
    return kmeans(unit_directions(np.concatenate(sampled)), clusters, seed=seed)
