"""What the geometric fidelity factor cannot say: whether edges of features lie at true edges, and at which.

Truth is why neighbouring pixels differ (`rooms`): depth jumps or a surface creases (geometry), its colour changes
(texture), or a shadow ends. Features of nothing but noise have edges everywhere and do no better here than chance.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy import ndimage

from vantage.probes.ranks import rank_auc
from vantage.rooms.rendering.edges import CREASE, DEPTH, SHADOW, TEXTURE

TOLERANCE = 0.0075
"""Distance at which an edge still counts as found, as a share of the picture's diagonal: that of the Berkeley boundary
benchmark (Martin, Fowlkes and Malik 2004)."""
CAUSES = ("geometry", "texture", "shadow")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class EdgeTruth:
    """The true edges of one view. A pixel has one cause: geometry before texture before shadow."""

    geometry: Bool[np.ndarray, "h w"]
    """Where depth jumps or a surface creases."""
    texture: Bool[np.ndarray, "h w"]
    """Where colour changes, away from geometry."""
    shadow: Bool[np.ndarray, "h w"]
    """Where a shadow ends, away from both."""
    flat: Bool[np.ndarray, "h w"]
    """Away from every edge."""
    near: Mapping[str, Bool[np.ndarray, "h w"]]
    """Per cause, the pixels within the tolerance of it."""
    tolerance: float
    """Pixels."""

    @classmethod
    def of(cls, causes: UInt8[np.ndarray, "h w"]) -> "EdgeTruth":
        """Return the edges of a map of causes as `RoomRendering.edges` holds it."""
        height, width = causes.shape
        # A pixel next to the edge must count at any size: both pixels of a differing pair are marked.
        tolerance = max(1.0, TOLERANCE * float(np.hypot(width, height)))
        geometry = (causes & (DEPTH | CREASE)) > 0
        near_geometry = within(geometry, tolerance)
        texture = ((causes & TEXTURE) > 0) & ~near_geometry
        near_texture = within((causes & TEXTURE) > 0, tolerance) & ~near_geometry
        shadow = ((causes & SHADOW) > 0) & ~near_geometry & ~near_texture
        near_shadow = within((causes & SHADOW) > 0, tolerance) & ~near_geometry & ~near_texture
        near = {"geometry": near_geometry, "texture": near_texture, "shadow": near_shadow}
        return cls(
            geometry=geometry,
            texture=texture,
            shadow=shadow,
            flat=~(near_geometry | near_texture | near_shadow),
            near=near,
            tolerance=tolerance,
        )


def within(marks: Bool[np.ndarray, "h w"], distance: float) -> Bool[np.ndarray, "h w"]:
    """Return the pixels no farther than this from a marked one."""
    if not marks.any():
        return np.zeros_like(marks)
    return np.asarray(ndimage.distance_transform_edt(~marks)) <= distance


def edge_aucs(strengths: Sequence[Float[np.ndarray, "h w"]], truths: Sequence[EdgeTruth]) -> dict[str, float | None]:
    """Return for each cause how well the strength of edges tells its pixels from flat ones, over all views of a scene.

    `geometry_auc`, `texture_auc` and `shadow_auc` are areas under ROC curves: 1 where every such edge is stronger than
    all flat places, 0.5 for noise and for features that never change. None where a scene has no such edge.
    """
    pairs = list(zip(strengths, truths, strict=True))
    flat = np.concatenate([strength[truth.flat] for strength, truth in pairs])
    scores = {}
    for cause in CAUSES:
        there = np.concatenate([strength[getattr(truth, cause)] for strength, truth in pairs])
        scores[f"{cause}_auc"] = rank_auc(there, flat)
    return scores


@dataclasses.dataclass(frozen=True, kw_only=True)
class EdgeCounts:
    """Marked and true pixels of some views, which add up."""

    marked: int = 0
    correct: int = 0
    """Marked pixels near true geometry."""
    at_texture: int = 0
    """Marked pixels near texture and not near geometry."""
    at_shadow: int = 0
    """Marked pixels near shadows alone."""
    true: int = 0
    """Pixels of true geometry edges."""
    found: int = 0
    """Those near a marked pixel."""

    def __add__(self, other: "EdgeCounts") -> "EdgeCounts":
        return EdgeCounts(
            **{name: getattr(self, name) + getattr(other, name) for name in dataclasses.asdict(self)},
        )

    @property
    def precision(self) -> float | None:
        """Share of the marked pixels that lie near true geometry; None where none is marked."""
        return self.correct / self.marked if self.marked else None

    @property
    def recall(self) -> float | None:
        """Share of the true geometry that lies near a marked pixel; None where there is none."""
        return self.found / self.true if self.true else None

    @property
    def f_score(self) -> float | None:
        """Harmonic mean of the two; 0 where nothing is marked, None where there is nothing to find."""
        if self.recall is None:
            return None
        precision = self.precision or 0.0
        return 2 * precision * self.recall / (precision + self.recall) if precision + self.recall else 0.0


def count_edges(marked: Bool[np.ndarray, "h w"], truth: EdgeTruth) -> EdgeCounts:
    """Compare the marked pixels of a view with its true edges."""
    return EdgeCounts(
        marked=int(marked.sum()),
        correct=int((marked & truth.near["geometry"]).sum()),
        at_texture=int((marked & truth.near["texture"]).sum()),
        at_shadow=int((marked & truth.near["shadow"]).sum()),
        true=int(truth.geometry.sum()),
        found=int((truth.geometry & within(marked, truth.tolerance)).sum()),
    )


def strongest(strength: Float[np.ndarray, "h w"], count: int) -> Bool[np.ndarray, "h w"]:
    """Return the `count` strongest pixels (all of the weakest one's equals with them), never those of no strength."""
    if not 0 < count < strength.size:
        return (strength > 0) & (count > 0)
    limit = np.partition(strength, -count, axis=None)[-count]
    return (strength >= limit) & (strength > 0)


def edges_at_budget(
    strengths: Sequence[Float[np.ndarray, "h w"]], truths: Sequence[EdgeTruth]
) -> tuple[EdgeCounts, EdgeCounts]:
    """Mark in each view as many of the strongest pixels as it has true geometry edges; compare them with the truth.

    With the number of marks fixed, precision and recall depend on the order of strengths alone, not on any threshold.

    Returns:
        What was found; and by chance, what each view's marks find in the next view of the same size, or mirrored where
        there is none. Chance so has marks as thick and as clumped as the features', and their usual place in a view.
    """
    found, chance = EdgeCounts(), EdgeCounts()
    pairs = list(zip(strengths, truths, strict=True))
    for number, (strength, truth) in enumerate(pairs):
        budget = int(truth.geometry.sum())
        found += count_edges(strongest(strength, budget), truth)
        others = (other for other, _ in [*pairs[number + 1 :], *pairs[:number]] if other.shape == strength.shape)
        chance += count_edges(strongest(next(others, np.flip(strength, axis=1)), budget), truth)
    return found, chance
