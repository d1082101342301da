"""Linear heads on frozen features: which class a place shows, how far it is, and how its surface is turned.

Everything is asked at a lattice of pixels, with features interpolated there, so that encoders of any patch size answer
the same questions. Rate and damping of the heads are chosen on rooms of their own, from the same list for everyone.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Float32, Int32, Int64
from torch import Tensor, nn

from vantage.encoders import Encoder, Features
from vantage.encoders.oracle import ViewEncoder
from vantage.errors import UsageError
from vantage.metrics import Metric
from vantage.pretraining.batches import full_view
from vantage.pretraining.room_views import PoolSettings, RoomViews, validation_rooms

RATES = (2e-3, 1e-2)
"""Learning rates of the classifier: the one that some 400 steps of AdamW need, and five times that."""
DAMPINGS = (1e-4, 1e-2, 1e-1, 1.0, 10.0)
"""Ridge factors, as shares of the features' variance."""
BATCH = 2048
EPOCHS = 8
TRAINING_STEP = 8
"""Pixels between the places that heads are fitted on: one for each patch of the room-* encoders."""
TESTING_STEP = 4
"""Pixels between the places that are asked in testing: small things have a few, and edges count."""
NEAREST = 0.05
"""Predicted depths are clamped here, in metres: nothing in a room's views is nearer."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Features and truth at the lattice of some views."""

    features: Float[Tensor, "n d"]
    classes: Int64[Tensor, " n"]
    depth: Float[Tensor, " n"]
    """Metres."""
    normals: Float[Tensor, "n 3"]
    """Unit, camera frame; zero where depth jumps and so tells no surface."""


def camera_normals(depth: Float[np.ndarray, "h w"], intrinsics: Float[np.ndarray, "3 3"]) -> Float[np.ndarray, "h w 3"]:
    """Return unit normals in the camera frame, facing it, from differences between neighbouring pixels.

    Zero at the border and where depth jumps by more than 5% across the pixel: there two surfaces meet.
    """
    height, width = depth.shape
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rays = np.stack([(u - intrinsics[0, 2]) / intrinsics[0, 0], (v - intrinsics[1, 2]) / intrinsics[1, 1]], axis=-1)
    points = np.concatenate([rays * depth[..., None], depth[..., None]], axis=-1)
    normals = np.zeros((height, width, 3), dtype=np.float32)
    across, down = points[1:-1, 2:] - points[1:-1, :-2], points[2:, 1:-1] - points[:-2, 1:-1]
    # Right cross down points away from the camera (z forward), so down cross right faces it.
    turned = np.cross(down, across)
    lengths = np.linalg.norm(turned, axis=-1, keepdims=True)
    jump = np.maximum(np.abs(across[..., 2]), np.abs(down[..., 2])) > 0.05 * depth[1:-1, 1:-1]
    normals[1:-1, 1:-1] = np.where(jump[..., None], 0, turned / np.maximum(lengths, 1e-12))
    return normals


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TrueView:
    """A view with its truth, for an encoder that looks at that (`oracle`)."""

    image: Float32[np.ndarray, "h w 3"]
    depth: Float32[np.ndarray, "h w"]
    """Metres; 0 = unknown."""
    classes: Int32[np.ndarray, "h w"]
    """0 = nothing, else one more than the number of the class."""


def encode_room_view(encoder: Encoder, room: RoomViews, view: int, class_of: Int64[np.ndarray, " r"]) -> Features:
    """Encode one view of a room by itself; `class_of` are the classes of its regions, -1 for none."""
    if not isinstance(encoder, ViewEncoder):
        return encoder.encode(full_view(room.images[view]))
    return encoder.encode_view(
        TrueView(
            image=room.images[view].astype(np.float32) / 255,
            depth=room.depth_mm[view].astype(np.float32) / 1000,
            classes=(class_of[room.regions[view]] + 1).astype(np.int32),
        )
    )


def look(encoder: Encoder, room: RoomViews, names: Sequence[str], *, step: int, views: Sequence[int]) -> Places:
    """Encode views of a room, each by itself, and gather features and truth every `step` pixels."""
    number_of = {name: number for number, name in enumerate(names)}
    class_of = np.array([-1] + [number_of[region.category] for region in room.table])
    height, width = room.images.shape[1:3]
    rows, columns = np.mgrid[step // 2 : height : step, step // 2 : width : step]
    pixels = torch.from_numpy(np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], axis=-1)).float()[None]
    found: dict[str, list[Tensor]] = {field.name: [] for field in dataclasses.fields(Places)}
    for view in views:
        features = encode_room_view(encoder, room, view, class_of)
        depth = room.depth_mm[view].astype(np.float32) / 1000
        normals = camera_normals(depth, room.intrinsics)
        found["features"].append(features.sample(pixels.to(features.grid.device))[0].float().cpu())
        found["classes"].append(torch.from_numpy(class_of[room.regions[view]][rows, columns].ravel()))
        found["depth"].append(torch.from_numpy(depth[rows, columns].ravel()))
        found["normals"].append(torch.from_numpy(normals[rows, columns].reshape(-1, 3)))
    return Places(**{name: torch.cat(parts) for name, parts in found.items()})


def class_names(rooms: Sequence[RoomViews]) -> list[str]:
    """Return the categories of all objects of the rooms, sorted."""
    return sorted({region.category for room in rooms for region in room.table})


def fit_classifier(
    features: Float[Tensor, "n d"], classes: Int64[Tensor, " n"], count: int, rate: float, *, seed: int = 0
) -> nn.Linear:
    """Fit multinomial logistic regression by AdamW with a falling rate."""
    known = classes >= 0
    features, classes = features[known], classes[known]
    generator = torch.Generator().manual_seed(seed)
    head = nn.Linear(features.shape[1], count)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    steps = EPOCHS * max(1, len(features) // BATCH)
    optimizer = torch.optim.AdamW(head.parameters(), lr=rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=0.1)
    order = torch.empty(0, dtype=torch.int64)
    for _ in range(steps):
        if len(order) < min(BATCH, len(features)):
            order = torch.randperm(len(features), generator=generator)
        batch, order = order[:BATCH], order[BATCH:]
        loss = nn.functional.cross_entropy(head(features[batch]), classes[batch])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
    return head.requires_grad_(False)


def fit_ridge(features: Float[Tensor, "n d"], targets: Float[Tensor, "n k"], damping: float) -> Float[Tensor, "d1 k"]:
    """Return the ridge regression of targets on features and a constant (last row), which is not damped."""
    ones = torch.ones(len(features), 1)
    x = torch.cat([features, ones], dim=1).double()
    gram = x.mT @ x / len(x)
    eye = torch.eye(gram.shape[0], dtype=torch.float64)
    eye[-1, -1] = 0
    scale = gram.diagonal()[:-1].mean()
    # The last term only keeps features that are exactly dependent (dead channels) solvable.
    gram = gram + (damping * scale + 1e-9) * eye
    return torch.linalg.solve(gram, x.mT @ targets.double() / len(x)).float()


def predict(weights: Float[Tensor, "d1 k"], features: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
    """Return what `fit_ridge`'s weights make of features."""
    return features @ weights[:-1] + weights[-1]


def mean_iou(predicted: Int64[Tensor, " n"], truth: Int64[Tensor, " n"]) -> float:
    """Return the mean over the classes present in the truth of intersection over union."""
    known = truth >= 0
    predicted, truth = predicted[known], truth[known]
    shares = []
    for number in truth.unique():
        inside, said = truth == number, predicted == number
        shares.append(float((inside & said).sum() / (inside | said).sum()))
    return float(np.mean(shares))


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Heads:
    """Fitted heads, and how features are standardised before them."""

    mean: Float[Tensor, " d"]
    scale: Float[Tensor, " d"]
    classifier: nn.Linear
    depth: Float[Tensor, "d1 1"]
    normals: Float[Tensor, "d1 3"]

    def standardise(self, features: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """Return features of zero mean and unit deviation on the rooms that the heads were fitted on."""
        return (features - self.mean) / self.scale


def measure(heads: Heads, places: Places) -> dict[str, float]:
    """Return the measures of one room."""
    features = heads.standardise(places.features)
    classes = heads.classifier(features).argmax(dim=1)
    depth = predict(heads.depth, features)[:, 0].clamp_min(NEAREST)
    known = places.depth > 0
    error = (depth - places.depth)[known]
    surface = places.normals.norm(dim=-1) > 0.5
    normals = nn.functional.normalize(predict(heads.normals, features[surface]), dim=-1)
    cosine = (normals * places.normals[surface]).sum(dim=-1).clamp(-1, 1)
    return {
        "miou": mean_iou(classes, places.classes),
        "depth_rmse_m": float(error.square().mean().sqrt()),
        "depth_absrel": float((error.abs() / places.depth[known]).mean()),
        "normal_error_deg": float(cosine.acos().rad2deg().mean()),
    }


def fit_heads(train: Sequence[Places], tune: Sequence[Places], count: int) -> Heads:
    """Fit all heads, with the rate and the dampings that do best on the rooms to tune on."""
    features = torch.cat([places.features for places in train])
    mean = features.mean(dim=0)
    scale = features.std(dim=0).clamp_min(1e-6)
    x = (features - mean) / scale
    classes = torch.cat([places.classes for places in train])
    depth = torch.cat([places.depth for places in train])
    normals = torch.cat([places.normals for places in train])
    surface, known = normals.norm(dim=-1) > 0.5, depth > 0
    classifiers = [fit_classifier(x, classes, count, rate) for rate in RATES]
    depths = [fit_ridge(x[known], depth[known, None], damping) for damping in DAMPINGS]
    turns = [fit_ridge(x[surface], normals[surface], damping) for damping in DAMPINGS]
    best: dict[str, tuple[float, int]] = {}
    for index in range(max(len(RATES), len(DAMPINGS))):
        heads = Heads(
            mean=mean,
            scale=scale,
            classifier=classifiers[min(index, len(RATES) - 1)],
            depth=depths[min(index, len(DAMPINGS) - 1)],
            normals=turns[min(index, len(DAMPINGS) - 1)],
        )
        found = [measure(heads, places) for places in tune]
        for name, sign in (("miou", -1), ("depth_rmse_m", 1), ("normal_error_deg", 1)):
            value = sign * float(np.mean([one[name] for one in found]))
            if name not in best or value < best[name][0]:
                best[name] = (value, index)
    return Heads(
        mean=mean,
        scale=scale,
        classifier=classifiers[min(best["miou"][1], len(RATES) - 1)],
        depth=depths[best["depth_rmse_m"][1]],
        normals=turns[best["normal_error_deg"][1]],
    )


def probe(
    encoder: Encoder,
    *,
    train: Sequence[RoomViews],
    tune: Sequence[RoomViews],
    test: Sequence[RoomViews],
    views: int,
) -> dict[str, Metric]:
    """Fit heads on the `train` rooms, choose on `tune`, and measure on `test`; each value is a mean over rooms.

    Args:
        encoder: gives the features; every view by itself.
        train: rooms to fit on.
        tune: rooms to choose settings on.
        test: rooms to measure on.
        views: of each room at most, spread over its views.

    Raises:
        UsageError: one of the three has no room.
    """
    if not (train and tune and test):
        raise UsageError(f"probes of {len(train)}, {len(tune)} and {len(test)} rooms; expected at least one each")
    names = class_names([*train, *tune, *test])

    def places(rooms: Sequence[RoomViews], step: int) -> list[Places]:
        return [look(encoder, room, names, step=step, views=_spread(len(room.images), views)) for room in rooms]

    heads = fit_heads(places(train, TRAINING_STEP), places(tune, TRAINING_STEP), len(names))
    found = [measure(heads, one) for one in places(test, TESTING_STEP)]
    return {name: Metric.of(one[name] for one in found) for name in found[0]}


def _spread(count: int, wanted: int) -> list[int]:
    """Return `wanted` of `count` numbers, evenly spread."""
    return sorted({int(k) for k in np.linspace(0, count - 1, min(wanted, count)).round()})


def probe_on_pool(
    encoder: Encoder, rooms: Sequence[RoomViews], pool: PoolSettings, validation: int, *, most: int = 40, views: int = 4
) -> dict[str, Metric]:
    """Probe an encoder in training: heads on rooms of its own pool, measured on validation rooms.

    Args:
        encoder: the encoder.
        rooms: the training's rooms.
        pool: how they were rendered.
        validation: number of validation rooms.
        most: rooms to fit on at most.
        views: of each room at most.
    """
    fitted = list(rooms[:most])
    cut = max(1, round(0.8 * len(fitted)))
    return probe(
        encoder,
        train=fitted[:cut],
        tune=fitted[cut:] or fitted,
        test=validation_rooms(pool, validation),
        views=views,
    )
