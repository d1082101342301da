import pytest
import torch

from parity.naver_golden import Golden, check_released
from vantage.encoders.croco_heads import DptSettings
from vantage.encoders.dust3r import Dust3r, TwoViewSettings
from vantage.encoders.naver_models import two_view_settings
from vantage.encoders.naver_weights import NaverWeights, read_naver_weights


def golden_weights(golden: Golden) -> NaverWeights:
    """The golden weights with the arguments that say how many heads there are."""
    weights = read_naver_weights(golden.path)
    return NaverWeights(path=weights.path, tensors=weights.tensors, arguments={"model": heads(golden)})


def heads(golden: Golden) -> dict[str, int]:
    return {key: golden.config["model"][key] for key in ("enc_num_heads", "dec_num_heads")}


@pytest.mark.parametrize("name", ["dust3r_linear", "dust3r_dpt"])
def test_every_tensor_is_that_of_the_official_code(name):
    golden = Golden(name)
    weights = golden_weights(golden)
    model = Dust3r(two_view_settings(weights)).eval()
    model.load_state_dict(weights.tensors, strict=True)
    expected = set()
    for case in golden.cases:
        with torch.no_grad():
            compare_pair(golden, case, model)
        expected |= golden.outputs(case)
    golden.check(expected)


def compare_pair(golden: Golden, case: str, model) -> None:
    """Compare all that DUSt3R and MASt3R share."""
    images = [golden.io[f"{case}/in/img{side}"] for side in (1, 2)]
    settings = model.settings
    encodings = [model.encode(image, layers=range(-1, settings.depth)) for image in images]
    decoded = model.decode(*encodings, layers=range(1, settings.decoder_depth + 1))
    pair = model.reconstruct(*encodings)
    out = f"{case}/out"
    for side, encoding, tokens, view in zip(
        (1, 2), encodings, (decoded.first, decoded.second), (pair.first, pair.second), strict=True
    ):
        golden.compare(f"{out}/enc{side}", encoding.tokens)
        golden.compare(f"{out}/pos{side}", encoding.places[None].expand(len(encoding.grid), -1, -1))
        for number, layer in tokens.items():
            golden.compare(f"{out}/dec{side}.{number}", layer)
        raw = view.raw
        if golden.io[f"{out}/raw{side}"].dim() == 3:
            raw = torch.nn.functional.pixel_unshuffle(raw, settings.patch).flatten(2).mT
        golden.compare(f"{out}/raw{side}", raw)
        golden.compare(f"{out}/conf{side}", view.confidence)
    golden.compare(f"{out}/patch_embed1", encodings[0].layers[-1])
    for number in range(settings.depth):
        golden.compare(f"{out}/enc1.block{number}", encodings[0].layers[number])
    golden.compare(f"{out}/pts3d1", pair.first.points)
    golden.compare(f"{out}/pts3d2_in_view1", pair.second.points)


@pytest.mark.parametrize(
    ("name", "dpt"),
    [
        ("DUSt3R_ViTLarge_BaseDecoder_512_dpt", DptSettings()),
        ("DUSt3R_ViTLarge_BaseDecoder_512_linear", None),
        ("DUSt3R_ViTLarge_BaseDecoder_224_linear", None),
    ],
)
def test_released_keys_shapes_and_counts(name, dpt):
    with torch.device("meta"):
        model = Dust3r(TwoViewSettings(dpt=dpt))
        # On the meta device a tensor that is left on the CPU is an error.
        pair = model(torch.empty(1, 3, 384, 512), torch.empty(1, 3, 512, 160))
    assert pair.first.points.shape == (1, 384, 512, 3)
    assert pair.second.points.shape == (1, 512, 160, 3)
    check_released(name, model)
