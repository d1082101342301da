"""The three rules for tables of positions, each against its plain definition, and padding against resizing."""

import pytest
import torch
import transformers

from encoders.tiny_models import save_tiny_model
from vantage.encoders import load_encoder
from vantage.encoders.huggingface import load_huggingface
from vantage.encoders.positions import stretch
from vantage.encoders.preprocessing import HALF, Preprocessing
from vantage.errors import DataError, UsageError

A = -0.75
"""Torch's coefficient of the cubic kernel without antialiasing."""


def cubic(x: float) -> float:
    x = abs(x)
    if x < 1:
        return (A + 2) * x**3 - (A + 3) * x**2 + 1
    return A * x**3 - 5 * A * x**2 + 8 * A * x - 4 * A if x < 2 else 0.0


def plain_bicubic(table: torch.Tensor, rows: int, columns: int, zoom: tuple[float, float]) -> torch.Tensor:
    """Sample a (side, side, d) table with four taps a side, written out; `zoom` places the samples."""
    side = len(table)

    def weights(count: int, factor: float) -> torch.Tensor:
        matrix = torch.zeros(count, side, dtype=torch.float64)
        for i in range(count):
            centre = (i + 0.5) / factor - 0.5
            first = int(torch.tensor(centre).floor()) - 1
            for tap in range(first, first + 4):
                matrix[i, min(max(tap, 0), side - 1)] += cubic(centre - tap)
        return matrix

    result = torch.einsum("ia,abd,jb->ijd", weights(rows, zoom[0]), table.double(), weights(columns, zoom[1]))
    return result.flatten(0, 1).float()


def test_official_is_bicubic_by_the_offset_factor():
    table = torch.randn(49, 5, generator=torch.Generator().manual_seed(0))
    expected = plain_bicubic(table.view(7, 7, 5), 10, 4, (10.1 / 7, 4.1 / 7))
    torch.testing.assert_close(stretch(table, 10, 4, "official", offset=0.1), expected, atol=2e-5, rtol=1e-4)


def test_timm_is_antialiased_where_it_shrinks_and_keeps_means():
    """Oracle: Pillow's resampling, whose kernel torch's antialiased one is (coefficient -0.5)."""
    import numpy as np
    from PIL import Image

    table = torch.randn(81, 1, generator=torch.Generator().manual_seed(1))
    picture = Image.fromarray(table.view(9, 9).numpy())
    expected = torch.from_numpy(np.asarray(picture.resize((4, 12), Image.Resampling.BICUBIC)).copy())
    torch.testing.assert_close(stretch(table, 12, 4, "timm").view(12, 4), expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("rule", ["official", "timm"])
def test_the_trained_grid_is_left_alone(rule):
    table = torch.randn(16, 3)
    assert torch.equal(stretch(table, 4, 4, rule, offset=0.1), table)


@torch.no_grad()
def test_rules_differ_off_the_trained_size_and_agree_on_it(tmp_path):
    path = str(save_tiny_model(tmp_path, "dinov2"))
    encoders = {rule: load_huggingface(path, positions=rule) for rule in ("hf", "official", "timm")}
    native, other = torch.rand(1, 3, 16, 16), torch.rand(1, 3, 12, 24)
    assert torch.equal(encoders["hf"].encode(native).grid, encoders["official"].encode(native).grid)
    assert torch.equal(encoders["hf"].encode(native).grid, encoders["timm"].encode(native).grid)
    grids = [encoder.encode(other).grid for encoder in encoders.values()]
    for one, two in [(0, 1), (0, 2), (1, 2)]:
        change = float((grids[one] - grids[two]).norm() / grids[two].norm())
        assert 1e-4 < change < 0.5
    assert len({encoder.fingerprint for encoder in encoders.values()}) == 3


@torch.no_grad()
@pytest.mark.parametrize("family", ["clip", "siglip", "vit_mae", "dinov2", "dinov2_with_registers"])
def test_the_rule_reaches_the_model(tmp_path, family):
    """Oracle: the model on the trained grid, whose table was stretched beforehand."""
    path = str(save_tiny_model(tmp_path / "m", family))
    encoder = load_huggingface(path, positions="timm", dense="tokens")
    images = torch.rand(1, 3, 24, 24)
    larger = load_huggingface(path, dense="tokens")
    tower = larger.model.vision_model if larger.architecture.two_towers else larger.model
    tables = {name: value for name, value in tower.embeddings.named_parameters() if "position_embedding" in name}
    ((name, value),) = tables.items()
    flat = value.reshape(-1, value.shape[-1])
    first = len(flat) - 16
    cells = torch.nn.functional.interpolate(
        flat[first:].view(1, 4, 4, -1).permute(0, 3, 1, 2), size=(6, 6), mode="bicubic", antialias=True
    )
    new = torch.cat([flat[:first], cells[0].flatten(1).T])
    owner = tower.embeddings.get_submodule(name.rpartition(".")[0])
    setattr(owner, name.rpartition(".")[2], torch.nn.Parameter(new.view(*value.shape[:-2], *new.shape)))
    tower.embeddings.position_ids = torch.arange(len(new))[None]
    expected = larger.encode(images).grid
    found = encoder.encode(images).grid
    assert float((found - expected).norm() / expected.norm()) < 1e-5


def test_hf_of_registers_is_official_and_timm(tmp_path):
    path = str(save_tiny_model(tmp_path, "dinov2_with_registers"))
    grids = [load_huggingface(path, positions=rule).encode(torch.full((1, 3, 12, 24), 0.3)).grid
             for rule in ("hf", "official", "timm")]  # fmt: skip
    assert torch.allclose(grids[0], grids[1], atol=1e-6)
    assert torch.allclose(grids[0], grids[2], atol=1e-6)


@pytest.mark.parametrize(
    ("family", "rule"),
    [("clip", "official"), ("dinov3_vit", "timm"), ("siglip2", "timm"), ("dinov3_convnext", "official"),
     ("dinov2", "nearest")],
)  # fmt: skip
def test_a_rule_the_model_does_not_have_is_refused(tmp_path, family, rule):
    path = str(save_tiny_model(tmp_path, family))
    with pytest.raises(UsageError, match=f"rule '{rule}'"):
        load_huggingface(path, positions=rule)
    load_huggingface(path, positions="hf")


def test_names_choose_rule_and_padding(tmp_path):
    path = str(save_tiny_model(tmp_path, "dinov2"))
    image = torch.rand(1, 3, 18, 30)
    plain, padded = load_encoder(path), load_encoder(f"{path}+pad")
    assert plain.encode(image).padding == (0, 0)
    features = padded.encode(image)
    assert features.grid.shape[1:3] == (5, 8)
    assert features.stride == (4, 4)
    assert features.padding == (2, 2)
    # The pixels are the image's own, the border repeated.
    bottom_right = torch.nn.functional.pad(image, (0, 2, 0, 2), mode="replicate")
    torch.testing.assert_close(features.grid, plain.encode(bottom_right).grid)
    names = [path, f"{path}+pad", f"{path}~official", f"{path}@24+pad~timm"]
    assert len({load_encoder(name).fingerprint for name in names}) == 4
    assert load_encoder(path, positions="timm").fingerprint == load_encoder(f"{path}~timm").fingerprint
    with pytest.raises(UsageError, match="rule"):
        load_encoder("pixels~official")
    with pytest.raises(UsageError, match="pad"):
        load_encoder("room-clip+pad")


@pytest.mark.parametrize("fit", ["resize", "pad"])
@pytest.mark.parametrize("short", [None, 40])
def test_no_size_is_cut(fit, short):
    """The cells cover the whole image, whatever its size, and its corners stay in the corners."""
    preprocessing = Preprocessing(patch=14, mean=HALF, std=HALF, short_side=short, fit=fit)
    for width, height in [(14, 14), (15, 27), (29, 14), (57, 43), (100, 70)]:
        columns, rows = (side // 14 for side in preprocessing.target_size(width, height))
        stride = preprocessing.stride(width, height)
        assert columns * stride[0] >= width - 1e-6
        assert rows * stride[1] >= height - 1e-6
        assert columns * stride[0] < width + stride[0]
        image = torch.zeros(1, 3, height, width)
        image[..., -1] = 1.0
        result = preprocessing(image)[0, 0, 0] * 0.5 + 0.5
        assert result.shape[-1] == columns * 14
        last_pixel = min(len(result) - 1, int((width - 0.5) / stride[0] * 14))
        assert result[last_pixel] > 0.3
        assert result[: last_pixel // 2].max() < 0.05
    with pytest.raises(DataError, match="smaller than one patch"):
        preprocessing.target_size(13, 40)


def test_the_default_is_what_transformers_does(tmp_path):
    path = save_tiny_model(tmp_path, "dinov2")
    encoder = load_huggingface(str(path))
    image = torch.rand(1, 3, 12, 24)
    model = transformers.Dinov2Model.from_pretrained(path).eval()
    with torch.no_grad():
        expected = model(encoder.preprocessing(image)).last_hidden_state[:, 1:]
    torch.testing.assert_close(encoder.encode(image).grid.flatten(1, 2), expected, atol=1e-6, rtol=1e-6)
