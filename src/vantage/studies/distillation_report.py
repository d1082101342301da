"""The report of a distilled scene: what went in, what comes out of it, and how it was trained."""

from pathlib import Path

import numpy as np
from jaxtyping import Float

from vantage.captures import Capture
from vantage.fields.field_trainer import spread
from vantage.metrics import Metric
from vantage.reports import Picture, Report, camera_top_view, colorize_depth, overlay_relevancy, pca_images
from vantage.runs import read_log
from vantage.studies.distillation import Distillation

SHOWN_INPUTS = 6
"""Training views shown: one row of a contact sheet."""

SHOWN_HELD_OUT = 4
"""Held-out views shown beside their renderings."""

ABOUT = {
    "psnr_db": "Rendered against true held-out photographs; higher is better.",
    "ssim": "Structural similarity of the same pairs; 1 is equal.",
    "depth_mae_m": "Mean absolute depth error where the true depth is known.",
    "feature_cosine": "Distilled against the encoder's own features of the held-out photographs; 1 is equal.",
    "psnr_db_warped_neighbour": "Baseline: the best of four neighbouring training photographs, warped by true depth.",
    "localization_accuracy": "Share of queries whose most relevant pixel lies on what they name.",
    "localization_accuracy_chance": "The same with the words of the queries shuffled.",
    "localization_iou": "Overlap of the answer's mask and the true one, at the fixed threshold.",
}


def add_inputs(report: Report, capture: Capture) -> None:
    """Show training photographs, what is known beside them, and where the cameras stood."""
    shown = spread(capture.train_indices, SHOWN_INPUTS)
    row: dict[str, Picture | np.ndarray] = {capture.sources[i].name: capture[i].image for i in shown}
    held_out = len(capture.test_indices)
    note = f"{len(capture)} views, {held_out} of them held out from training. {' '.join(capture.notes)}"
    report.gallery("Input views", {"": row}, note=note.strip())
    if capture.set_aside:
        report.table(
            "Views set aside", ["view", "reason", "found"], [[s.name, s.reason, s.detail] for s in capture.set_aside]
        )
    poses = np.stack([source.world_from_camera for source in capture.sources])
    report.svg(
        "Cameras from above",
        camera_top_view(poses, held_out=capture.test_indices),
        names=["training", "held out"] if held_out else ["training"],
    )


def add_training(report: Report, log: Path) -> None:
    """Show the curves of the training."""
    steps = [event for event in read_log(log) if event.get("event") == "step"]
    # A resumed run may log a step twice; the last one counts.
    by_step = {event["step"]: event for event in steps}
    if len(by_step) < 2:
        return
    x = sorted(by_step)
    report.chart(
        "Loss",
        {name: (x, [by_step[s][name] for s in x]) for name in ("color", "semantic")},
        "step",
        "loss",
        log_y=True,
    )
    report.chart("Fit to the training views", {"psnr": (x, [by_step[s]["psnr_db"] for s in x])}, "step", "PSNR (dB)")
    for size in ("gaussians", "occupied_cells"):
        if size in by_step[x[-1]]:
            title = size.replace("_", " ").capitalize()
            report.chart(title, {"count": (x, [by_step[s][size] for s in x])}, "step", "number")


def add_results(report: Report, distillation: Distillation) -> None:
    """Show held-out views beside their renderings, depth beside depth, and features beside features."""
    scene, capture = distillation.scene, distillation.capture
    shown = spread(capture.test_indices or capture.train_indices, SHOWN_HELD_OUT)
    views = {index: capture[index] for index in shown}
    renderings = {i: scene.render(view.camera, view.world_from_camera) for i, view in views.items()}
    rows: dict[str, dict[str, Picture | np.ndarray]] = {}
    for index, view in views.items():
        rendering = renderings[index]
        row: dict[str, Picture | np.ndarray] = {
            "photograph": view.image,
            "rendered": rendering.rgb.clamp(0, 1).numpy(),
        }
        low = high = None
        if view.depth is not None and (view.depth > 0).any():
            known = view.depth[view.depth > 0]
            low, high = (float(v) for v in np.percentile(known, [1, 99]))
            row["true depth"] = colorize_depth(view.depth, low=low, high=high)
        row["rendered depth"] = colorize_depth(rendering.depth.numpy(), low=low, high=high)
        rows[view.name] = row
    kind = "Held-out views" if capture.test_indices else "Training views"
    report.gallery(kind, rows, note="Each row: what the camera saw, and what the field shows from there.")
    for name in scene.semantics.encoder_names:
        grids = [distillation.targets[name][i].grid[0].float().numpy() for i in shown]
        rendered = [scene.render_features(v.camera, v.world_from_camera, name)[1].numpy() for v in views.values()]
        pictures = pca_images([*grids, *rendered])
        feature_rows: dict[str, dict[str, Picture | np.ndarray]] = {}
        for k, view in enumerate(views.values()):
            feature_rows[view.name] = {
                "photograph": view.image,
                "encoder's features": pictures[k],
                "distilled features": pictures[len(shown) + k],
            }
        report.gallery(
            f"Features of {name}",
            feature_rows,
            note="First three principal components as red, green and blue; one projection for all pictures.",
        )


def add_metrics(report: Report, metrics: dict[str, Metric]) -> None:
    """Show the metrics, the important ones as tiles."""
    wanted = ("psnr_db", "depth_mae_m", "feature_cosine", "localization_accuracy")
    report.metrics(metrics, headline=[name for name in wanted if name in metrics], about=ABOUT)


def query_row(
    image: Float[np.ndarray, "h w 3"],
    relevancy: Float[np.ndarray, "h w"],
    truth: np.ndarray | None,
    peak: tuple[int, int],
) -> dict[str, Picture | np.ndarray]:
    """Return the pictures of an answered query: the view with its peak marked, the relevancy, and any known truth."""
    row: dict[str, Picture | np.ndarray] = {
        "asked in": mark_peak(image, peak),
        # From neutral (0.5) to certain: a query that finds nothing stays dark instead of glowing everywhere.
        "relevancy": overlay_relevancy(image, relevancy, low=0.5, high=max(0.75, float(relevancy.max()))),
    }
    if truth is not None:
        tinted = 0.35 * image + 0.0
        tinted[truth] = 0.35 * image[truth] + 0.65 * np.array([0.15, 0.85, 0.45])
        row["true mask"] = tinted
    return row


def mark_peak(image: Float[np.ndarray, "h w 3"], peak: tuple[int, int]) -> Float[np.ndarray, "h w 3"]:
    """Return the image with a ring around a (column, row) pixel."""
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    distance = np.hypot(columns - peak[0], rows - peak[1])
    radius = max(5.0, image.shape[1] / 40)
    marked = image.copy()
    marked[np.abs(distance - radius) < 1.6] = 0.0
    marked[np.abs(distance - radius) < 0.9] = (1.0, 0.95, 0.2)
    return marked
