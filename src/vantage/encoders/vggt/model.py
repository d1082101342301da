"""VGGT (Wang et al. 2025): depth, points and cameras of a scene from any number of its views in one pass."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.vggt.aggregator import Aggregator
from vantage.encoders.vggt.camera_head import CameraHead
from vantage.encoders.vggt.cameras import Cameras, decode_poses
from vantage.encoders.vggt.dense_head import DenseHead, depth_and_confidence, points_and_confidence
from vantage.errors import UsageError

Head = Literal["camera", "depth", "point"]
HEADS: tuple[Head, ...] = ("camera", "depth", "point")

FRAMES_AT_ONCE = 8
"""Views a dense head works on at a time, which bounds its memory; the official code's default."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class VggtSettings:
    """Shape of the model; the defaults are the released VGGT-1B."""

    image_size: int = 518
    """Side in pixels of the images the position table belongs to."""
    patch: int = 14
    width: int = 1024
    """Channels of a token; layers come out twice as wide, frame beside global."""
    depth: int = 24
    """Pairs of a frame and a global block."""
    heads: int = 16
    registers: int = 4
    embed_depth: int = 24
    """Blocks of the patch embedding (DINOv2 ViT-L)."""
    embed_heads: int = 16
    camera_depth: int = 4
    camera_heads: int = 16
    camera_rounds: int = 4
    dense_width: int = 256
    dense_channels: tuple[int, int, int, int] = (256, 512, 1024, 1024)
    dense_layers: tuple[int, int, int, int] = (4, 11, 17, 23)
    """Layers of the aggregator that the dense heads read."""
    with_heads: tuple[Head, ...] = HEADS
    """Heads that are built; an encoder needs none."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class VggtPrediction:
    """What VGGT says of a scene; the parts of heads that were not built are None.

    Lengths are in the model's own unit, in which scenes have about the same size, not in metres.
    """

    layers: dict[int, Float[Tensor, "b s t d"]]
    """Tokens of the layers that were asked for: camera, registers, patches; frame beside global on the channels."""
    pose_rounds: tuple[Float[Tensor, "b s 9"], ...] | None
    """The pose encoding after each round of the camera head; the last is the answer."""
    cameras: Cameras | None
    depth: Float[Tensor, "b s h w"] | None
    """z-depth of each view."""
    depth_confidence: Float[Tensor, "b s h w"] | None
    """Above 1; larger is surer."""
    points: Float[Tensor, "b s h w 3"] | None
    """Of each pixel, in the first view's camera frame."""
    points_confidence: Float[Tensor, "b s h w"] | None


class Vggt(nn.Module):
    """The aggregator and the heads; module names equal the released checkpoint's keys.

    The released model's fourth head, `track_head` (points followed through the views), is left out.
    """

    def __init__(self, settings: VggtSettings | None = None) -> None:
        super().__init__()
        self.settings = settings = settings or VggtSettings()
        self.aggregator = Aggregator(
            width=settings.width,
            depth=settings.depth,
            heads=settings.heads,
            registers=settings.registers,
            patch=settings.patch,
            image_size=settings.image_size,
            embed_depth=settings.embed_depth,
            embed_heads=settings.embed_heads,
        )
        tokens = 2 * settings.width
        heads = settings.with_heads
        camera = {"depth": settings.camera_depth, "heads": settings.camera_heads, "iterations": settings.camera_rounds}
        self.camera_head = CameraHead(width=tokens, **camera) if "camera" in heads else None
        self.point_head = self._dense(4) if "point" in heads else None
        self.depth_head = self._dense(2) if "depth" in heads else None

    def _dense(self, outputs: int) -> DenseHead:
        return DenseHead(
            tokens=2 * self.settings.width,
            width=self.settings.dense_width,
            channels=self.settings.dense_channels,
            outputs=outputs,
            patch=self.settings.patch,
        )

    def forward(self, images: Float[Tensor, "b s 3 h w"], layers: Sequence[int] = ()) -> VggtPrediction:
        """Predict from `s` views each of `b` scenes.

        Args:
            images: RGB in [0, 1]; sides are multiples of the patch size. The first view of a scene is its world frame.
            layers: layers of the aggregator to return, from the end if negative. Only these and those that the heads
                read are kept in memory.

        Raises:
            DataError: a side is not a multiple of the patch size.
            UsageError: a layer does not exist, or there are neither heads nor layers.
        """
        settings, last = self.settings, self.settings.depth - 1
        read = set(settings.dense_layers) if self.depth_head or self.point_head else set()
        if self.camera_head:
            read.add(last)
        wanted = self.aggregator.resolve(layers) if layers else set()
        if not read | wanted:
            raise UsageError("nothing to compute: the model was built without heads and no layers are asked for")
        tokens = self.aggregator(images, sorted(read | wanted))
        batch, views, _, height, width = images.shape
        rounds, cameras = None, None
        if self.camera_head:
            rounds = tuple(self.camera_head(tokens[last][:, :, 0]))
            cameras = decode_poses(rounds[-1], width, height)
        depth = depth_confidence = points = points_confidence = None
        if self.depth_head or self.point_head:
            patches = [tokens[layer][:, :, self.aggregator.prefix :].flatten(0, 1) for layer in settings.dense_layers]
            shape, size = (batch, views), (height, width)
            if self.depth_head:
                depth, depth_confidence = _in_parts(self.depth_head, depth_and_confidence, patches, shape, size)
            if self.point_head:
                points, points_confidence = _in_parts(self.point_head, points_and_confidence, patches, shape, size)
        return VggtPrediction(
            layers={layer: tokens[layer] for layer in sorted(wanted)},
            pose_rounds=rounds,
            cameras=cameras,
            depth=depth,
            depth_confidence=depth_confidence,
            points=points,
            points_confidence=points_confidence,
        )


def _in_parts(
    head: DenseHead,
    activate: Callable[[Tensor], tuple[Tensor, Tensor]],
    patches: list[Tensor],
    shape: tuple[int, int],
    size: tuple[int, int],
) -> tuple[Tensor, Tensor]:
    """Run a dense head on a few frames at a time and put (batch, views) in front of the results."""
    parts = [
        activate(head([layer[start : start + FRAMES_AT_ONCE] for layer in patches], size))
        for start in range(0, len(patches[0]), FRAMES_AT_ONCE)
    ]
    values, confidences = (torch.cat(of_kind).unflatten(0, shape) for of_kind in zip(*parts))
    return values, confidences
