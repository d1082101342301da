"""How studies distill: fields of one size, and several groups of encoders in one and the same field.

Features never move geometry, so what a group comes to is what it would come to alone: the field is trained once instead
of once per group, and groups are compared on the same surfaces.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping

import torch

from vantage.captures import Capture
from vantage.errors import UsageError, VantageError
from vantage.fields import DistilledScene, Distiller, DistillSettings
from vantage.fields.semantic_training import SemanticTrainer
from vantage.fields.training_views import FeatureSequence

MOST_GAUSSIANS = 30_000
"""A field starts with as many Gaussians as a view has pixels, and no more than this (the default of `vantage
distill`): small views hold no finer detail."""


def field_settings(capture: Capture, field: str, steps: int, seed: int) -> DistillSettings:
    """Return how a study distills a capture into a kind of field."""
    camera = capture.sources[0].camera
    return DistillSettings(
        field="nerf" if field == "nerf" else "gaussians",
        steps=steps,
        start_gaussians=min(camera.width * camera.height, MOST_GAUSSIANS),
        seed=seed,
    )


def distill_side_by_side(
    capture: Capture,
    groups: Mapping[str, Mapping[str, FeatureSequence]],
    settings: DistillSettings,
    *,
    after_step: Callable[[], None],
) -> dict[str, DistilledScene]:
    """Train one field, and for each group of encoders a semantic grid of its own; return a scene per group.

    Args:
        capture: its training views are looked at.
        groups: by name, the features that share a grid: per encoder those of each view of the capture.
        settings: of every group; each starts from the same seed and sees the same points.
        after_step: called after each step; may raise to stop.

    Raises:
        UsageError: there are no groups, or features are to live on Gaussians, which they move.
        VantageError: a loss is not finite.
    """
    if not groups or settings.semantics_kind != "grid" or settings.quality.plateau is not None:
        raise UsageError("distilling side by side needs a group, a semantic grid and a fixed number of steps")
    whole = Distiller(capture, next(iter(groups.values())), settings)
    trainer, names = whole.trainer, list(groups)
    rest = [SemanticTrainer(groups[name], whole.views, trainer, settings) for name in names[1:]]
    semantic = dict(zip(names, [whole.features, *rest], strict=True))
    for step in range(settings.steps):
        # As `Distiller.train_step`: all randomness of a step comes from (seed, step).
        generator = torch.Generator().manual_seed((settings.seed << 32) + step)
        seen = trainer.look(step, generator)
        losses = {name: one.loss(seen.surfaces) for name, one in semantic.items()}
        values = {"colour": float(seen.loss.detach())} | {name: float(loss.detach()) for name, loss in losses.items()}
        if not all(map(math.isfinite, values.values())):
            raise VantageError(f"step {step} of {capture.name}: losses {values}; one is not finite")
        trainer.zero_grad()
        seen.loss.backward()
        for name, one in semantic.items():
            one.set_rates(min(1.0, step / max(1, settings.steps)))
            one.adam.zero_grad(set_to_none=True)
            losses[name].backward()
            one.adam.step()
        trainer.update(step, generator)
        whole.step = step + 1
        after_step()
    scene = whole.scene()
    return {name: dataclasses.replace(scene, semantics=one.semantics) for name, one in semantic.items()}
