"""Do rooms teach a classifier to name crops? Train a small ViT on crops of some rooms, test it on crops of others.

Two steps, so that crops of two versions of the rooms can be compared, each made by its own version of the code:

    python benchmarks/crop_naming.py crops OUT.npz --rooms 600 --first-seed 0
    python benchmarks/crop_naming.py train TRAIN.npz --test A.npz B.npz --minutes 10

Accuracy is over classes that all files share, each class alike (mean over classes), with an interval over test rooms.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

SIDE = 64
"""Pixels of a crop's side."""
LEAST_SIDE, LEAST_PIXELS = 16, 150
"""Smaller boxes and regions are not crops that a person could name."""
RENAMED = {"plant": "house plant", "trash can": "garbage can"}
"""Classes whose word changed after the first version of the rooms."""


def square_crop(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Cut the square around a mask, a fifth larger than its longer side, and resize it to (64 64 3)."""
    v, u = np.nonzero(mask)
    side = 1.2 * max(np.ptp(u), np.ptp(v))
    x, y = (u.min() + u.max()) / 2, (v.min() + v.max()) / 2
    box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
    return np.asarray(
        Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BILINEAR, box=_within(box, mask.shape))
    )


def _within(box: tuple[float, ...], shape: tuple[int, ...]) -> tuple[float, float, float, float]:
    height, width = shape
    return max(box[0], 0.0), max(box[1], 0.0), min(box[2], float(width)), min(box[3], float(height))


def make_crops(arguments: argparse.Namespace) -> None:
    """Render rooms and keep a crop of every object that is large enough in a view."""
    from vantage.rooms import camera_path, make_room, render_view, room_camera

    camera = room_camera(256, 192)
    crops, names, rooms = [], [], []
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.rooms):
        room = make_room(seed)
        for path in ("orbit", "looks"):
            for pose in camera_path(room, camera, path, 5):
                view = render_view(room, camera, pose)
                image = np.round(view.rgb * 255).astype(np.uint8)
                for instance, pixels in zip(*np.unique(view.instances, return_counts=True), strict=True):
                    if instance == 0 or pixels < LEAST_PIXELS or room.thing(int(instance)).structure:
                        continue
                    mask = view.instances == instance
                    v, u = np.nonzero(mask)
                    if min(np.ptp(u), np.ptp(v)) < LEAST_SIDE:
                        continue
                    category = room.thing(int(instance)).category
                    crops.append(square_crop(image, mask))
                    names.append(RENAMED.get(category, category))
                    rooms.append(seed)
        if seed % 50 == 0:
            print(seed, len(crops), flush=True)
    np.savez(arguments.out, crops=np.stack(crops), names=np.array(names), rooms=np.array(rooms))


class Classifier(nn.Module):
    """A plain ViT: patch 8, width 128, depth 4, mean-pooled."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 128, 8, 8)
        self.position = nn.Parameter(0.02 * torch.randn(1, (SIDE // 8) ** 2, 128))
        layer = nn.TransformerEncoderLayer(128, 4, 512, 0.1, "gelu", batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, 4, nn.LayerNorm(128), enable_nested_tensor=False)
        self.head = nn.Linear(128, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (b classes) of images (b 3 64 64)."""
        tokens = self.patches(images).flatten(2).mT + self.position
        return self.head(self.blocks(tokens).mean(dim=1))


def to_batch(crops: np.ndarray, rng: np.random.Generator | None) -> Tensor:
    """Return crops as a float batch; with a generator each is flipped, shifted and re-exposed at random."""
    images = torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 255 - 0.5
    if rng is None:
        return images
    if rng.random() < 0.5:
        images = images.flip(-1)
    shift = tuple(int(s) for s in rng.integers(-6, 7, size=2))
    images = torch.roll(images, shift, dims=(2, 3))
    gain = torch.from_numpy(rng.uniform(0.7, 1.3, size=(len(crops), 3, 1, 1)).astype(np.float32))
    return images * gain


def train(arguments: argparse.Namespace) -> None:
    """Train for the given minutes and print accuracy on every test file."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    data = np.load(arguments.train)
    tests = [(path, np.load(path)) for path in arguments.test]
    shared = set(data["names"].tolist())
    for _, test in tests:
        shared &= set(test["names"].tolist())
    words = sorted(set(data["names"].tolist()))
    number = {word: k for k, word in enumerate(words)}
    crops, labels = data["crops"], np.array([number[name] for name in data["names"]])
    # Classes alike likely, tempered: the square root of their frequency.
    weight = 1.0 / np.sqrt(np.bincount(labels, minlength=len(words)))[labels]
    weight /= weight.sum()
    model = Classifier(len(words))
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.05)
    start, step, limit = time.process_time(), 0, 60 * arguments.minutes
    while (elapsed := time.process_time() - start) < limit:
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1.0, (step + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * elapsed / limit))
        chosen = rng.choice(len(crops), size=128, p=weight)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(to_batch(crops[chosen], rng))
        loss = nn.functional.cross_entropy(logits.float(), torch.from_numpy(labels[chosen]), label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
        if step % 200 == 0:
            print(f"step {step} loss {float(loss):.3f}", flush=True)
    print(f"{arguments.train}: {len(crops)} crops of {len(words)} classes, {step} steps, {len(shared)} shared classes")
    allowed = torch.tensor([word in shared for word in words])
    for path, test in tests:
        report(model.eval(), path, test, words, allowed, shared)


@torch.no_grad()
def report(
    model: nn.Module, path: Path, test: "np.lib.npyio.NpzFile", words: list[str], allowed: Tensor, shared: set
) -> None:
    """Print accuracy over crops and over classes, with a bootstrap interval over rooms."""
    kept = np.isin(test["names"], sorted(shared))
    names, rooms, crops = test["names"][kept], test["rooms"][kept], test["crops"][kept]
    guessed = []
    for low in range(0, len(crops), 512):
        logits = model(to_batch(crops[low : low + 512], None)).masked_fill(~allowed, -torch.inf)
        guessed += [words[k] for k in logits.argmax(dim=1).tolist()]
    right = np.array(guessed) == names
    by_class = np.mean([right[names == name].mean() for name in np.unique(names)])
    numbers = np.unique(rooms)
    per_room = np.array([[right[rooms == r].sum(), (rooms == r).sum()] for r in numbers])
    draws = np.random.default_rng(0).integers(len(numbers), size=(1000, len(numbers)))
    sums = per_room[draws].sum(axis=1)
    low, high = np.percentile(sums[:, 0] / sums[:, 1], (2.5, 97.5))
    print(
        f"  {path}: top-1 {right.mean():.3f} ({low:.3f}-{high:.3f}, n {len(right)}), mean over classes {by_class:.3f}"
    )


def main() -> None:
    """Parse and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    crops = verbs.add_parser("crops")
    crops.add_argument("out", type=Path)
    crops.add_argument("--rooms", type=int, default=600)
    crops.add_argument("--first-seed", type=int, default=0)
    crops.set_defaults(run=make_crops)
    learn = verbs.add_parser("train")
    learn.add_argument("train", type=Path)
    learn.add_argument("--test", type=Path, nargs="+", required=True)
    learn.add_argument("--minutes", type=float, default=10.0)
    learn.set_defaults(run=train)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
