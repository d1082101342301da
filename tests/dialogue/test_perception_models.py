"""Models of perception: tiny random ones from disk against their makers' arithmetic, and perceptions made of them."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from dialogue.boxes import Block, perceive, pose
from dialogue.tiny_perception import save_tiny_captioner, save_tiny_depth_pro
from encoders.tiny_encoders import VGGT_SETTINGS
from localization.tiny_grounding import save_tiny_segmenter
from vantage.captures import Capture, View, ViewSource
from vantage.dialogue import Perception, converse, lift
from vantage.dialogue.models import (
    BlipCaptioner,
    Captioner,
    DepthModel,
    DepthPro,
    MaskModel,
    ModelNames,
    Models,
    Reconstruction,
    Reconstructor,
    Sam2Masks,
    VggtReconstructor,
    load_models,
    metric_scale,
    perceive_with,
)
from vantage.dialogue.models.captions import Phrase, head_phrase
from vantage.dialogue.models.sam2 import Sam2Settings, grid_points
from vantage.dialogue.table import known
from vantage.encoders.vggt.model import Vggt
from vantage.errors import DataError, MissingError, UsageError
from vantage.geometry import Camera
from vantage.storage import save_tensors

CAMERA = Camera.from_fov(fov_x=np.radians(70), width=160, height=120)
NAMES = {1: "a red crate", 2: "a chest on the floor", 98: "the floor"}


def picture(width: int = 80, height: int = 60, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width, 3), dtype=np.float32)


@pytest.fixture(scope="module")
def depth_pro(tmp_path_factory: pytest.TempPathFactory) -> DepthPro:
    return DepthPro.load(str(save_tiny_depth_pro(tmp_path_factory.mktemp("models") / "depth")))


def test_depth_pro_as_its_makers_do(depth_pro: DepthPro) -> None:
    image, camera = picture(), Camera.from_fov(fov_x=np.radians(60), width=80, height=60)
    found = depth_pro.depth(image, camera)
    # The processor's own steps: normalise, resize, model, inverse depth times width over focal length, resize, invert.
    pixels = torch.from_numpy(image).permute(2, 0, 1)[None]
    resized = torch.nn.functional.interpolate((pixels - 0.5) / 0.5, (64, 64), mode="bilinear")
    with torch.no_grad():
        inverse = depth_pro.model(pixel_values=resized).predicted_depth
    focal = 0.5 * 80 / np.tan(0.5 * np.radians(60))
    large = torch.nn.functional.interpolate((inverse * 80 / focal)[:, None], (60, 80), mode="bilinear")
    np.testing.assert_allclose(found, 1 / large.clamp(1e-4, 1e4)[0, 0], rtol=1e-4)
    assert found.shape == (60, 80) and np.ptp(found) > 0
    # Twice the focal length is twice the depth: the same picture of what is twice as far.
    far = depth_pro.depth(image, dataclasses.replace(camera, fx=2 * camera.fx, fy=2 * camera.fy))
    ends = (far < 9e3) & (found > 2e-4)
    np.testing.assert_allclose(far[ends], 2 * found[ends], rtol=1e-3)


def test_depth_pro_reads_its_size(tmp_path: Path, depth_pro: DepthPro) -> None:
    assert depth_pro.side == 64
    folder = save_tiny_depth_pro(tmp_path / "wide")
    (folder / "preprocessor_config.json").write_text('{"size": {"height": 64, "width": 32}}')
    with pytest.raises(DataError, match="equal and positive"):
        DepthPro.load(str(folder))


def test_sam_masks_are_distinct_and_sure(tmp_path: Path) -> None:
    everything = Sam2Settings(points_per_side=4, least_iou=-9.0, least_stability=0.0, offset=0.0, overlap=0.7)
    sam = Sam2Masks.load(str(save_tiny_segmenter(tmp_path / "sam")), everything)
    image = picture(seed=1)
    masks = sam.masks(image)
    assert masks and all(mask.shape == (60, 80) and mask.any() for mask in masks)
    for k, mask in enumerate(masks):
        assert all((mask & other).sum() < 0.7 * (mask | other).sum() for other in masks[:k])
    assert not dataclasses.replace(sam, settings=dataclasses.replace(everything, least_iou=1e9)).masks(image)
    # The mask of a point is the model's own answer to it.
    alone = dataclasses.replace(sam, settings=dataclasses.replace(everything, points_per_side=1, overlap=1.1))
    small = torch.nn.functional.interpolate(
        torch.from_numpy(image).permute(2, 0, 1)[None], (64, 64), mode="bilinear", antialias=True
    )
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    with torch.no_grad():
        output = sam.model(
            pixel_values=(small - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1),
            input_points=torch.tensor([[[[32.0, 32.0]]]]),
            input_labels=torch.ones(1, 1, 1, dtype=torch.int64),
        )
    large = torch.nn.functional.interpolate(output.pred_masks[0].float(), (60, 80), mode="bilinear")[0] > 0
    expected = {large[k].numpy().tobytes() for k in range(3) if large[k].any()}
    assert {mask.tobytes() for mask in alone.masks(image)} == expected


def test_points_of_the_grid_are_in_the_middle_of_their_cells() -> None:
    points = grid_points(2)
    assert points.tolist() == [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]


def test_captions_are_the_models_own_and_do_not_change(tmp_path: Path) -> None:
    captioner = BlipCaptioner.load(str(save_tiny_captioner(tmp_path / "blip")))
    images = [picture(seed=k, width=20 + 7 * k) for k in range(10)]
    told = captioner.captions(images)
    assert len(told) == 10 and told == captioner.captions(images)
    assert told[3:4] == captioner.captions(images[3:4]) and captioner.captions([]) == []
    with torch.no_grad():
        resized = torch.nn.functional.interpolate(
            torch.from_numpy(images[0]).permute(2, 0, 1)[None], (32, 32), mode="bicubic", antialias=True
        ).clamp(0, 1)
        mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (captioner.mean, captioner.std))
        words = captioner.model.generate(pixel_values=(resized - mean) / std, max_new_tokens=30, do_sample=False)
    assert told[0] == captioner.tokenizer.batch_decode(words, skip_special_tokens=True)[0].strip()


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("a red mug", Phrase(noun="mug", colour="red")),
        ("a cup of tea on a table", Phrase(noun="cup")),
        ("a grey coffee table sitting in a room", Phrase(noun="coffee table", colour="gray")),
        ("the wooden floor", Phrase(noun="wooden floor")),
        ("on the left", None),
        ("red", None),
        ("", None),
    ],
)
def test_what_a_caption_names(caption: str, expected: Phrase | None) -> None:
    assert head_phrase(caption) == expected


def test_missing_weights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MissingError, match="hf download apple/DepthPro-hf"):
        load_models()
    with pytest.raises(MissingError, match="VGGT-1B"):
        VggtReconstructor.load(tmp_path)


def test_vggt_reconstructs_in_the_images_pixels(tmp_path: Path) -> None:
    torch.manual_seed(0)
    settings = dataclasses.replace(
        VGGT_SETTINGS,
        with_heads=("camera", "depth", "point"),
        camera_depth=1,
        camera_heads=2,
        dense_width=16,
        dense_channels=(8, 8, 8, 8),
        dense_layers=(0, 0, 1, 1),
    )
    tensors = dict(Vggt(settings).state_dict())
    # A random head says "no field of view" half of the time. Four rounds of a quarter make a radian, and no turn.
    tensors["camera_head.pose_branch.fc2.weight"] *= 0.01
    tensors["camera_head.pose_branch.fc2.bias"] = torch.tensor([0.1, 0, 0, 0, 0, 0, 1, 1, 1]) / 4
    save_tensors(tmp_path / "model.safetensors", tensors)
    model = VggtReconstructor.load(tmp_path / "model.safetensors", settings)
    found = model.reconstruct([picture(seed=k) for k in range(3)])
    assert len(found.depth) == len(found.cameras) == 3
    for depth, confidence, camera, motion in zip(
        found.depth, found.confidence, found.cameras, found.world_from_camera, strict=True
    ):
        assert depth.shape == confidence.shape == (60, 80) and (camera.width, camera.height) == (80, 60)
        assert (depth >= 0).all() and camera.cx == pytest.approx(40) and camera.cy == pytest.approx(30)
        np.testing.assert_allclose(motion[:3, :3] @ motion[:3, :3].T, np.eye(3), atol=1e-12)
    with pytest.raises(DataError, match="one size"):
        model.reconstruct([picture(), picture(width=90)])


def test_the_scale_is_the_median_of_the_sure_pixels() -> None:
    rng = np.random.default_rng(0)
    depth = [rng.uniform(0.5, 2, (40, 50)).astype(np.float32) for _ in range(3)]
    metres = [each * 3.2 * np.exp(rng.normal(0, 0.03, each.shape)) for each in depth]
    confidence = [np.ones_like(each) for each in depth]
    # Whatever is unsure may be as wrong as it likes, and unknown depth says nothing.
    for k in range(3):
        metres[k][:, :20], confidence[k][:, :20] = 99, 0.1
        metres[k][:5] = 0
    scale = metric_scale(depth, confidence, metres)
    assert scale.value == pytest.approx(3.2, rel=0.01) and 0.01 < scale.spread < 0.04 and scale.trusted
    assert not metric_scale(depth, confidence, [each * rng.uniform(0.2, 3, each.shape) for each in metres]).trusted
    nothing = metric_scale(depth, confidence, [np.zeros_like(each) for each in depth])
    assert nothing.pixels == 0 and not nothing.trusted


class Seen:
    """Models that know the truth of boxes; the reconstruction is in another unit and turned to its first camera."""

    name = "boxes"

    def __init__(self, truth: Perception, unit: float = 1.0) -> None:
        self.truth, self.unit = truth, unit

    def _number(self, image: np.ndarray) -> int:
        return int(np.rint(image[0, 0, 0] * 255))

    def depth(self, image: np.ndarray, camera: Camera) -> np.ndarray:
        return self.truth.views[self._number(image)].depth

    def masks(self, image: np.ndarray) -> list[np.ndarray]:
        instances = self.truth.views[self._number(image)].instances
        return [instances == i for i in (1, 2, 98) if (instances == i).any()]

    def captions(self, images: Sequence[np.ndarray]) -> list[str]:
        return [NAMES.get(int(np.rint(image[-1, -1, 1] * 255)), "") for image in images]

    def reconstruct(self, images: Sequence[np.ndarray]) -> Reconstruction:
        views = [self.truth.views[self._number(image)] for image in images]
        first, poses = np.linalg.inv(views[0].world_from_camera), []
        for view in views:
            motion = first @ view.world_from_camera
            motion[:3, 3] /= self.unit
            poses.append(motion)
        return Reconstruction(
            depth=tuple((view.depth / self.unit).astype(np.float32) for view in views),
            confidence=tuple(np.ones_like(view.depth) for view in views),
            cameras=tuple(view.camera for view in views),
            world_from_camera=tuple(poses),
        )


def boxes() -> tuple[Perception, Capture]:
    """Two boxes on a floor; images tell in their colours which view and which thing they show."""
    blocks = [Block(name="crate", x=2.5, y=0.5), Block(name="chest", x=2.6, y=-0.6, size=(0.5, 0.4, 0.6))]
    truth = perceive(blocks, [pose(1.6, 25, yaw=5 * k, y=0.2 * k) for k in range(2)], camera=CAMERA)
    views = []
    for k, view in enumerate(truth.views):
        image = np.zeros((120, 160, 3), dtype=np.float32)
        image[..., 0], image[..., 1] = k / 255, view.instances / 255
        views.append(View(name=str(k), image=image, camera=view.camera, world_from_camera=np.eye(4), depth=None))
    sources = tuple(
        ViewSource(name=str(k), camera=CAMERA, world_from_camera=np.eye(4), read=lambda view=view: view)
        for k, view in enumerate(views)
    )
    return truth, Capture(name="boxes", sources=sources)


class Cropping(Seen):
    """Captions of crops by the colour that most of them has, as crops do not end where things do."""

    def captions(self, images: Sequence[np.ndarray]) -> list[str]:
        numbers = [np.bincount(np.rint(image[..., 1] * 255).astype(int).ravel()) for image in images]
        return [NAMES[int(counts.argmax())] for counts in numbers]


def test_interfaces_are_met_by_the_models() -> None:
    truth, _ = boxes()
    seen = Seen(truth)
    for kind in (DepthModel, MaskModel, Captioner, Reconstructor):
        assert isinstance(seen, kind)


def test_released_models_meet_the_interfaces(depth_pro: DepthPro) -> None:
    assert isinstance(depth_pro, DepthModel) and not isinstance(depth_pro, MaskModel)


def test_one_image_is_lifted_like_the_truth() -> None:
    truth, capture = boxes()
    models = Models(masks=Cropping(truth), captioner=Cropping(truth), depth=Cropping(truth))
    found = perceive_with(capture, [0], models)
    assert found.metric and found.scale_source == "boxes" and found.sources.cameras == "intrinsics given"
    scene = lift(found)
    # Up comes from the pixels that the captioner calls floor.
    assert scene.frame is not None and scene.frame.source == "ground"
    true = lift(dataclasses.replace(truth, views=truth.views[:1]))
    named = {thing.region.names[0]: i for i, thing in scene.objects.items()}
    assert set(named) == {"crate", "chest"} and found.by_instance[named["crate"]].words == (("colour", "red"),)
    for name, number in (("crate", 1), ("chest", 2)):
        np.testing.assert_allclose(scene.cubes[named[name]].centre, true.cubes[number].centre, atol=0.08)
    assert {turn.level for turn in converse(scene).turns} >= {"pixel", "object", "scene"}


@pytest.mark.parametrize("unit", [1.0, 2.7])
def test_several_images_are_brought_to_metres(unit: float) -> None:
    truth, capture = boxes()
    seen = Cropping(truth, unit)
    found = perceive_with(capture, [0, 1], Models(masks=seen, captioner=seen, depth=seen, reconstructor=seen))
    assert found.metric and found.scale_source.startswith("median ratio to boxes")
    # Each thing has one number in both views.
    assert len(found.regions) == 3
    scene, true = lift(found), lift(truth)
    by_name = {thing.region.names[0]: thing for thing in scene.objects.values()}
    apart = np.linalg.norm(by_name["crate"].points_world.mean(axis=0) - by_name["chest"].points_world.mean(axis=0))
    expected = np.linalg.norm(true.objects[1].points_world.mean(axis=0) - true.objects[2].points_world.mean(axis=0))
    assert apart == pytest.approx(expected, rel=0.03)


def test_without_metric_depth_nothing_is_metric() -> None:
    truth, capture = boxes()
    seen = Cropping(truth, 2.7)
    found = perceive_with(capture, [0, 1], Models(masks=seen, captioner=seen, reconstructor=seen))
    assert not found.metric and found.scale_source == "none"
    assert "metric" not in known(lift(found))

    class Wild(Cropping):
        def depth(self, image: np.ndarray, camera: Camera) -> np.ndarray:
            true = super().depth(image, camera)
            return (true * np.random.default_rng(0).uniform(0.1, 4, true.shape)).astype(np.float32)

    wild = Wild(truth)
    assert not perceive_with(capture, [0, 1], Models(masks=seen, captioner=seen, depth=wild, reconstructor=seen)).metric


def test_what_no_model_can_do_is_refused() -> None:
    truth, capture = boxes()
    seen = Seen(truth)
    with pytest.raises(UsageError, match="reconstruction"):
        perceive_with(capture, [0, 1], Models(masks=seen, captioner=seen, depth=seen))
    with pytest.raises(UsageError, match="metric depth"):
        perceive_with(capture, [0], Models(masks=seen, captioner=seen))
    with pytest.raises(UsageError, match="views 0 to 1"):
        perceive_with(capture, [2], Models(masks=seen, captioner=seen, depth=seen))


@pytest.mark.slow
def test_tiny_models_together_perceive_something(tmp_path: Path) -> None:
    names = ModelNames(
        depth=str(save_tiny_depth_pro(tmp_path / "depth")),
        masks=str(save_tiny_segmenter(tmp_path / "sam")),
        captioner=str(save_tiny_captioner(tmp_path / "blip")),
    )
    models = load_models(names)
    _, capture = boxes()
    found = perceive_with(capture, [1], models)
    assert found.sources.depth == "Depth Pro" and found.views[0].depth.min() > 0
    converse(lift(found))
