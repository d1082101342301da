"""Seconds and memory of a training step of the 3D half: labels stacked in the batch and bfloat16, against a plain loop.

    OMP_NUM_THREADS=1 python benchmarks/completion.py [--grid 64] [--labels 6] [--points 2048] [--repeats 3]
        [--size embedded|paper] [--device cpu]

The reference is the plain way: one label at a time through the network in float32, gradients added up, weights laid
out channels first. All ways take the same step: loss and gradient of the plain one are compared with those of the
stacked one in float32 first. Every way runs in a process of its own, so that its peak memory is its own. Printed:
median and spread of process and wall seconds a step, and the ratio of process times. `--size paper` is the network of
128 voxels a side and six levels.
"""

import argparse
import dataclasses
import json
import multiprocessing
import statistics
import time

import torch
from torch import Tensor

from vantage.abstraction.network import PAPER_NETWORK, NetworkSettings, SemabsNetwork, untrained_network
from vantage.devices import peak_memory_mb

WAYS = ("plain loop, float32", "stacked, float32", "stacked, bfloat16")


def settings_of(size: str, grid: int | None) -> NetworkSettings:
    settings = PAPER_NETWORK if size == "paper" else NetworkSettings()
    return settings if grid is None else dataclasses.replace(settings, grid=grid)


def data_of(settings: NetworkSettings, labels: int, points: int, device: str) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    volumes = torch.randn(labels, settings.inputs, *settings.shape, generator=generator)
    # As sparse as a view's surface: some percent of the voxels hold a point.
    volumes *= torch.rand(1, 1, *settings.shape, generator=generator) < 0.03
    low, high = torch.tensor(settings.bounds.low), torch.tensor(settings.bounds.high)
    queries = low + torch.rand(labels, points, 3, generator=generator) * (high - low)
    truth = (torch.rand(labels, points, generator=generator) < 0.5).float()
    return volumes.to(device), queries.to(device), truth.to(device)


def step(network: SemabsNetwork, data: tuple[Tensor, Tensor, Tensor], way: str, device: str) -> float:
    """Leave the gradient of a step in the network; return the loss."""
    volumes, queries, truth = data
    network.zero_grad(set_to_none=True)
    parts = [slice(k, k + 1) for k in range(len(volumes))] if way == WAYS[0] else [slice(None)]
    total = 0.0
    for part in parts:
        with torch.autocast(device, torch.bfloat16, enabled=way == WAYS[2]):
            features = network.encode(volumes[part])
        logits = network.occupancy(network.read(features, queries[part]))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, truth[part]) / len(parts)
        loss.backward()
        total += float(loss.detach())
    return total


def network_for(way: str, settings: NetworkSettings, device: str) -> SemabsNetwork:
    network = untrained_network(settings)
    if way == WAYS[0]:
        for parameter in network.parameters():
            parameter.data = parameter.data.contiguous()
    return network.to(device)


def measure(way: str, arguments: argparse.Namespace) -> dict[str, list[float]]:
    torch.set_num_threads(arguments.threads)
    settings = settings_of(arguments.size, arguments.grid)
    network = network_for(way, settings, arguments.device)
    data = data_of(settings, arguments.labels, arguments.points, arguments.device)
    process, wall = [], []
    for repeat in range(arguments.repeats + 1):
        start, start_wall = time.process_time(), time.perf_counter()
        step(network, data, way, arguments.device)
        if arguments.device != "cpu":
            torch.cuda.synchronize()
        # The first step compiles and fills caches.
        if repeat:
            process.append(time.process_time() - start)
            wall.append(time.perf_counter() - start_wall)
    peak = torch.cuda.max_memory_allocated() / 1e6 if arguments.device != "cpu" else peak_memory_mb()
    return {"process": process, "wall": wall, "peak": [peak]}


def check(arguments: argparse.Namespace) -> None:
    """Refuse to compare what is not the same step."""
    settings = NetworkSettings(grid=16, widths=(8, 16), blocks=(1, 1))
    data = data_of(settings, 3, 64, "cpu")
    gradients, losses = [], []
    for way in WAYS[:2]:
        network = network_for(way, settings, "cpu")
        losses.append(step(network, data, way, "cpu"))
        gradients.append(torch.cat([p.grad.flatten() for p in network.parameters() if p.grad is not None]))
    error = float((gradients[0] - gradients[1]).norm() / gradients[0].norm())
    if abs(losses[0] - losses[1]) > 1e-5 or error > 1e-4:
        raise SystemExit(f"the ways take different steps: losses {losses}, gradients differ by {error:.1e}")
    print(f"same step: losses differ by {abs(losses[0] - losses[1]):.1e}, gradients by {error:.1e} of their length")


def in_own_process(way: str, arguments: argparse.Namespace, sender: object) -> None:
    sender.send(json.dumps(measure(way, arguments)))  # pyright: ignore[reportAttributeAccessIssue]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("embedded", "paper"), default="embedded")
    parser.add_argument("--grid", type=int)
    parser.add_argument("--labels", type=int, default=6)
    parser.add_argument("--points", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    settings = settings_of(arguments.size, arguments.grid)
    count = sum(p.numel() for p in SemabsNetwork(settings).parameters())
    print(f"{settings.grid}^3, widths {settings.widths}, {count / 1e6:.2f} M parameters, {arguments.labels} labels, "
          f"{arguments.points} points each, {arguments.threads} threads, n = {arguments.repeats}")  # fmt: skip
    check(arguments)
    context = multiprocessing.get_context("spawn")
    print("| way | process s a step (range) | wall s | peak MB | times faster |\n| --- | ---: | ---: | ---: | ---: |")
    base = None
    for way in WAYS:
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(target=in_own_process, args=(way, arguments, sender))
        child.start()
        found = json.loads(receiver.recv())
        child.join()
        middle = statistics.median(found["process"])
        base = base or middle
        print(
            f"| {way} | {middle:.2f} ({min(found['process']):.2f} to {max(found['process']):.2f}) | "
            f"{statistics.median(found['wall']):.2f} | {found['peak'][0]:.0f} | {base / middle:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
