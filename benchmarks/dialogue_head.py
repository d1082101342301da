"""Train the perception head that comes with the package, from a pool of rooms that `vantage pretrain` rendered.

python benchmarks/dialogue_head.py --pool FOLDER [--rooms 250] [--views 3] [--out FILE]
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch

from vantage.dialogue.predicted_head import WEIGHTS, save_head
from vantage.dialogue.predicted_training import HeadSettings, examples_of, fit_head, joined, untrained_perceiver
from vantage.pretraining.room_views import PoolSettings, load_room_views, pool_path, pool_seeds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--rooms", type=int, default=250)
    parser.add_argument("--views", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    perceiver, pool, start = untrained_perceiver(), PoolSettings(rooms=arguments.rooms), time.process_time()
    parts = []
    for seed in pool_seeds(pool):
        room = load_room_views(pool_path(arguments.pool, seed, pool))
        views = np.random.default_rng(seed).permutation(len(room.images))[: arguments.views]
        parts.append(examples_of(perceiver, room, [int(view) for view in views]))
        if seed % 20 == 0:
            print(f"looked at room {seed}: {time.process_time() - start:.0f} s", flush=True)
    examples = joined(parts)
    parts.clear()
    sums: dict[str, list[float]] = {}
    head, step = perceiver.head, -1
    for head, step, terms in fit_head(examples, HeadSettings(epochs=arguments.epochs)):
        for name, value in terms.items():
            sums.setdefault(name, []).append(value)
        if step % 50 == 49:
            told = ", ".join(f"{name} {np.mean(values[-50:]):.3f}" for name, values in sums.items())
            print(f"step {step + 1}: {told}; {time.process_time() - start:.0f} s", flush=True)
            save_head(head, arguments.out, [("rooms", str(arguments.rooms)), ("steps", str(step + 1))])
    save_head(head, arguments.out, [("rooms", str(arguments.rooms)), ("steps", str(step + 1))])
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes, {time.process_time() - start:.0f} s of one core")


if __name__ == "__main__":
    sys.exit(main())
