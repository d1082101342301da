"""The transformer: rotary positions, attention against its formula, shapes, and what moving an image does."""

import math

import pytest
import torch

from vantage.encoders.vit import Attention, Rotary, Vit, VitSettings, attend, rotate
from vantage.errors import DataError

TINY = VitSettings(width=32, depth=2, heads=2, patch=4, registers=2)


@pytest.fixture
def vit() -> Vit:
    torch.manual_seed(0)
    model = Vit(TINY).eval()
    for parameter in model.parameters():
        # At ViT's own small initial weights attention hardly matters.
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    return model


@pytest.mark.parametrize(("height", "width"), [(4, 4), (8, 20), (28, 12)])
def test_any_grid_size_works(vit, height, width):
    tokens = vit(torch.rand(2, 3, height, width))
    assert tokens.grid.shape == (2, height // 4, width // 4, 32)
    assert tokens.summary.shape == (2, 32)
    assert tokens.registers.shape == (2, 2, 32)


@pytest.mark.parametrize(("height", "width"), [(5, 8), (8, 7)])
def test_sides_that_are_no_multiple_are_refused(vit, height, width):
    with pytest.raises(DataError, match="multiples of the patch size 4"):
        vit(torch.rand(1, 3, height, width))


def test_rotation_keeps_lengths_and_makes_products_depend_on_offsets_only():
    torch.manual_seed(0)
    cosine, sine = Rotary(16, 100.0)(5, 6)
    query, key = torch.randn(16), torch.randn(16)
    turned_q = rotate(query.expand(1, 1, 30, 16), cosine, sine)[0, 0]
    turned_k = rotate(key.expand(1, 1, 30, 16), cosine, sine)[0, 0]
    torch.testing.assert_close(turned_q.norm(dim=-1), query.norm().expand(30))
    products = (turned_q @ turned_k.mT).view(5, 6, 5, 6)
    torch.testing.assert_close(products[0, 0, 2, 3], products[2, 1, 4, 4])
    torch.testing.assert_close(products[3, 4, 1, 0], products[4, 5, 2, 1])
    # The two axes are told apart.
    assert not math.isclose(float(products[0, 0, 0, 2]), float(products[0, 0, 2, 0]), rel_tol=1e-3)


def test_attention_in_bfloat16_is_the_fused_one_in_float32_up_to_rounding():
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 2, 3, 40, 16)
    keep = torch.rand(2, 1, 1, 40) < 0.7
    for mask in (None, keep):
        exact = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        found = attend(query.bfloat16(), key.bfloat16(), value.bfloat16(), mask)
        assert found.dtype == torch.bfloat16
        # bfloat16 keeps 8 bits: 0.4% of values up to three, through two products.
        torch.testing.assert_close(found.float(), exact, atol=0.03, rtol=0.03)


def test_attention_is_the_formula():
    torch.manual_seed(0)
    attention = Attention(8, 2)
    x = torch.randn(1, 5, 8)
    query, key, value = attention.qkv(x).view(1, 5, 3, 2, 4).permute(2, 0, 3, 1, 4)
    weights = torch.softmax(query @ key.mT / 2.0, dim=-1)
    expected = attention.proj((weights @ value).transpose(1, 2).reshape(1, 5, 8))
    torch.testing.assert_close(attention(x), expected)
    keep = torch.tensor([True, True, True, False, False])[None, None, None]
    alone = attention(x[:, :3])
    torch.testing.assert_close(attention(x, None, keep)[:, :3], alone)


def test_positions_matter(vit):
    """Swapping two patches moves their tokens, and changes them, because their surroundings have moved."""
    torch.manual_seed(1)
    image = torch.rand(1, 3, 8, 8)
    swapped = image.flip(-1).unflatten(-1, (2, 4)).flip(-1).flatten(-2)
    grid, other = vit(image).grid, vit(swapped).grid
    assert not torch.allclose(grid, other.flip(2), atol=1e-4)


def test_heads_must_divide_into_fours():
    with pytest.raises(DataError, match="multiple of 4"):
        VitSettings(width=30, heads=3)
