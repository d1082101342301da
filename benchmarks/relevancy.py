"""Gradient relevancy of many crops and labels at once, against one crop and one label at a time.

    OMP_NUM_THREADS=1 python benchmarks/relevancy.py [--labels 1 10 100] [--crops 32] [--repeats 3] [--device cpu]

CLIP ViT-B/32 shapes at 224 pixels with random weights (weights do not change the time). The reference is what Chefer et
al. do: a forward pass with a graph and a backward pass for a single crop and label. Both give the same maps, which is
checked first. Printed for each: median and spread of process and wall time per crop and label, and the ratio of process
times.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

from vantage.abstraction.gradient_attention import LOGIT_SCALE, tile_relevancy
from vantage.abstraction.readouts import ClipReadout
from vantage.encoders.huggingface_encoder import HuggingFaceEncoder
from vantage.encoders.preprocessing import CLIP_MEAN, CLIP_STD, Preprocessing


def clip_b32(device: str) -> HuggingFaceEncoder:
    """Return a random CLIP ViT-B/32 with a text tower of one block, which relevancy never runs."""
    from transformers import CLIPConfig, CLIPModel

    torch.manual_seed(0)
    vision = {
        "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12,
        "patch_size": 32, "image_size": 224,
    }  # fmt: skip
    config = CLIPConfig(vision_config=vision, text_config={"num_hidden_layers": 1}, projection_dim=512)
    preprocessing = Preprocessing(patch=32, mean=CLIP_MEAN, std=CLIP_STD)
    return HuggingFaceEncoder(
        CLIPModel(config), name="B/32", source="random", preprocessing=preprocessing, device=device
    )


def one_by_one(encoder: HuggingFaceEncoder, tile: Tensor, text: Tensor) -> Tensor:
    """Return the relevancy (1 1 7 7) of one crop to one text, by a graph through the whole tower."""
    vision, model = encoder.vision, encoder.model
    output = vision(pixel_values=encoder.preprocessing(tile.to(encoder.device)), output_attentions=True)
    vector = torch.nn.functional.normalize(model.visual_projection(output.pooler_output), dim=-1)
    attention = output.attentions[-1]
    (gradient,) = torch.autograd.grad(LOGIT_SCALE * (vector[0] @ text), attention)
    return (gradient * attention).clamp_min(0).mean(dim=1)[:, 0, 1:].view(1, 1, 7, 7).detach()


def measure(run: Callable[[], object], repeats: int, device: str) -> tuple[list[float], list[float]]:
    """Return process and wall seconds of each repeat."""
    process, wall = [], []
    for _ in range(repeats):
        start, start_wall = time.process_time(), time.perf_counter()
        run()
        if device != "cpu":
            torch.cuda.synchronize()
        process.append(time.process_time() - start)
        wall.append(time.perf_counter() - start_wall)
    return process, wall


def row(name: str, process: list[float], wall: list[float], pairs: int, reference: float | None) -> float:
    """Print a line of the table and return the median process time per crop and label in ms."""
    per_pair = [1e3 * seconds / pairs for seconds in process]
    median = statistics.median(per_pair)
    spread = f"{min(per_pair):.3g} to {max(per_pair):.3g}"
    ratio = f"{reference / median:.1f}" if reference else "1"
    walled = 1e3 * statistics.median(wall) / pairs
    print(f"| {name} | {pairs} | {len(process)} | {median:.3g} ({spread}) | {walled:.3g} | {ratio} |", flush=True)
    return median


def main() -> None:
    """Check that both give the same maps, then time them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--crops", type=int, default=32)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = arguments.device
    encoder = clip_b32(device)
    readout = ClipReadout(encoder)
    generator = torch.Generator().manual_seed(1)
    tiles = torch.rand(arguments.crops, 3, 224, 224, generator=generator)
    texts = torch.nn.functional.normalize(torch.randn(max(arguments.labels), 512, generator=generator), dim=-1).to(
        device
    )

    encoder.model.set_attn_implementation("eager")
    encoder.model.requires_grad_(True)
    truth = torch.cat([one_by_one(encoder, tiles[:1], text) for text in texts[:3]])
    difference = float((tile_relevancy(readout, tiles[:2], texts[:3])[:, :1] - truth).abs().max())
    print(
        f"largest difference {difference:.1e}, largest relevancy {float(truth.max()):.1e}, {arguments.threads} thread"
    )
    print("| way | crops x labels | n | process ms per crop and label (range) | wall ms | times faster |")
    print("| --- | --- | --- | --- | --- | --- |")
    process, wall = measure(lambda: one_by_one(encoder, tiles[:1], texts[0]), 3 * arguments.repeats, device)
    reference = row("one crop, one label", process, wall, 1, None)
    encoder.model.set_attn_implementation("sdpa")
    encoder.model.requires_grad_(False)
    for count in arguments.labels:
        process, wall = measure(lambda: tile_relevancy(readout, tiles, texts[:count]), arguments.repeats, device)  # noqa: B023
        row(f"{arguments.crops} crops, {count} labels", process, wall, arguments.crops * count, reference)
    most = max(arguments.labels)
    process, wall = measure(lambda: tile_relevancy(readout, tiles[:1], texts), arguments.repeats, device)
    row(f"1 crop, {most} labels", process, wall, most, reference)


if __name__ == "__main__":
    main()
