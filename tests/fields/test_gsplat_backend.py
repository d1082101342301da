"""Gaussians on a GPU through a stand-in for gsplat: what it is asked, what is made of its answer, and what goes wrong.

The stand-in takes the arguments of gsplat 1.5's `rasterization`, no others, and answers in its form, computed by our
torch twin; so what the adapter passes on and takes apart must give the images of our own rasterizer.
"""

import sys
import types

import pytest
import torch

from fields.test_rasterizer import _intrinsics, _scene
from vantage.errors import MissingError, UsageError
from vantage.fields import GaussianField, gaussians
from vantage.fields.densification import DensificationSettings, Densifier
from vantage.fields.gsplat_backend import CHANNEL_CHUNK, load_rasterization, rasterize_on_gpu
from vantage.fields.rasterizer import rasterize, rasterize_reference
from vantage.geometry import Camera


class StandIn:
    """Records the calls of `rasterization` and answers them."""

    def __init__(self) -> None:
        self.calls: list[dict] = []

    def rasterization(
        self, means, quats, scales, opacities, colors, viewmats, Ks, width, height, near_plane=0.01, far_plane=1e10,
        radius_clip=0.0, eps2d=0.3, sh_degree=None, packed=True, tile_size=16, backgrounds=None, render_mode="RGB",
        sparse_grad=False, absgrad=False, rasterize_mode="classic", channel_chunk=32, distributed=False,
        camera_model="pinhole", segmented=False, covars=None, with_ut=False, with_eval3d=False,
    ):  # fmt: skip
        self.calls.append({name: value for name, value in locals().items() if name != "self"})
        n = len(means)
        assert viewmats.shape == (1, 4, 4) and Ks.shape == (1, 3, 3)
        assert quats.shape == (n, 4) and scales.shape == (n, 3) and opacities.shape == (n,)
        assert colors.shape == (n, colors.shape[1]) and sh_degree is None
        assert backgrounds is None or backgrounds.shape == (1, colors.shape[1])
        assert render_mode == "RGB+D" and not packed and eps2d == 0.3
        place = means.device
        means2d = torch.zeros(1, n, 2, device=place, requires_grad=torch.is_grad_enabled()) * 1.0
        scene = [t.cpu() for t in (means, quats, scales, opacities, colors, viewmats[0], Ks[0])]
        out = rasterize_reference(
            *scene, width, height, near=near_plane, far=far_plane,
            background=None if backgrounds is None else backgrounds[0], means2d_offset=means2d[0].cpu(),
            antialiased=rasterize_mode == "antialiased",
        )  # fmt: skip
        image = torch.cat([out.channels, out.depth[..., None]], dim=-1)
        radii = torch.stack([out.radii, out.radii // 2], dim=-1)
        told = {"means2d": means2d, "radii": radii[None].to(place)}
        return image[None].to(place), out.alpha[None, ..., None].to(place), told


def install_gsplat(monkeypatch, rasterization, kernels: object) -> None:
    module, cuda, backend = (types.ModuleType(n) for n in ("gsplat", "gsplat.cuda", "gsplat.cuda._backend"))
    module.__dict__.update(rasterization=rasterization, __version__="1.5.3", cuda=cuda)
    cuda.__dict__.update(_backend=backend)
    backend.__dict__.update(_C=kernels)
    for name, value in (("gsplat", module), ("gsplat.cuda", cuda), ("gsplat.cuda._backend", backend)):
        monkeypatch.setitem(sys.modules, name, value)


@pytest.fixture
def gsplat(monkeypatch) -> StandIn:
    stand_in = StandIn()
    install_gsplat(monkeypatch, stand_in.rasterization, object())
    return stand_in


@pytest.mark.parametrize("c", [1, 3, 40])
@pytest.mark.parametrize("antialiased", [False, True])
def test_images_are_those_of_our_rasterizer(gsplat, c, antialiased):
    scene = [t.float() for t in _scene(120, c, seed=31)]
    *shape, camera, _, background = scene
    arguments = (*shape, camera, _intrinsics(40, 30, torch.float32), 40, 30)
    settings = {"near": 1.0, "far": 9.0, "background": background, "antialiased": antialiased}
    found, _ = rasterize_on_gpu(*arguments, **settings)
    wanted = rasterize(*arguments, **settings)
    for name in ("channels", "depth", "alpha"):
        torch.testing.assert_close(getattr(found, name), getattr(wanted, name), atol=2e-5, rtol=1e-4)
    assert torch.equal(found.radii, wanted.radii)
    assert gsplat.calls[0]["channel_chunk"] == CHANNEL_CHUNK
    assert gsplat.calls[0]["camera_model"] == "pinhole"


def _field() -> GaussianField:
    means, quats, scales, opacities, colors, *_ = (t.float() for t in _scene(80, 3, seed=32))
    return GaussianField(
        means=means, log_scales=scales.log(), quats_wxyz=quats, opacity_logits=torch.logit(opacities),
        sh0=colors[:, None], sh_rest=torch.zeros(80, 3, 3),
    )  # fmt: skip


def test_a_field_on_the_gpu_asks_gsplat_and_densifies_alike(gsplat, monkeypatch):
    field, camera = _field(), Camera.from_fov(fov_x=1.0, width=36, height=28)
    extra = torch.rand(80, 5, generator=torch.Generator().manual_seed(0))
    pose = torch.eye(4, dtype=torch.float64)
    pose[0, 3] = 0.2
    results = []
    for gpu in (False, True):
        monkeypatch.setattr(gaussians, "on_gpu", lambda _, gpu=gpu: gpu)
        field.zero_grad()
        rendering, statistics = field.render_with_statistics(camera, pose, extra=extra, sh_degree=1)
        assert statistics.gradient is None
        (rendering.rgb.square().sum() + rendering.depth.sum()).backward()
        densifier = Densifier(DensificationSettings(), scene_scale=1.0, count=len(field))
        densifier.observe(statistics, camera)
        assert rendering.extra is not None and field.means.grad is not None
        results.append([rendering.rgb, rendering.depth, rendering.extra, densifier.gradient_sum, field.means.grad])
    assert len(gsplat.calls) == 1
    assert gsplat.calls[0]["colors"].shape == (80, 8)
    # gsplat takes the camera from the world, not the world from the camera.
    assert float(gsplat.calls[0]["viewmats"][0, 0, 3]) == pytest.approx(-0.2)
    for cpu, gpu in zip(*results):
        cpu, gpu = cpu.detach(), gpu.detach()
        assert float((cpu - gpu).abs().max()) <= 1e-3 * max(1.0, float(cpu.abs().max()))


def test_absolute_gradients_are_taken_from_where_gsplat_leaves_them(gsplat, monkeypatch):
    field, camera = _field(), Camera.from_fov(fov_x=1.0, width=20, height=16)
    monkeypatch.setattr(gaussians, "on_gpu", lambda _: True)
    rendering, statistics = field.render_with_statistics(camera, torch.eye(4), absolute_gradient=True)
    assert gsplat.calls[0]["absgrad"] is True
    rendering.rgb.sum().backward()
    marked = torch.rand(1, 80, 2)
    statistics.projected.absgrad = marked  # pyright: ignore[reportAttributeAccessIssue]
    assert statistics.gradient is not None
    assert torch.equal(statistics.gradient, marked[0])
    with pytest.raises(UsageError, match="at most 31"):
        rasterize_on_gpu(
            *(t.float() for t in _scene(10, 32)[:6]), _intrinsics(8, 8, torch.float32), 8, 8,
            absolute_offset_gradient=True,
        )  # fmt: skip


def test_without_gradients_nothing_is_kept(gsplat, monkeypatch):
    monkeypatch.setattr(gaussians, "on_gpu", lambda _: True)
    with torch.no_grad():
        rendering = _field().render(Camera.from_fov(fov_x=1.0, width=20, height=16), torch.eye(4))
    assert not rendering.rgb.requires_grad


def test_a_missing_package_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "gsplat", None)
    with pytest.raises(MissingError, match=r"pip install 'vantage\[cuda\]'") as caught:
        load_rasterization()
    assert "\n" not in str(caught.value)


def test_kernels_that_were_never_built_are_one_clear_line(monkeypatch):
    install_gsplat(monkeypatch, StandIn().rasterization, None)
    with pytest.raises(MissingError, match=r"1\.5\.3 has no CUDA kernels") as caught:
        load_rasterization()
    assert "NoneType" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_build_that_fails_is_one_clear_line(monkeypatch):
    install_gsplat(monkeypatch, StandIn().rasterization, object())
    monkeypatch.delitem(sys.modules, "gsplat.cuda._backend")

    class Broken:
        def find_spec(self, name, path=None, target=None):
            if name == "gsplat.cuda._backend":
                raise RuntimeError("Error building extension 'gsplat_cuda': [1/3] nvcc\nnvcc fatal: many\nmore lines")
            return None

    sys.modules["gsplat.cuda"].__path__ = []  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(MissingError, match=r"cannot be built or loaded.*Error building extension") as caught:
        load_rasterization()
    assert "\n" not in str(caught.value) and "more lines" not in str(caught.value)


def test_kernels_for_another_gpu_are_one_clear_line(monkeypatch):
    def fail(**_):
        raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nCompile with ...")

    install_gsplat(monkeypatch, fail, object())
    arguments = [*(t.float() for t in _scene(10, 3)[:6]), _intrinsics(8, 8, torch.float32), 8, 8]
    with pytest.raises(MissingError, match="not built for this GPU") as caught:
        rasterize_on_gpu(*arguments)
    assert "\n" not in str(caught.value)
    install_gsplat(monkeypatch, lambda **_: (_ for _ in ()).throw(RuntimeError("out of memory")), object())
    with pytest.raises(RuntimeError, match="out of memory"):
        rasterize_on_gpu(*arguments)


def test_the_real_gsplat_without_kernels_is_told_too():
    """Where gsplat is installed and there is no GPU, its own failure is the one above."""
    pytest.importorskip("gsplat")
    if torch.cuda.is_available():
        pytest.skip("a GPU is here")
    with pytest.raises(MissingError, match="gsplat"):
        load_rasterization()
