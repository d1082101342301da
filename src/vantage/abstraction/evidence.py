"""What a crop says about texts: three ways, all from (crops, texts) to one map a text and crop."""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.abstraction.gradient_attention import tile_relevancy
from vantage.abstraction.plain_attention import attentions_of, replaced_attention
from vantage.abstraction.readouts import readout_of
from vantage.abstraction.settings import RelevancySettings
from vantage.encoders import Encoder, as_tower_encoder
from vantage.encoders.attention_calls import AttentionCall
from vantage.encoders.attention_maps import attention_map
from vantage.encoders.huggingface_encoder import HuggingFaceEncoder
from vantage.errors import UsageError

ReadTiles = Callable[[Float[Tensor, "n 3 s s"], Float[Tensor, "k d"]], Float[Tensor, "k n gh gw"]]
"""From crops (RGB in [0, 1]) and texts' vectors to a map for each text and crop."""


def reader_of(encoder: Encoder, settings: RelevancySettings) -> ReadTiles:
    """Return how crops are read.

    Raises:
        UsageError: the encoder is of a kind that cannot be read in this way.
    """
    if settings.evidence == "gradient":
        readout = readout_of(encoder)
        return lambda tiles, texts: tile_relevancy(readout, tiles, texts, layers=settings.layers)
    if settings.evidence == "value-path":
        return lambda tiles, texts: _similarity(encoder.encode(tiles).grid, texts)
    if settings.evidence == "self-correlation":
        blocks = as_tower_encoder(encoder).tower.layers[-1]
        attentions = [module for block in blocks for module in attentions_of(block)]

        def read(tiles: Tensor, texts: Tensor) -> Tensor:
            with torch.no_grad(), replaced_attention(attentions, self_correlation):
                return _similarity(_last_patches(encoder, tiles), texts)

        return read
    raise UsageError(f"evidence {settings.evidence!r}; expected gradient, value-path or self-correlation")


def self_correlation(_: nn.Module, call: AttentionCall) -> Float[Tensor, "n h t c"]:
    """Return the values averaged over the tokens that are like a token, instead of those that it looks at.

    Queries are compared with queries and keys with keys, and the two maps are averaged (SCLIP, Wang et al. 2024,
    section 3.2, adds them; the mean leaves what enters the next layer at its own size).
    """
    like_query = attention_map(call.query, call.query, call.mask, scale=call.scale)
    like_key = attention_map(call.key, call.key, call.mask, scale=call.scale)
    return ((like_query + like_key) / 2).to(call.value.dtype) @ call.value


def _similarity(grid: Float[Tensor, "n gh gw d"], texts: Float[Tensor, "k d"]) -> Float[Tensor, "k n gh gw"]:
    """Return cosines, times the texts' length."""
    return torch.einsum("nhwd,kd->knhw", nn.functional.normalize(grid.float(), dim=-1), texts.to(grid).float())


def _last_patches(encoder: Encoder, tiles: Tensor) -> Float[Tensor, "n gh gw d"]:
    """Return the patches behind the last block, in the space of texts."""
    if not isinstance(encoder, HuggingFaceEncoder) or encoder.model.config.model_type != "clip":
        return encoder.encode(tiles).grid
    # CLIP's own grid leaves the last attention out (`dense_text`), so its patches are taken from behind the block.
    model: Any = encoder.model
    pixels = encoder.preprocessing(tiles.to(encoder.device))
    tokens = encoder.vision(pixel_values=pixels, interpolate_pos_encoding=True).last_hidden_state
    projected = model.visual_projection(encoder.vision.post_layernorm(tokens[:, encoder.prefix_tokens :]))
    rows, columns = (side // encoder.preprocessing.patch for side in pixels.shape[-2:])
    return projected.unflatten(1, (rows, columns))
