import torch

from parity.naver_golden import Golden, check_released
from parity.test_dust3r import compare_pair, golden_weights
from vantage.encoders.mast3r import Mast3r
from vantage.encoders.naver_models import two_view_settings


def test_every_tensor_is_that_of_the_official_code():
    golden = Golden("mast3r")
    weights = golden_weights(golden)
    model = Mast3r(two_view_settings(weights)).eval()
    model.load_state_dict(weights.tensors, strict=True)
    expected = set()
    for case in golden.cases:
        with torch.no_grad():
            compare_pair(golden, case, model)
            compare_descriptors(golden, case, model)
        expected |= golden.outputs(case)
    golden.check(expected)


def compare_descriptors(golden: Golden, case: str, model: Mast3r) -> None:
    pair = model(golden.io[f"{case}/in/img1"], golden.io[f"{case}/in/img2"])
    for side, view in ((1, pair.first), (2, pair.second)):
        raw = torch.nn.functional.pixel_unshuffle(view.raw_descriptors, model.settings.patch).flatten(2).mT
        golden.compare(f"{case}/out/raw_local_features{side}", raw)
        golden.compare(f"{case}/out/desc{side}", view.descriptors)
        golden.compare(f"{case}/out/desc_conf{side}", view.descriptor_confidence)


def test_released_keys_shapes_and_counts():
    with torch.device("meta"):
        model = Mast3r()
        # On the meta device a tensor that is left on the CPU is an error.
        pair = model(torch.empty(1, 3, 384, 512), torch.empty(1, 3, 512, 160))
    assert pair.second.descriptors.shape == (1, 512, 160, 24)
    check_released("MASt3R_ViTLarge_BaseDecoder_512_catmlpdpt_metric", model)
