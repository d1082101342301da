"""VGGT against the official code's numbers, and against the keys and shapes of the released model.

The golden tensors (tiny random weights, inputs and outputs of the official code) lie beside the checkout, in
`../shared/golden`; where they are not, the tests that need them are skipped by name.
"""

import dataclasses
import json
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from vantage.encoders import Encoder, load_encoder
from vantage.encoders.vggt import (
    VGGT_CARD,
    Vggt,
    VggtEncoder,
    VggtSettings,
    decode_poses,
    encode_poses,
    is_vggt,
    load_vggt,
    load_vggt_encoder,
    unproject,
)
from vantage.encoders.vggt.dense_head import DenseHead
from vantage.encoders.vggt.loading import LEFT_OUT, without_heads
from vantage.errors import DataError, MissingError, UsageError
from vantage.storage import save_tensors

GOLDEN = Path(__file__).parents[3] / "shared" / "golden"
TOLERANCE = 1e-5
CASES = ("square", "landscape", "portrait", "batch", "single")
TINY = VggtSettings(
    image_size=56,
    width=32,
    depth=2,
    heads=2,
    embed_depth=1,
    embed_heads=2,
    camera_depth=1,
    camera_heads=2,
    dense_width=8,
    dense_channels=(4, 8, 8, 8),
    dense_layers=(0, 0, 1, 1),
)

needs_golden = pytest.mark.skipif(
    not (GOLDEN / "vggt.io.safetensors").is_file(), reason="no ../shared/golden/vggt.*: the official code's numbers"
)
needs_keys = pytest.mark.skipif(
    not (GOLDEN / "released_keys.json").is_file(), reason="no ../shared/golden/released_keys.json"
)


def assert_close(mine, golden, name):
    assert mine.shape == golden.shape, f"{name}: {tuple(mine.shape)} instead of {tuple(golden.shape)}"
    error = float((mine - golden).norm() / golden.norm())
    assert error <= TOLERANCE, f"{name}: relative L2 error {error:.1e}"


@pytest.fixture(scope="module")
def golden():
    """The official inputs and outputs, and the model with the official weights."""
    shape = json.loads((GOLDEN / "vggt.json").read_text())["config"]
    settings = VggtSettings(
        image_size=shape["vggt"]["img_size"],
        patch=shape["vggt"]["patch_size"],
        width=shape["vggt"]["embed_dim"],
        depth=shape["aggregator"]["depth"],
        heads=shape["aggregator"]["num_heads"],
        registers=shape["aggregator"]["num_register_tokens"],
        embed_depth=shape["patch_embed"]["depth"],
        embed_heads=shape["patch_embed"]["num_heads"],
        camera_depth=shape["camera_head"]["trunk_depth"],
        camera_heads=shape["camera_head"]["num_heads"],
        dense_width=shape["dpt_head"]["features"],
        dense_channels=tuple(shape["dpt_head"]["out_channels"]),
        dense_layers=tuple(shape["dpt_head"]["intermediate_layer_idx"]),
    )
    model = load_vggt(GOLDEN / "vggt.weights.safetensors", settings)
    return model, load_file(GOLDEN / "vggt.io.safetensors")


@needs_golden
@pytest.mark.parametrize("case", CASES)
def test_every_tensor_equals_the_official_codes(golden, case):
    """In the order of the computation, so that the first failure names the place."""
    model, tensors = golden
    wanted = {name.split("/out/")[1]: value for name, value in tensors.items() if name.startswith(f"{case}/out/")}
    images = tensors[f"{case}/in/images"]
    seen = {}
    hooks = [
        block.register_forward_hook(lambda _, __, output, i=i: seen.update({f"embed_block{i}": output}))
        for i, block in enumerate(model.aggregator.patch_embed.blocks)
    ]
    for name, part in (("raw_depth", model.depth_head), ("raw_points", model.point_head)):
        hooks.append(part.register_forward_hook(lambda _, __, output, name=name: seen.update({name: output})))
    embedding = model.aggregator.patch_embed
    hooks.append(
        embedding.register_forward_hook(
            lambda _, __, output: seen.update({"patch_cls": output[0], "patch_tokens": output[1]})
        )
    )
    with torch.no_grad():
        found = model(images, layers=range(len(model.aggregator.frame_blocks)))
    for hook in hooks:
        hook.remove()
    seen |= {f"agg.{layer}": tokens for layer, tokens in found.layers.items()}
    seen |= {f"pose_enc.{i}": pose for i, pose in enumerate(found.pose_rounds)}
    seen |= {"depth": found.depth[..., None], "depth_conf": found.depth_confidence}
    seen |= {"world_points": found.points, "world_points_conf": found.points_confidence}
    seen |= {"extrinsic": found.cameras.camera_from_world[..., :3, :], "intrinsic": found.cameras.intrinsics}
    assert model.aggregator.prefix == int(wanted.pop("patch_start_idx"))
    assert set(seen) == set(wanted)
    for name, tensor in seen.items():
        assert_close(tensor, wanted[name], f"{case}/{name}")


@needs_golden
def test_pose_encodings_decode_and_encode_as_the_official_code_does(golden):
    _, tensors = golden
    height, width = tensors["pose_codec/in/image_hw"].tolist()
    cameras = decode_poses(tensors["pose_codec/in/pose_enc"], width, height)
    assert_close(cameras.camera_from_world[..., :3, :], tensors["pose_codec/out/extrinsic"], "extrinsic")
    assert_close(cameras.intrinsics, tensors["pose_codec/out/intrinsic"], "intrinsic")
    assert_close(encode_poses(cameras), tensors["pose_codec/out/pose_enc_back"], "pose_enc_back")


@needs_golden
def test_depth_is_lifted_to_the_official_codes_points(golden):
    _, tensors = golden
    depth = tensors["unproject/in/depth"][None, ..., 0]
    cameras = decode_poses(tensors["unproject/in/pose_enc"], depth.shape[-1], depth.shape[-2])
    assert_close(cameras.camera_from_world[..., :3, :], tensors["unproject/out/extrinsic"], "extrinsic")
    assert_close(cameras.intrinsics, tensors["unproject/out/intrinsic"], "intrinsic")
    points = unproject(depth, cameras, pixel_centre=0.0)
    assert_close(points[0], tensors["unproject/out/world_points"], "world_points")


@needs_keys
def test_keys_shapes_and_parameters_are_the_released_models():
    """All but the track head, which is left out on purpose and skipped by name."""
    released = json.loads((GOLDEN / "released_keys.json").read_text())["VGGT-1B"]
    with torch.device("meta"):
        model = Vggt()
    mine = {name: list(tensor.shape) for name, tensor in model.state_dict().items()}
    assert mine == {name: shape for name, shape in released["tensors"].items() if not name.startswith(LEFT_OUT)}
    parts = released["parameters_by_part"]
    assert sum(parameter.numel() for parameter in model.parameters()) == released["parameters"] - parts["track_head"]
    assert released["parameters"] == VGGT_CARD.parameters


def test_released_size_runs_on_another_device():
    """On the meta device, where a tensor made on the CPU by mistake is an error."""
    with torch.device("meta"):
        model, images = Vggt(), torch.empty(1, 2, 3, 392, 518)
    found = model(images, layers=[4, -1])
    assert {layer: tuple(tokens.shape) for layer, tokens in found.layers.items()} == {
        4: (1, 2, 1041, 2048),
        23: (1, 2, 1041, 2048),
    }
    assert found.depth.shape == found.points_confidence.shape == (1, 2, 392, 518)
    assert found.cameras.camera_from_world.device.type == "meta"
    lifted = unproject(found.depth, found.cameras)
    assert lifted.shape == found.points.shape
    assert encode_poses(found.cameras).shape == (1, 2, 9)


@pytest.fixture
def tiny():
    with torch.random.fork_rng():
        torch.manual_seed(5)
        model = Vggt(TINY).eval()
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.2)
    return model.requires_grad_(False)


@pytest.fixture
def weights(tiny, tmp_path):
    save_tensors(tmp_path / "model.safetensors", tiny.state_dict())
    return tmp_path / "model.safetensors"


def scene(views, height, width):
    return torch.rand(1, views, 3, height, width, generator=torch.Generator().manual_seed(3))


def test_only_the_wanted_layers_are_kept_and_later_blocks_not_run(tiny):
    images = scene(2, 28, 42)
    ran = []
    for i, block in enumerate(tiny.aggregator.global_blocks):
        block.register_forward_hook(lambda _, __, ___, i=i: ran.append(i))
    kept = tiny.aggregator(images, [-2])
    assert (list(kept), ran) == ([0], [0])
    torch.testing.assert_close(kept[0], tiny.aggregator(images)[0])
    assert set(tiny(images).layers) == set()
    with pytest.raises(UsageError, match="from -2 to 1"):
        tiny.aggregator(images, [2])
    with pytest.raises(UsageError, match="nothing to compute"):
        Vggt(without_heads(TINY))(images)


def test_images_must_be_whole_patches(tiny):
    with pytest.raises(DataError, match="multiples of the patch size 14"):
        tiny(scene(1, 28, 30))
    with pytest.raises(DataError, match="at least one"):
        tiny(scene(0, 28, 28))


def test_views_see_each_other_and_scenes_do_not(tiny):
    images = torch.rand(2, 3, 3, 28, 28, generator=torch.Generator().manual_seed(4))
    plain = tiny(images, layers=[-1]).layers[1]
    changed = images.clone()
    changed[0, 2] = 1 - changed[0, 2]
    after = tiny(changed, layers=[-1]).layers[1]
    assert float((after[0, :2] - plain[0, :2]).abs().max()) > 1e-3
    torch.testing.assert_close(after[1], plain[1])


def test_only_the_order_of_the_first_view_matters(tiny):
    """All but the first view share one camera token and have no place in the order."""
    images = scene(3, 28, 28)
    plain, swapped = tiny(images), tiny(images[:, [0, 2, 1]])
    torch.testing.assert_close(swapped.depth, plain.depth[:, [0, 2, 1]], rtol=1e-3, atol=1e-3)
    assert float((tiny(images[:, [1, 0, 2]]).depth - plain.depth[:, [1, 0, 2]]).abs().max()) > 1e-3


def test_dense_heads_work_in_parts_with_the_same_result(tiny, monkeypatch):
    images = scene(3, 28, 28)
    whole = tiny(images)
    sizes = []
    monkeypatch.setattr("vantage.encoders.vggt.model.FRAMES_AT_ONCE", 2)
    tiny.depth_head.register_forward_hook(lambda _, __, output: sizes.append(len(output)))
    parts = tiny(images)
    assert sizes == [2, 1]
    # Convolutions of another batch size sum in another order: equal to the bar of the parity tests, 1e-5.
    assert_close(parts.depth, whole.depth, "depth")
    assert_close(parts.points, whole.points, "points")


def test_heads_that_are_not_wanted_are_neither_built_nor_loaded(tiny, weights):
    settings = dataclasses.replace(TINY, with_heads=("depth",))
    model = load_vggt(weights, settings)
    assert [type(part) for part in model.children() if isinstance(part, DenseHead)] == [DenseHead]
    found = model(scene(1, 28, 28))
    assert found.cameras is None
    assert found.points is None
    torch.testing.assert_close(found.depth, tiny(scene(1, 28, 28)).depth)


def test_track_head_in_the_file_is_skipped_by_name_and_nothing_else_is(tiny, tmp_path):
    save_tensors(tmp_path / "a.safetensors", tiny.state_dict() | {"track_head.tracker.fmap_norm.bias": torch.ones(3)})
    load_vggt(tmp_path / "a.safetensors", TINY)
    save_tensors(tmp_path / "b.safetensors", tiny.state_dict() | {"other_head.bias": torch.ones(3)})
    with pytest.raises(DataError, match="other_head"):
        load_vggt(tmp_path / "b.safetensors", TINY)


def test_weights_load_from_folder_file_and_plain_pickle(tiny, weights):
    torch.save(tiny.state_dict(), weights.parent / "model.pt")
    torch.save({"model": tiny.state_dict(), "epoch": 3}, weights.parent / "training.pt")
    for path in (weights, weights.parent, weights.parent / "model.pt", weights.parent / "training.pt"):
        assert is_vggt(path)
        loaded = load_vggt(path, TINY)
        assert not loaded.training
        assert all(torch.equal(loaded.state_dict()[name], tensor) for name, tensor in tiny.state_dict().items())


def test_half_precision_files_become_float32(tiny, tmp_path):
    save_tensors(tmp_path / "model.safetensors", {n: t.to(torch.bfloat16) for n, t in tiny.state_dict().items()})
    assert {t.dtype for t in load_vggt(tmp_path, TINY).state_dict().values()} == {torch.float32}


class Intruder:
    def __reduce__(self):
        return (Path.write_text, (Path("intruder"), "was here"))


def test_pickles_that_would_run_code_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"aggregator.camera_token": Intruder()}, tmp_path / "model.pt")
    with pytest.raises(DataError, match="not a checkpoint of plain tensors"):
        load_vggt(tmp_path, TINY)
    (tmp_path / "model.pt").write_bytes(pickle.dumps(Intruder()))
    with pytest.raises(DataError, match="not a checkpoint of plain tensors"):
        load_vggt(tmp_path, TINY)
    assert not (tmp_path / "intruder").exists()


@pytest.mark.parametrize("content", [[1, 2], {"model": {"aggregator.camera_token": 3}}, torch.ones(2)])
def test_checkpoints_of_other_things_are_refused(tmp_path, content):
    torch.save(content, tmp_path / "model.pt")
    with pytest.raises(DataError, match="expected names and tensors"):
        load_vggt(tmp_path, TINY)


@pytest.mark.parametrize("name", ["model.safetensors", "model.pt"])
def test_damaged_files_are_refused(tiny, weights, name):
    file = weights.parent / name
    torch.save(tiny.state_dict(), weights.parent / "model.pt")
    whole = file.read_bytes()
    for damaged in (b"", b"not weights", whole[: len(whole) // 2], whole[:100]):
        file.write_bytes(damaged)
        with pytest.raises(DataError, match=name):
            load_vggt(file, TINY)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(tiny, weights, value):
    state = {name: tensor.clone() for name, tensor in tiny.state_dict().items()}
    state["depth_head.norm.bias"][1] = value
    save_tensors(weights, state)
    with pytest.raises(DataError, match=r"depth_head\.norm\.bias.*NaN or infinite"):
        load_vggt(weights, TINY)


def test_weights_of_another_shape_are_refused(tiny, weights):
    with pytest.raises(DataError, match="not weights of this VGGT"):
        load_vggt(weights)
    state = tiny.state_dict()
    del state["aggregator.camera_token"]
    save_tensors(weights, state)
    with pytest.raises(DataError, match=r"aggregator\.camera_token"):
        load_vggt(weights, TINY)


def test_missing_weights_say_what_to_get_and_where_to_put_it(tmp_path, monkeypatch):
    for path in (tmp_path / "nothing", tmp_path / "nothing" / "model.safetensors"):
        with pytest.raises(MissingError, match="hf download facebook/VGGT-1B") as caught:
            load_vggt(path)
        assert str(caught.value).endswith(f"--local-dir {tmp_path / 'nothing'}")
        assert "\n" not in str(caught.value)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("vantage.encoders.hub.cached_folder", lambda hub_id: None)
    for name in ("vggt-1b", "hf:facebook/VGGT-1B"):
        with pytest.raises(MissingError, match="hf download facebook/VGGT-1B --local-dir DIR"):
            load_encoder(name)
    with pytest.raises(MissingError, match="no VGGT weights"):
        load_encoder(str(tmp_path / "model.pt"))


def test_load_encoder_takes_a_path(weights, monkeypatch):
    monkeypatch.setattr("vantage.encoders.vggt.encoder.without_heads", lambda _=None: without_heads(TINY))
    for path in (str(weights), str(weights.parent)):
        encoder = load_encoder(f"{path}@28")
        assert isinstance(encoder, Encoder)
        assert (encoder.card.family, encoder.card.dim, encoder.card.patch) == ("geometry-grounded", 64, 14)
        assert encoder.encode(torch.rand(1, 3, 40, 60)).grid.shape == (1, 2, 3, 64)
    monkeypatch.undo()
    with pytest.raises(DataError, match="not weights of this VGGT"):
        load_encoder(str(weights))


def test_summary_is_the_camera_token_and_grid_the_patches_of_the_layer(tiny):
    images = scene(1, 56, 28)[0]
    for layer in (0, 1, -1):
        features = VggtEncoder(tiny, layer=layer).encode(images)
        tokens = tiny.aggregator(images[None])[layer % 2][0]
        torch.testing.assert_close(features.summary, tokens[:, 0])
        torch.testing.assert_close(features.grid, tokens[:, 5:].view(1, 4, 2, 64))
        assert features.stride == (14.0, 14.0)


def test_images_of_a_batch_are_scenes_of_their_own_unless_asked_together(tiny):
    encoder = VggtEncoder(tiny)
    images = scene(2, 56, 56)
    alone = encoder.encode(images[0])
    torch.testing.assert_close(alone.grid[1:], encoder.encode(images[0, 1:]).grid)
    together = encoder.encode_scenes(images)
    assert together.grid.shape == alone.grid.shape
    assert float((together.grid - alone.grid).abs().max()) > 1e-3


def test_every_column_of_the_image_reaches_its_own_cell(tiny):
    """Nothing is cropped: what changes in a column is seen by the model at that column's place."""
    encoder = VggtEncoder(tiny, short_side=28)
    width, height = 50, 30
    base = torch.full((1, 3, height, width), 0.5)
    resize = encoder.preprocessing(width, height)
    target = resize.target_size(width, height)[0]
    assert resize.target_size(width, height) == (42, 28)
    plain = resize(base)
    before = encoder.encode(base)
    assert before.stride == (50 / 3, 15.0)
    assert before.image_size == (50, 30)
    embedding = tiny.aggregator.patch_embed.patch_embed
    for column in range(width):
        marked = base.clone()
        marked[..., column] = 1.0
        change = (resize(marked) - plain).abs().sum(dim=(0, 1, 2))
        centre = float((change * (torch.arange(target) + 0.5)).sum() / change.sum())
        assert abs(centre - (column + 0.5) * target / width) < 1.0
        cells = (embedding(resize(marked)) - embedding(plain)).abs().sum(dim=(0, 1, 2))
        near = (column + 0.5) / before.stride[0]
        # A column at a cell's edge is blurred into both.
        assert abs(float(cells.argmax()) + 0.5 - near) < 0.6
        assert float((encoder.encode(marked).grid - before.grid).abs().max()) > 1e-4


def test_the_longer_side_becomes_the_models_own_unless_told(tiny):
    encoder = VggtEncoder(tiny)
    features = encoder.encode(torch.rand(1, 3, 120, 160))
    assert features.grid.shape[1:3] == (3, 4)
    assert features.stride == (40.0, 40.0)
    assert VggtEncoder(tiny, short_side=56).encode(torch.rand(1, 3, 120, 160)).grid.shape[1:3] == (4, 5)
    with pytest.raises(DataError, match="smaller than one patch"):
        encoder.encode(torch.rand(1, 3, 13, 60))


def test_predictions_are_of_the_resized_images_and_cameras_fit_them(tiny):
    found = VggtEncoder(tiny).predict(scene(2, 120, 160))
    assert found.depth.shape == (1, 2, 42, 56)
    assert found.points.shape == (1, 2, 42, 56, 3)
    assert found.cameras.image_size == (56, 42)
    motion = found.cameras.camera_from_world @ found.cameras.world_from_camera
    torch.testing.assert_close(motion, torch.eye(4).expand(1, 2, 4, 4), rtol=0, atol=1e-5)
    assert bool((found.depth > 0).all())
    assert bool((found.depth_confidence > 1).all())


def test_fingerprints_tell_weights_layer_and_size_apart(tiny, weights):
    other = load_vggt(weights, TINY)
    assert VggtEncoder(other).fingerprint == VggtEncoder(tiny).fingerprint
    headless = load_vggt_encoder(weights, settings=without_heads(TINY))
    assert headless.fingerprint == VggtEncoder(tiny).fingerprint
    prints = {VggtEncoder(tiny, **kind).fingerprint for kind in ({}, {"layer": 0}, {"short_side": 28})}
    other.aggregator.camera_token += 1
    prints.add(VggtEncoder(other).fingerprint)
    assert len(prints) == 4
