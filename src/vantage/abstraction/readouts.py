"""The image-text models whose summary relevancy can explain: CLIP, SigLIP, SigLIP 2, room-clip and room-siglip."""

import abc
import dataclasses
import math
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.abstraction.summary_reads import SummaryRead, read_class_token, read_probe
from vantage.encoders.attention_maps import attention_map
from vantage.encoders.base import Encoder
from vantage.encoders.huggingface_encoder import HuggingFaceEncoder
from vantage.encoders.naflex import run_naflex
from vantage.encoders.room_clip import RoomClip
from vantage.encoders.room_siglip import RoomSiglip
from vantage.encoders.room_text import RoomTextEncoder
from vantage.encoders.tower_parts import stacked_layers
from vantage.errors import UsageError

ROOM_SIDE = 128
"""Pixels of a crop for the `room-*` encoders: the best of 64, 96 and 128 on 12 views of validation rooms (137 labels,
preset `fast`: average precision 0.21, 0.24, 0.25 by gradients, 0.39, 0.45, 0.48 by the value path)."""


class Readout(abc.ABC):
    """A model, cut in two before the attention that makes its summary."""

    blocks: tuple[nn.Module, ...]
    """The blocks that `tokens` runs, first to last."""
    prefix: int
    """Tokens before the patches."""

    @abc.abstractmethod
    def tokens(self, tiles: Float[Tensor, "n 3 s s"]) -> Float[Tensor, "n t d"]:
        """Return the tokens that enter the summary's attention, of RGB images in [0, 1]."""

    @abc.abstractmethod
    def read(self, tokens: Float[Tensor, "n t d"]) -> SummaryRead:
        """Return how the summary is read from them."""


class ClipReadout(Readout):
    """The class token attends in CLIP's last block; its norm and projection follow."""

    def __init__(self, encoder: HuggingFaceEncoder) -> None:
        self.encoder = encoder
        self.vision: Any = encoder.vision
        *first, self.last = (block for (block,) in stacked_layers(self.vision))
        self.blocks = tuple(first)
        self.prefix = encoder.prefix_tokens

    def tokens(self, tiles: Float[Tensor, "n 3 s s"]) -> Float[Tensor, "n t d"]:
        """Run all blocks but the last."""
        pixels = _normalised(self.encoder, tiles)
        tokens = self.vision.pre_layrnorm(self.vision.embeddings(pixels, interpolate_pos_encoding=True))
        for block in self.blocks:
            tokens = block(tokens, attention_mask=None)
        return tokens

    def read(self, tokens: Float[Tensor, "n t d"]) -> SummaryRead:
        """Attend with the class token."""
        block: Any = self.last

        def project(token: Tensor) -> Tensor:
            return self.encoder.model.visual_projection(self.vision.post_layernorm(token))

        return read_class_token((block.layer_norm1, block.self_attn, block.layer_norm2, block.mlp), tokens, project)


class SiglipReadout(Readout):
    """The probe of SigLIP's pooling head attends to the tower's last tokens; the head's feed-forward part follows."""

    prefix = 0

    def __init__(self, encoder: HuggingFaceEncoder) -> None:
        self.encoder = encoder
        self.vision: Any = encoder.vision
        self.blocks = tuple(block for (block,) in stacked_layers(self.vision))

    def tokens(self, tiles: Float[Tensor, "n 3 s s"]) -> Float[Tensor, "n t d"]:
        """Run the whole tower, its final norm included."""
        pixels = _normalised(self.encoder, tiles)
        if self.encoder.model.config.model_type == "siglip2":
            return run_naflex(self.vision, list(pixels), self.encoder.preprocessing.patch).last_hidden_state
        return self.vision(pixel_values=pixels, interpolate_pos_encoding=True).last_hidden_state

    def read(self, tokens: Float[Tensor, "n t d"]) -> SummaryRead:
        """Attend with the probe."""
        head = self.vision.head
        return read_probe(head.attention, head.probe, tokens, lambda out: out + head.mlp(head.layernorm(out)))


class RoomClipReadout(Readout):
    """The class token attends in room-clip's last block; the final norm and the summary's projection follow."""

    def __init__(self, encoder: RoomTextEncoder) -> None:
        self.model: Any = encoder.model
        *first, self.last = self.model.vision.blocks
        self.blocks = tuple(first)
        self.prefix = encoder.tower.prefix
        self.device = encoder.device

    def tokens(self, tiles: Float[Tensor, "n 3 s s"]) -> Float[Tensor, "n t d"]:
        """Run all blocks but the last."""
        return _room_tokens(self.model.vision, tiles.to(self.device), self.blocks)

    def read(self, tokens: Float[Tensor, "n t d"]) -> SummaryRead:
        """Attend with the class token."""
        block, vision = self.last, self.model.vision
        side = math.isqrt(tokens.shape[1] - self.prefix)
        return read_class_token(
            (block.norm1, block.attn, block.norm2, block.mlp),
            tokens,
            lambda token: self.model.summary_head(vision.norm(token)),
            vision.rotary(side, side),
        )


class RoomSiglipReadout(Readout):
    """The query of room-siglip's head attends to the patches; registers and class token are not looked at."""

    prefix = 0

    def __init__(self, encoder: RoomTextEncoder) -> None:
        self.model: Any = encoder.model
        self.blocks = tuple(self.model.vision.blocks)
        self.tower_prefix = encoder.tower.prefix
        self.device = encoder.device

    def tokens(self, tiles: Float[Tensor, "n 3 s s"]) -> Float[Tensor, "n t d"]:
        """Run the whole tower and its final norm, and keep the patches."""
        vision = self.model.vision
        return vision.norm(_room_tokens(vision, tiles.to(self.device), self.blocks))[:, self.tower_prefix :]

    def read(self, tokens: Float[Tensor, "n t d"]) -> SummaryRead:
        """Attend with the head's query."""
        pool = self.model.pool
        keys, values = (
            x.unflatten(-1, (pool.heads, -1)).transpose(1, 2) for x in pool.keys_values(tokens).chunk(2, dim=-1)
        )

        def finish(read: Tensor) -> Tensor:
            token = pool.proj(read.flatten(1))
            return pool.out(token + pool.mlp(pool.norm(token)))

        query = pool.query.view(1, pool.heads, 1, -1).expand(len(tokens), -1, -1, -1)
        seen = attention_map(query, keys)[:, :, 0]
        return SummaryRead(attention=seen, values=values, heads=pool.heads, finish=finish, class_token=False)


def readout_of(encoder: Encoder) -> Readout:
    """Return the readout of an image-text encoder.

    Raises:
        UsageError: relevancy does not know how this encoder makes its summary.
    """
    if isinstance(encoder, RoomTextEncoder):
        if isinstance(encoder.model, RoomClip):
            return RoomClipReadout(encoder)
        if isinstance(encoder.model, RoomSiglip):
            return RoomSiglipReadout(encoder)
    if isinstance(encoder, HuggingFaceEncoder) and encoder.has_text:
        return ClipReadout(encoder) if encoder.model.config.model_type == "clip" else SiglipReadout(encoder)
    raise UsageError(
        f"{encoder.card.name}: gradient relevancy knows the summaries of CLIP, SigLIP, room-clip and room-siglip; "
        "take the extractor 'value-path', which any image-text encoder has"
    )


def tile_side(encoder: Encoder) -> int:
    """Return the side in pixels to which crops are resized: the size the encoder was trained at, or its name's `@`."""
    if isinstance(encoder, RoomTextEncoder):
        return encoder.short_side or ROOM_SIDE
    if isinstance(encoder, HuggingFaceEncoder):
        chosen = encoder.preprocessing.short_side
        vision = encoder.model.config.vision_config
        if chosen is not None:
            return chosen
        if hasattr(vision, "image_size"):
            return int(vision.image_size)
        return math.isqrt(vision.num_patches) * encoder.preprocessing.patch
    # 14 patches a side is the grid of a ViT-B/16 at 224 pixels (Dosovitskiy et al. 2021).
    return 14 * encoder.card.patch


def _normalised(encoder: HuggingFaceEncoder, tiles: Float[Tensor, "n 3 s s"]) -> Float[Tensor, "n 3 s s"]:
    """Return pixels as the model takes them; tiles are of the right size already."""
    return dataclasses.replace(encoder.preprocessing, short_side=None)(tiles.to(encoder.device))


def _room_tokens(vision: Any, tiles: Tensor, blocks: tuple[nn.Module, ...]) -> Float[Tensor, "n t d"]:
    """Embed tiles and run these blocks of a room ViT."""
    patches = vision.embed(tiles)
    prefix = torch.cat([vision.class_token, vision.register_tokens], dim=1).expand(len(tiles), -1, -1)
    tokens = torch.cat([prefix.to(patches.dtype), patches.flatten(1, 2)], dim=1)
    rotation = vision.rotary(*patches.shape[1:3])
    for block in blocks:
        tokens = block(tokens, rotation)
    return tokens
