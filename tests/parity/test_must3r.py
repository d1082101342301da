import json

import pytest
import torch

from parity.naver_golden import GOLDEN, Golden, check_released
from vantage.encoders.must3r import Memory, Must3r, Must3rSettings
from vantage.encoders.naver_models import must3r_settings
from vantage.encoders.naver_weights import NaverWeights, read_naver_weights
from vantage.errors import UsageError


@pytest.fixture(scope="module")
def golden() -> Golden:
    return Golden("must3r")


@pytest.fixture(scope="module")
def model(golden) -> Must3r:
    weights = read_naver_weights(golden.path)
    arguments = {part: {"num_heads": golden.config[part]["num_heads"]} for part in ("encoder", "decoder")}
    weights = NaverWeights(path=weights.path, tensors=weights.tensors, arguments=arguments)
    model = Must3r(must3r_settings(weights)).eval()
    model.load_state_dict(weights.tensors, strict=True)
    return model


@pytest.mark.parametrize("case", ["square", "landscape", "portrait", "mixed", "single_first"])
def test_every_tensor_is_that_of_the_official_code(golden, model, case):
    golden.errors.clear()
    with torch.no_grad():
        compare_case(golden, case, model)
    golden.check(golden.outputs(case))


def compare_case(golden: Golden, case: str, model: Must3r) -> None:
    out, mixed = f"{case}/out", case == "mixed"
    layers = range(-1, model.settings.depth)
    if mixed:
        views = [model.encode(golden.io[f"{case}/in/img{number}"]) for number in range(3)]
        for number, view in enumerate(views):
            golden.compare(f"{out}/enc{number}", view.tokens)
            golden.compare(f"{out}/pos{number}", view.places[None])
    else:
        images = golden.io[f"{case}/in/img"]
        together = model.encode(images, layers=layers)
        golden.compare(f"{out}/enc", together.tokens)
        golden.compare(f"{out}/pos", together.places[None].expand(len(images), -1, -1))
        golden.compare(f"{out}/patch_embed", together.layers[-1])
        for number in layers[1:]:
            golden.compare(f"{out}/enc.block{number}", together.layers[number])
        views = [model.encode(image[None]) for image in images]
    memory = None
    steps = json.loads((GOLDEN / "must3r.json").read_text())["steps"][case]
    for step, what in enumerate(steps):
        wanted = [views[number] for number in what["images"]]
        decoder_layers = range(1, model.settings.decoder_depth + 1)
        if what["render"]:
            results = model.render(wanted, memory, layers=decoder_layers)
        else:
            results, memory = model.update(wanted, memory, layers=decoder_layers)
            compare_memory(golden, f"{out}/step{step}", memory)
        tensors = {"pointmaps": [result.raw for result in results]}
        tensors |= {f"dec.{number}": [result.layers[number] for result in results] for number in decoder_layers}
        if what["render"]:
            tensors["pts3d"] = [result.points for result in results]
            tensors["pts3d_local"] = [result.points_in_camera for result in results]
            tensors["conf"] = [result.confidence for result in results]
        for name, values in tensors.items():
            if not mixed:
                golden.compare(f"{out}/step{step}.{name}", torch.stack(values, dim=1))
                continue
            for number, value in zip(what["images"], values, strict=True):
                named = name.replace("dec.", f"dec{number}.") if name.startswith("dec.") else f"{name}{number}"
                golden.compare(f"{out}/step{step}.{named}", value[:, None])


def compare_memory(golden: Golden, name: str, memory: Memory) -> None:
    for number, layer in enumerate(memory.layers):
        golden.compare(f"{name}.mem{number}", layer)
    golden.compare(f"{name}.mem_labels", memory.labels[None])
    # The official memory also counts images and tokens that it may not drop: all of them.
    golden.compare(f"{name}.mem_counts", torch.tensor([memory.images, memory.images, len(memory.labels)]))


def test_a_sequence_in_one_call_is_its_steps(golden, model):
    """The golden case `square` is two views, then one, then all from the memory."""
    images = golden.io["square/in/img"]
    with torch.no_grad():
        results = model([image[None] for image in images])
    points = torch.stack([result.points for result in results], dim=1)
    torch.testing.assert_close(points, golden.io["square/out/step2.pts3d"], atol=1e-5, rtol=1e-4)


def test_released_keys_shapes_and_counts():
    with torch.device("meta"):
        model = Must3r()
        # On the meta device a tensor that is left on the CPU is an error.
        results = model([torch.empty(1, 3, 384, 512), torch.empty(1, 3, 512, 160), torch.empty(1, 3, 384, 512)])
    assert [tuple(result.points.shape[1:3]) for result in results] == [(384, 512), (512, 160), (384, 512)]
    check_released("MUSt3R_512", model)


def test_no_view_and_wrong_layers_are_refused():
    model = Must3r(Must3rSettings(width=16, depth=1, heads=2, decoder_width=16, decoder_depth=2, decoder_heads=2))
    with pytest.raises(UsageError, match="at least one view"):
        model.update([])
    view = model.encode(torch.zeros(1, 3, 16, 16))
    with pytest.raises(UsageError, match="layers 1 to 2; asked for 3"):
        model.update([view], layers=[3])
    with pytest.raises(UsageError, match="layers -1 to 0; asked for 4"):
        model.encode(torch.zeros(1, 3, 16, 16), layers=[4])
