"""SPINE's coarse phase: one image embedding to a distribution over camera poses (distilled fields, section 3).

The paper: a network maps an embedding to a pose as translation and so(3) vector, trained per scene by squared error on
the views that the field itself was trained on. Its layers, schedule and the form of the distribution stand in an
appendix that is not published with it; what is chosen here, and why, is in docs/inversion.md.
"""

import dataclasses
import itertools

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor, nn

from vantage.errors import UsageError
from vantage.geometry import rotation_angle, so3_exp, so3_log
from vantage.inversion.poses import PoseFrame
from vantage.inversion.views import KnownViews


@dataclasses.dataclass(frozen=True, kw_only=True)
class CoarseSettings:
    """The network and its training; the paper gives none of these numbers. `hypotheses=1` is its form."""

    hypotheses: int = 4
    """Poses that the distribution is made of, each with a weight; 1 is the paper's plain squared error."""
    hidden: int = 256
    """Width of the two hidden layers."""
    steps: int = 600
    """Training steps, each over a random half of the views."""
    rate: float = 2e-3
    """Learning rate of AdamW at the start; falls to nothing along a cosine."""
    decay: float = 1e-2
    """Weight decay of AdamW."""
    noise: float = 0.3
    """Standard deviation of the noise on the standardised embeddings, against learning some forty views by heart."""
    sigma: float = 0.2
    """Width of one hypothesis, in scene scales and radians: how soft the choice between hypotheses is."""
    seed: int = 0
    """Seed of the weights, the batches and the noise."""

    def __post_init__(self) -> None:
        if min(self.hypotheses, self.hidden, self.steps) < 1 or not (self.rate > 0 and self.sigma > 0):
            raise UsageError(f"{self}: expected at least one hypothesis, unit and step, and positive rate and sigma")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PoseHypotheses:
    """A distribution over camera poses: some poses, each with a weight, the heaviest first."""

    world_from_camera: Float64[np.ndarray, "k 4 4"]
    weights: Float64[np.ndarray, " k"]
    """They add up to 1."""

    @property
    def best(self) -> Float64[np.ndarray, "4 4"]:
        """The pose of the largest weight."""
        return self.world_from_camera[0]

    def spread(self) -> tuple[float, float]:
        """Return how far the hypotheses lie from the best one: weighted roots of mean squares, radians and metres."""
        poses = torch.from_numpy(self.world_from_camera)
        weights = torch.from_numpy(self.weights)
        turn = rotation_angle(poses[:, :3, :3], poses[:1, :3, :3].expand(len(poses), 3, 3))
        way = (poses[:, :3, 3] - poses[0, :3, 3]).norm(dim=1)
        return float((weights * turn**2).sum().sqrt()), float((weights * way**2).sum().sqrt())


class SpineCoarse(nn.Module):
    """The network p_psi: embedding to pose hypotheses with weights."""

    def __init__(
        self,
        frame: PoseFrame,
        known: Float[Tensor, "n d"],
        known_world_from_camera: Float64[Tensor, "n 4 4"],
        settings: CoarseSettings,
    ) -> None:
        """Make an untrained network; `known` embeddings say what is usual and by how much it varies.

        They and their poses are kept, for `nearest`.
        """
        super().__init__()
        self.frame, self.settings = frame, settings
        self.known: Tensor
        self.known_world_from_camera: Tensor
        self.register_buffer("known", known.float())
        self.register_buffer("known_world_from_camera", known_world_from_camera)
        self.mean: Tensor
        self.scale: Tensor
        self.register_buffer("mean", known.mean(dim=0))
        # One number for all channels: dividing each by its own spread would blow up those that hardly vary.
        self.register_buffer("scale", known.std(dim=0).square().mean().sqrt().clamp_min(1e-6))
        widths = (known.shape[1], settings.hidden, settings.hidden, 7 * settings.hypotheses)
        generator = torch.Generator().manual_seed(settings.seed)
        layers: list[nn.Module] = []
        for inputs, outputs in itertools.pairwise(widths):
            layer = nn.Linear(inputs, outputs)
            nn.init.uniform_(layer.weight, -(inputs**-0.5), inputs**-0.5, generator=generator)
            nn.init.zeros_(layer.bias)
            layers += [layer, nn.GELU()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, standardised: Float[Tensor, "n d"]) -> tuple[Float[Tensor, "n k 6"], Float[Tensor, "n k"]]:
        """Return pose vectors and the logarithms of their weights."""
        out = self.layers(standardised).unflatten(1, (self.settings.hypotheses, 7))
        return out[..., :6], out[..., 6].log_softmax(dim=1)

    def standardise(self, embeddings: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """Return embeddings as the layers take them."""
        return (embeddings - self.mean) / self.scale

    @torch.no_grad()
    def hypotheses(self, embedding: Float[Tensor, " d"]) -> PoseHypotheses:
        """Return where an image with this embedding may have been taken."""
        vectors, log_weights = self(self.standardise(embedding[None]))
        order = log_weights[0].argsort(descending=True, stable=True)
        weights = log_weights[0, order].double().exp()
        return PoseHypotheses(
            world_from_camera=self.frame.poses(vectors[0, order]).double().numpy(),
            weights=(weights / weights.sum()).numpy(),
        )

    def nearest(self, embedding: Float[Tensor, " d"], count: int) -> Float64[np.ndarray, "k 4 4"]:
        """Return the poses of the known views whose embeddings are most alike (cosine), at most `count` of them."""
        alike = nn.functional.cosine_similarity(self.known, embedding[None], dim=1)
        order = alike.argsort(descending=True, stable=True)[:count]
        return self.known_world_from_camera[order].numpy()


def pose_residuals(vectors: Float[Tensor, "*b 6"], targets: Float[Tensor, "*b 6"]) -> Float[Tensor, "*b 6"]:
    """Return what separates two pose vectors: difference of translations, and the rotation vector between rotations.

    The plain difference of two rotation vectors jumps where the angle passes pi, and a camera that looks around a room
    passes it; the turn from one to the other does not.
    """
    turn = so3_log(so3_exp(vectors[..., 3:]).mT @ so3_exp(targets[..., 3:]))
    return torch.cat([vectors[..., :3] - targets[..., :3], turn], dim=-1)


def mixture_loss(
    vectors: Float[Tensor, "n k 6"], log_weights: Float[Tensor, "n k"], targets: Float[Tensor, "n 6"], sigma: float
) -> Float[Tensor, ""]:
    """Return the squared error under the best mixture: minus the log of a sum of Gaussians, times 2 sigma squared.

    With one hypothesis the logarithm undoes the exponential and the paper's mean squared error is left.
    """
    squared = pose_residuals(vectors, targets[:, None].expand_as(vectors)).square().sum(dim=-1)
    return -2 * sigma**2 * (log_weights - squared / (2 * sigma**2)).logsumexp(dim=1).mean()


def fit_coarse(known: KnownViews, settings: CoarseSettings | None = None) -> SpineCoarse:
    """Train the network of one scene on views of known pose; the same views and settings give the same weights."""
    settings = settings or CoarseSettings()
    poses = torch.from_numpy(known.world_from_camera)
    frame = PoseFrame.of(poses)
    network = SpineCoarse(frame, known.embeddings, poses, settings)
    inputs, targets = network.standardise(known.embeddings), frame.vectors(poses.float())
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, settings.steps)
    generator = torch.Generator().manual_seed(settings.seed)
    half = max(1, len(known) // 2)
    for _ in range(settings.steps):
        chosen = torch.randperm(len(known), generator=generator)[:half]
        noise = settings.noise * torch.randn(half, inputs.shape[1], generator=generator)
        vectors, log_weights = network(inputs[chosen] + noise)
        loss = mixture_loss(vectors, log_weights, targets[chosen], settings.sigma)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.requires_grad_(False).eval()


def nearest_view(known: KnownViews, embedding: Float[Tensor, " d"]) -> int:
    """Return the number of the known view whose embedding is most alike (cosine): retrieval, the floor to beat."""
    return int(nn.functional.cosine_similarity(known.embeddings, embedding[None], dim=1).argmax())
