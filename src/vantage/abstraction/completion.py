"""`Completer`: from one RGB-D view and words to where things are, half-seen or hidden."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32, Int32
from torch import Tensor

from vantage.abstraction.extractors import shipped_extractor
from vantage.abstraction.frame import Bounds, ViewFrame, view_frame
from vantage.abstraction.labels import check_labels
from vantage.abstraction.network import RELATIONS, SemabsNetwork, Volumes
from vantage.abstraction.network_files import NAME, Calibration, TrainedNetwork, load_network
from vantage.abstraction.points import (
    MARGIN,
    MOST_POINTS,
    Sight,
    holds_points,
    input_volumes,
    label_features,
    point_relevancy,
    view_points,
    view_sight,
)
from vantage.abstraction.presence import LEAST_PRESENCE, label_presence
from vantage.abstraction.relevancy import Extractor, RelevancyMap
from vantage.abstraction.rgbd import RgbdView, Vector3
from vantage.errors import UsageError

SURFACES = ("wall", "floor", "ceiling")
"""Classes that every indoor view shows."""
CONTENDERS = tuple(f"a {surface}" for surface in SURFACES)
"""What contends for space with every label that is asked for, and is told to nobody. Thresholds are chosen where all
that a view shows contends; without these a label that is not there takes the floor."""
CHUNK = 2
"""Labels that go through the network at once: two, because one alone falls into a slow convolution in float32, and more
only take more memory."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Completion:
    """What a view holds, by label; grids are indexed [x, y, z] in the view frame."""

    labels: tuple[str, ...]
    bounds: Bounds
    frame: ViewFrame
    relevancy: RelevancyMap
    """As the network's points carry it."""
    seen: Bool[np.ndarray, "g g g"]
    """Voxels within the camera's picture; of the others nothing is said."""
    logits: Float32[np.ndarray, "k g g g"]
    """Of each label at the voxels' middles, less the penalty of hidden voxels (`Calibration`); NaN where not `seen`."""
    presence: Float32[np.ndarray, " k"] | None
    """How far each label is taken to be in view at all, 0 to 1 (`presence.label_presence`); None: not asked."""
    least_presence: float
    """Below which a label is taken to be absent: it owns no voxel and contends with nobody."""
    owner: Int32[np.ndarray, "g g g"]
    """0 empty, i + 1: `labels[i]` has the largest logit, `CONTENDERS` included, and it is above the threshold."""
    confidence: Float32[np.ndarray, "g g g"]
    """Sigmoid of the largest logit of what is not taken to be absent, 0 to 1; 0 where not `seen`."""
    threshold: float
    """Logit below which a voxel is empty; chosen on validation rooms."""

    @property
    def absent(self) -> Bool[np.ndarray, " k"]:
        """Whether each label is taken to be absent."""
        return np.zeros(len(self.labels), dtype=bool) if self.presence is None else self.presence < self.least_presence


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """Where a described object may be; grids are indexed [x, y, z] in the view frame."""

    target: str
    relation: str
    reference: str
    bounds: Bounds
    frame: ViewFrame
    relevancy: RelevancyMap
    """Of the target and of the reference."""
    seen: Bool[np.ndarray, "g g g"]
    """Voxels within the camera's picture."""
    score: Float32[np.ndarray, "g g g"]
    """Logits at the voxels' middles; NaN where not `seen`."""
    peak: Vector3
    """Middle of the voxel with the highest score, metres, view frame."""
    threshold: float
    """Logit from which a voxel belongs to the answer; chosen on validation rooms."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class _Scene:
    """A view on its way into the network."""

    frame: ViewFrame
    relevancy: RelevancyMap
    points: Tensor
    features: Tensor
    sight: Sight


class Completer:
    """Completes and finds objects with a relevancy extractor and a 3D network."""

    def __init__(self, trained: TrainedNetwork, extractor: Extractor, *, device: str = "cpu") -> None:
        """Take a network and what makes its relevancy maps.

        Raises:
            UsageError: the network reads no relevancy maps of single labels.
        """
        if not trained.network.settings.reads_labels:
            raise UsageError(
                f"{trained.source} is a network of {trained.network.settings.approach}, a rival for studies; "
                "completion takes semabs or chefer"
            )
        self.network: SemabsNetwork = trained.network.to(device).eval()
        self.calibration: Calibration = trained.calibration
        self.extractor = extractor
        self.device = device
        self.least_presence: float = LEAST_PRESENCE.get(self.calibration.extractor, 0.0)

    @classmethod
    def load(cls, model: str | Path = NAME, extractor: Extractor | None = None, *, device: str = "cpu") -> "Completer":
        """Load a network by name or file, with the extractor that it was trained on unless another is given.

        Raises:
            MissingError: the weights are not there.
            DataError: the file is damaged, or of no such network.
        """
        trained = load_network(model)
        return cls(trained, extractor or shipped_extractor(trained.calibration.extractor, device), device=device)

    def complete(self, view: RgbdView, labels: Sequence[str]) -> Completion:
        """Return what fills each voxel, of the labels asked for and `CONTENDERS` (section 3.3).

        Labels whose presence is below `least_presence` are taken to be absent; set it to 0 to let all contend.

        Raises:
            UsageError: there is no label, or one is empty, too long or given twice.
        """
        wanted = check_labels(labels)
        if len(set(wanted)) < len(wanted):
            raise UsageError("a label is given twice; give each once")
        presence = label_presence(self.extractor, view, wanted) if self.least_presence > 0 else None
        scene = self._scene(view, [*wanted, *contenders(wanted)])
        volumes, seen = self._volumes(scene)
        centres = self._centres()
        logits = torch.cat([self._logits(part, centres) for part in volumes.split(CHUNK)])
        bare = ~holds_points(centres.reshape(-1, 3), scene.points, *self._grid())
        logits = (logits - self.calibration.hidden_penalty * bare.float().unflatten(0, centres.shape[:3])).numpy()
        contending = logits.copy()
        if presence is not None:
            contending[: len(wanted)][presence < self.least_presence] = -np.inf
        first, threshold = contending.argmax(axis=0), self.calibration.threshold
        claimed = seen & (contending.max(axis=0) > threshold) & (first < len(wanted))
        owner = np.where(claimed, first + 1, 0).astype(np.int32)
        logits, contending = logits[: len(wanted)], contending[: len(wanted)]
        return Completion(
            labels=tuple(wanted),
            bounds=self.network.settings.bounds,
            frame=scene.frame,
            relevancy=RelevancyMap(labels=tuple(wanted), values=scene.relevancy.values[: len(wanted)]),
            seen=seen,
            logits=np.where(seen, logits, np.float32(np.nan)),
            presence=presence,
            least_presence=self.least_presence,
            owner=owner,
            confidence=np.where(seen, _sigmoid(contending.max(axis=0)), np.float32(0)),
            threshold=threshold,
        )

    def find(self, view: RgbdView, target: str, relation: str, reference: str) -> Found:
        """Return where an object may be that is described by its place (section 3.4).

        Args:
            view: where to look.
            target: what is looked for, seen or hidden.
            relation: one of `RELATIONS`.
            reference: what it is told by.

        Raises:
            UsageError: the relation is not in the closed set, or a label is empty or too long.
        """
        if relation not in RELATIONS:
            raise UsageError(f"relation {relation!r} is not known; choose one of {', '.join(RELATIONS)}")
        wanted = check_labels([target, reference])
        scene = self._scene(view, wanted)
        volumes, seen = self._volumes(scene)
        score = self._described(volumes, self._centres(), relation)
        at = np.unravel_index(np.argmax(np.where(seen, score, -np.inf)), score.shape)
        bounds = self.network.settings.bounds
        peak = bounds.centres(self.network.settings.grid)[at]
        return Found(
            target=wanted[0],
            relation=relation,
            reference=wanted[1],
            bounds=bounds,
            frame=scene.frame,
            relevancy=scene.relevancy,
            seen=seen,
            score=np.where(seen, score, np.float32(np.nan)),
            peak=(float(peak[0]), float(peak[1]), float(peak[2])),
            threshold=self.calibration.find_threshold,
        )

    def _scene(self, view: RgbdView, labels: list[str]) -> _Scene:
        """Make relevancy maps and points of a view."""
        frame = view_frame(view)
        relevancy = self.extractor.relevancy(torch.from_numpy(view.image).permute(2, 0, 1), labels)
        shrunk = view.shrunk(MOST_POINTS)
        points, known = view_points(shrunk, frame)
        maps = point_relevancy(relevancy.values.cpu(), shrunk, segments=self.calibration.segments)
        enlarged = torch.nn.functional.interpolate(maps[None], relevancy.values.shape[1:], mode="nearest")[0]
        return _Scene(
            frame=frame,
            relevancy=RelevancyMap(labels=relevancy.labels, values=enlarged),
            points=torch.from_numpy(points),
            features=label_features(
                maps, known, self.calibration.relevancy_scale, rivals=self.network.settings.reads_rivals
            ),
            sight=view_sight(shrunk, frame),
        )

    def _grid(self) -> tuple[Bounds, tuple[int, int, int]]:
        return self.network.settings.bounds, self.network.settings.shape

    def _centres(self) -> Float[Tensor, "g g g 3"]:
        settings = self.network.settings
        return torch.from_numpy(settings.bounds.centres(settings.grid).astype(np.float32))

    def _volumes(self, scene: _Scene) -> tuple[Float[Tensor, "k c g g g"], Bool[np.ndarray, "g g g"]]:
        """Return the input volumes of all labels, and which voxels are in the picture."""
        settings = self.network.settings
        margin = MARGIN * float(settings.bounds.size.max()) / settings.grid
        sight = scene.sight.channels(self._centres(), margin)
        volumes = input_volumes(
            scene.points,
            scene.features,
            sight if settings.sight else None,
            settings.bounds,
            settings.shape,
            settings.protocol,
        )
        return volumes, sight[1].numpy() > 0

    @torch.no_grad()
    def _features(self, volumes: Float[Tensor, "k c g g g"]) -> Volumes:
        device = self.device.split(":")[0]
        with torch.autocast(device, torch.bfloat16):
            return self.network.encode(volumes.to(self.device))

    @torch.no_grad()
    def _logits(self, volumes: Float[Tensor, "k c g g g"], centres: Float[Tensor, "g g g 3"]) -> Tensor:
        features = self._features(volumes)
        points = centres.reshape(1, -1, 3).to(self.device).expand(len(volumes), -1, -1)
        logits = self.network.occupancy(self.network.read(features, points))
        return logits.unflatten(1, centres.shape[:3]).cpu()

    @torch.no_grad()
    def _described(self, volumes: Tensor, centres: Tensor, relation: str) -> Float32[np.ndarray, "g g g"]:
        points = centres.reshape(1, -1, 3).to(self.device).expand(2, -1, -1)
        target, reference = self.network.read(self._features(volumes), points)
        index = torch.tensor([RELATIONS.index(relation)], device=self.device)
        score = self.network.locate(target[None], reference[None], index)[0]
        return score.unflatten(0, centres.shape[:3]).cpu().numpy()


def contenders(labels: Sequence[str]) -> list[str]:
    """Return those of `CONTENDERS` whose noun no label holds."""
    words = {word.strip(".,").lower() for label in labels for word in label.split()}
    return [contender for contender in CONTENDERS if contender.split()[-1] not in words]


def _sigmoid(logits: Float32[np.ndarray, "*s"]) -> Float32[np.ndarray, "*s"]:
    return 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
