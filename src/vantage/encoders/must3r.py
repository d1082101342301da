"""MUSt3R (Cabon et al. 2025): any number of images, one after the other, to point maps in the first image's frame.

Each image is encoded by itself; one decoder reads a memory that grows with every image it is given. Module names equal
the released checkpoint's keys (its two dicts under `encoder.` and `decoder.`). Non-commercial weights; see the card.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import cast

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from vantage.encoders.croco import (
    EPSILON,
    MLP_RATIO,
    Block,
    DecoderBlock,
    Encoding,
    Mlp,
    PatchEmbedding,
    check_layers,
    encode_images,
)
from vantage.encoders.croco_heads import LinearHead, exponential_points
from vantage.encoders.dust3r import CONFIDENCE_FLOOR, StereoSettings
from vantage.errors import UsageError

POINT_CHANNELS = 7
"""A point in the first image's frame, a point in the own camera's frame, and confidence."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Must3rSettings(StereoSettings):
    """Shape of MUSt3R."""

    feedback: bool = True
    """Whether what the last block reads is fed back into the memory of the earlier ones."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Memory:
    """What the decoder remembers of the images it was given so far."""

    layers: tuple[Float[Tensor, "b m d2"], ...]
    """For each decoder block, the keys and, behind them on the channels, the values of all remembered tokens."""
    labels: Int[Tensor, " m"]
    """Which image each remembered token is of, counted from 0 in the order in which they were given."""
    images: int
    """How many images are remembered."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SequenceView:
    """What the decoder says of one image; lengths in the model's own unit, OpenCV axes."""

    points: Float[Tensor, "b h w 3"]
    """Of every pixel, in the first image's camera frame."""
    points_in_camera: Float[Tensor, "b h w 3"]
    """The same in this image's own camera frame."""
    confidence: Float[Tensor, "b h w"]
    """At least 1; larger is surer."""
    raw: Float[Tensor, "b h w 7"]
    """The head's output before its activations."""
    layers: Mapping[int, Float[Tensor, "b t d"]]
    """The wanted decoder blocks' outputs, counted from 1; the last one is after the final norm."""


class SequenceEncoder(nn.Module):
    """DUSt3R's encoder under the names it has in MUSt3R's checkpoint."""

    def __init__(self, settings: Must3rSettings) -> None:
        super().__init__()
        self.depth, self.head_dim = settings.depth, settings.width // settings.heads
        self.patch_embed = PatchEmbedding(settings.width, settings.patch)
        self.blocks_enc = nn.ModuleList(Block(settings.width, settings.heads) for _ in range(settings.depth))
        self.norm_enc = nn.LayerNorm(settings.width, eps=EPSILON)

    def forward(self, images: Float[Tensor, "n 3 h w"], layers: Collection[int] = ()) -> Encoding:
        """Encode images in [-1, 1] by themselves; `layers` as in `Must3r.encode`."""
        check_layers(layers, range(-1, self.depth), "the encoder")
        return encode_images(images, self.patch_embed, self.blocks_enc, self.norm_enc, self.head_dim, layers)


class MemoryDecoder(nn.Module):
    """The decoder that reads, and writes, a memory."""

    def __init__(self, settings: Must3rSettings) -> None:
        super().__init__()
        width, heads = settings.decoder_width, settings.decoder_heads
        self.depth, self.head_dim = settings.decoder_depth, width // heads
        self.feat_embed_enc_to_dec = nn.Linear(settings.width, width)
        # Marks every image but the one whose camera is the frame.
        self.image2_embed = nn.Parameter(torch.zeros(1, 1, width))
        self.blocks_dec = nn.ModuleList(DecoderBlock(width, heads) for _ in range(settings.decoder_depth))
        self.norm_dec = nn.LayerNorm(width, eps=EPSILON)
        self.head_dec = LinearHead(width, settings.patch, POINT_CHANNELS)
        self.feedback_norm: nn.LayerNorm | None = None
        self.feedback_layer: Mlp | None = None
        if settings.feedback:
            # PyTorch's default epsilon, unlike every other norm of the released model.
            self.feedback_norm = nn.LayerNorm(width, eps=1e-5)
            self.feedback_layer = Mlp(width, MLP_RATIO * width, width)

    def forward(
        self, views: Sequence[Encoding], memory: Memory | None, *, render: bool, layers: Collection[int] = ()
    ) -> tuple[list[SequenceView], Memory]:
        """Decode views together; see `Must3r.update` and `Must3r.render`."""
        check_layers(layers, range(1, self.depth + 1), "the decoder")
        tokens = [self.feat_embed_enc_to_dec(view.tokens) for view in views]
        first_is_frame = memory is None
        tokens = [x if number == 0 and first_is_frame else x + self.image2_embed for number, x in enumerate(tokens)]
        rotations = [view.rotation(self.head_dim) for view in views]
        kept: list[dict[int, Tensor]] = [{} for _ in views]
        entered = []
        for number, block in enumerate(cast("list[DecoderBlock]", list(self.blocks_dec)), start=1):
            if not render:
                entered.append(tokens)
            offers = [] if render else [torch.cat(block.keys_values(x), dim=-1) for x in tokens]
            tokens = [
                block(x, rotation, *_readable(memory, number - 1, offers, reader).chunk(2, dim=-1))
                for reader, (x, rotation) in enumerate(zip(tokens, rotations, strict=True))
            ]
            if number == self.depth:
                tokens = [self.norm_dec(x) for x in tokens]
            if number in layers:
                for mine, x in zip(kept, tokens, strict=True):
                    mine[number] = x
        results = [self._view(*parts) for parts in zip(tokens, views, kept, strict=True)]
        if render and memory is not None:
            return results, memory
        return results, self._remember(entered, memory)

    def _view(self, tokens: Tensor, view: Encoding, kept: dict[int, Tensor]) -> SequenceView:
        raw = self.head_dec(tokens, *view.grid.shape[1:3]).permute(0, 2, 3, 1)
        return SequenceView(
            points=exponential_points(raw[..., :3]),
            points_in_camera=exponential_points(raw[..., 3:6]),
            confidence=CONFIDENCE_FLOOR + raw[..., 6].exp(),
            raw=raw,
            layers=kept,
        )

    def _remember(self, entered: list[list[Tensor]], memory: Memory | None) -> Memory:
        """Append to the memory what entered each block, corrected by what entered the last one."""
        old = memory.images if memory is not None else 0
        layers = []
        for number, (block, tokens) in enumerate(
            zip(cast("list[DecoderBlock]", list(self.blocks_dec)), entered, strict=True)
        ):
            new = torch.cat(tokens, dim=1)
            if self.feedback_layer is not None and self.feedback_norm is not None and number + 1 < self.depth:
                new = new + self.feedback_layer(self.feedback_norm(torch.cat(entered[-1], dim=1)))
            stored = torch.cat(block.keys_values(new), dim=-1)
            layers.append(stored if memory is None else torch.cat([memory.layers[number], stored], dim=1))
        labels = [memory.labels] if memory is not None else []
        for number, x in enumerate(entered[0], start=old):
            labels.append(torch.full(x.shape[1:2], number, dtype=torch.int64, device=x.device))
        return Memory(layers=tuple(layers), labels=torch.cat(labels), images=old + len(entered[0]))


def _readable(memory: Memory | None, layer: int, offers: list[Tensor], reader: int) -> Float[Tensor, "b m d2"]:
    """Return what a view may read: the memory and the other views; itself only where there is nothing else."""
    others = [offer for number, offer in enumerate(offers) if number != reader]
    remembered = [] if memory is None else [memory.layers[layer]]
    return torch.cat([*remembered, *others] or offers, dim=1)


class Must3r(nn.Module):
    """MUSt3R: encoder, memory decoder and linear head."""

    def __init__(self, settings: Must3rSettings | None = None) -> None:
        super().__init__()
        self.settings = settings = settings or Must3rSettings()
        self.encoder = SequenceEncoder(settings)
        self.decoder = MemoryDecoder(settings)

    def encode(self, images: Float[Tensor, "n 3 h w"], layers: Collection[int] = ()) -> Encoding:
        """Encode images by themselves.

        Args:
            images: RGB in [-1, 1], sides multiples of the patch.
            layers: which blocks' outputs to keep, counted from 0; -1 for the patch embedding. None by default.

        Raises:
            DataError: a side is no multiple of the patch.
            UsageError: there is no such layer.
        """
        return self.encoder(images, layers)

    def update(
        self, views: Sequence[Encoding], memory: Memory | None = None, *, layers: Collection[int] = ()
    ) -> tuple[list[SequenceView], Memory]:
        """Decode new views and remember them.

        Args:
            views: one encoding per view, of batches of equal length; sizes may differ. They see the memory and each
                other.
            memory: what is known; None starts a sequence, whose frame is then the first view's camera.
            layers: which decoder blocks' outputs to keep, counted from 1.

        Returns:
            One result per view, in the frame of the sequence, and the memory with these views in it.

        Raises:
            UsageError: there is no view, batches differ, or there is no such layer.
        """
        _check_batches(views)
        return self.decoder(views, memory, render=False, layers=layers)

    def render(self, views: Sequence[Encoding], memory: Memory, *, layers: Collection[int] = ()) -> list[SequenceView]:
        """Decode views from the memory alone and leave it as it is.

        Views that are remembered come out better than they did when they were new, since the memory now knows of those
        that came after them. Arguments and errors as in `update`.
        """
        _check_batches(views)
        return self.decoder(views, memory, render=True, layers=layers)[0]

    def forward(self, images: Sequence[Float[Tensor, "b 3 _ _"]]) -> list[SequenceView]:
        """Reconstruct a sequence: the first two views together, then one by one, then all from the whole memory.

        Args:
            images: views of RGB in [-1, 1], sides multiples of the patch; sizes may differ.

        Returns:
            One result per view, all in the first view's camera frame.
        """
        views = [self.encode(image) for image in images]
        _, memory = self.update(views[:2])
        for view in views[2:]:
            _, memory = self.update([view], memory)
        return self.render(views, memory)


def _check_batches(views: Sequence[Encoding]) -> None:
    sizes = sorted({len(view.grid) for view in views})
    if len(sizes) != 1:
        raise UsageError(f"views of batches of {sizes or 'no'} images; expected at least one view, all of one size")
