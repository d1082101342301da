"""Patches of image-text models in the space of their texts, without any training.

CLIP and SigLIP only ever compare one pooled vector with a text. Both pool by attention, so each patch has a vector of
its own on the way: what pooling would return if it attended to this patch alone.
"""

from typing import Any

from jaxtyping import Float
from torch import Tensor, nn

from vantage.encoders.dual_attention import DualAttention


def clip_patches_in_text_space(model: Any, last_input: Float[Tensor, "n t d"]) -> Float[Tensor, "n t k"]:
    """Return CLIP's value path: the last block's values of each token, through its output and CLIP's projection.

    MaskCLIP (Zhou et al. 2022, section 3.2) drops query and key of the last attention; as in F3RM and ClearCLIP (Lan
    et al. 2024, section 3.2) the block's residual and feed-forward part, which hold little of the text space, are left
    out.

    Args:
        model: transformers' `CLIPModel`.
        last_input: the tokens that enter the last block.
    """
    block = model.vision_model.encoder.layers[-1]
    values = _value_path(block.self_attn, block.layer_norm1(last_input))
    projected = model.visual_projection(model.vision_model.post_layernorm(values))
    return nn.functional.normalize(projected, dim=-1)


def siglip_patches_in_text_space(head: Any, tokens: Float[Tensor, "n t d"]) -> Float[Tensor, "n t d"]:
    """Return what SigLIP's pooling head would return if its probe attended to each token alone.

    The head is attention of one probe over the tokens and a feed-forward part; attention to a single token is that
    token's value, so an image whose tokens are all equal gets exactly its pooled vector in every patch.

    Args:
        head: `SiglipMultiheadAttentionPoolingHead` of transformers.
        tokens: the image tower's tokens after its final norm.
    """
    attention: nn.MultiheadAttention = head.attention
    width = tokens.shape[-1]
    weight, bias = attention.in_proj_weight[2 * width :], attention.in_proj_bias[2 * width :]
    pooled = attention.out_proj(nn.functional.linear(tokens, weight, bias))
    pooled = pooled + head.mlp(head.layernorm(pooled))
    return nn.functional.normalize(pooled, dim=-1)


def _value_path(attention: Any, tokens: Float[Tensor, "n t d"]) -> Float[Tensor, "n t d"]:
    """Return what attention would return if every token attended to itself alone."""
    if isinstance(attention, DualAttention):
        return attention.mix(_value_path(attention.base, tokens), _value_path(attention.plus, tokens))
    return attention.out_proj(attention.v_proj(tokens))
