"""The kernels against their torch twin (values and gradients), the twin against finite differences, and invariants."""

import numba
import numpy as np
import pytest
import torch

from vantage.errors import UsageError
from vantage.fields.rasterizer import Rasterized, function, rasterize, rasterize_reference
from vantage.fields.rasterizer.arguments import check_arguments
from vantage.geometry import se3_exp

NAMES = ("means", "quats", "scales", "opacities", "channels", "camera", "offset", "background")


def _scene(n, c, *, seed=0, size=0.15, dtype=torch.float64):
    """Gaussians around a point 3 m in front of the camera, and a camera a little off the world's axes."""
    g = torch.Generator().manual_seed(seed)

    def uniform(*shape):
        return torch.rand(*shape, generator=g, dtype=torch.float64)

    means = (uniform(n, 3) - 0.5) * torch.tensor([4.0, 3.0, 3.0]) + torch.tensor([0.0, 0.0, 3.0])
    quats = torch.randn(n, 4, generator=g, dtype=torch.float64)
    tensors = [means, quats, uniform(n, 3) * size + 0.02, uniform(n) * 0.95 + 0.02, uniform(n, c)]
    camera = se3_exp(torch.tensor([0.1, -0.05, 0.1, 0.02, -0.05, 0.03], dtype=torch.float64))
    tensors += [camera, torch.zeros(n, 2, dtype=torch.float64), torch.linspace(0.2, 0.8, c, dtype=torch.float64)]
    return [t.to(dtype) for t in tensors]


def _intrinsics(width, height, dtype=torch.float64):
    return torch.tensor([[width * 0.9, 0, width * 0.52], [0, width * 0.85, height * 0.47], [0, 0, 1]], dtype=dtype)


def _render(function, scene, width, height, **settings) -> Rasterized:
    *shape, camera, offset, background = scene
    k = _intrinsics(width, height, shape[0].dtype)
    return function(*shape, camera, k, width, height, means2d_offset=offset, background=background, **settings)


def _loss(out, seed=1):
    """Weigh every pixel of every output by its own random number, so that no gradient cancels."""
    g = torch.Generator().manual_seed(seed)
    images = (out.channels, out.depth, out.alpha)
    return sum((i * torch.randn(i.shape, generator=g, dtype=torch.float64).to(i.dtype)).sum() for i in images)


def _gradients(function, scene, width, height, **settings):
    leaves = [t.clone().requires_grad_() for t in scene]
    out = _render(function, leaves, width, height, **settings)
    return out, torch.autograd.grad(_loss(out), leaves)


def _assert_twins_agree(scene, width, height, *, tolerance=2e-5, **settings):
    out, grads = _gradients(rasterize, [t.float() for t in scene], width, height, **settings)
    expected, expected_grads = _gradients(rasterize_reference, [t.double() for t in scene], width, height, **settings)
    for name in ("channels", "depth", "alpha"):
        torch.testing.assert_close(getattr(out, name).double(), getattr(expected, name), atol=2e-5, rtol=1e-5)
    assert torch.equal(out.radii, expected.radii)
    for name, grad, wanted in zip(NAMES, grads, expected_grads):
        assert torch.isfinite(grad).all(), name
        if wanted.numel():
            error = (grad.double() - wanted).abs().max()
            assert error <= tolerance * max(float(wanted.abs().max()), 1), f"{name}: {float(error)}"


@pytest.mark.parametrize("c", [0, 1, 3, 7, 8, 20, 32, 33])
def test_values_and_gradients_equal_the_twins(c):
    _assert_twins_agree(_scene(250, c, seed=c), 50, 37)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (16, 16), (17, 15), (3, 70)])
def test_any_image_size(width, height):
    _assert_twins_agree(_scene(120, 3, seed=2), width, height)


def test_many_layers_stop_at_the_same_gaussian():
    scene = _scene(600, 3, seed=3, size=0.5)
    scene[3] = torch.linspace(0.02, 1.0, 600, dtype=torch.float64)  # 1.0 meets the cap of alpha
    _assert_twins_agree(scene, 40, 30, tolerance=1e-4)


def test_a_tile_of_many_batches_of_wide_channels():
    scene = _scene(500, 12, seed=15, size=0.3)
    scene[3] *= 0.1  # thin enough that light passes hundreds of layers
    _assert_twins_agree(scene, 20, 18, tolerance=1e-4)


def test_thin_and_huge_gaussians():
    scene = _scene(60, 3, seed=4)
    scene[2][:20] = torch.tensor([3.0, 1e-3, 1e-4], dtype=torch.float64)
    scene[2][20:30] = 30.0
    scene[3][20:30] = 0.1
    _assert_twins_agree(scene, 45, 35, tolerance=1e-4)


def test_gaussians_beside_the_frustum_use_the_clamped_jacobian():
    scene = _scene(200, 3, seed=5, size=1.0)
    scene[0][:, 0] *= 4
    _assert_twins_agree(scene, 48, 32, tolerance=1e-4)


def test_near_and_far_planes():
    scene = _scene(200, 3, seed=6)
    _assert_twins_agree(scene, 32, 32, near=2.5, far=3.5)
    out = _render(rasterize, [t.float() for t in scene], 32, 32, near=2.5, far=3.5)
    z = (scene[0] @ scene[5][:3, :3].T + scene[5][:3, 3])[:, 2]
    assert not out.visible[(z <= 2.5) | (z >= 3.5)].any()


def test_twin_passes_gradcheck():
    scene = [t.requires_grad_() for t in _scene(5, 2, seed=7, size=0.4)]

    def outputs(*leaves):
        out = _render(rasterize_reference, leaves, 6, 5)
        return out.channels, out.depth, out.alpha

    assert torch.autograd.gradcheck(outputs, scene, eps=1e-7, atol=1e-4)


def test_one_gaussian_matches_the_formula():
    f, z, sigma, opacity = 40.0, 2.0, 0.1, 0.8
    k = torch.tensor([[f, 0, 10.0], [0, f, 8.0], [0, 0, 1]])
    out = rasterize(
        torch.tensor([[0.0, 0.0, z]]), torch.tensor([[2.0, 0.0, 0.0, 0.0]]), torch.full((1, 3), sigma),
        torch.tensor([opacity]), torch.tensor([[3.0]]), torch.eye(4), k, 20, 16,
    )  # fmt: skip
    y, x = np.mgrid[0:16, 0:20] + 0.5
    variance = (f / z * sigma) ** 2 + 0.3
    alpha = opacity * np.exp(-((x - 10) ** 2 + (y - 8) ** 2) / (2 * variance))
    alpha = torch.tensor(np.where(alpha >= 1 / 255, alpha, 0), dtype=torch.float32)
    torch.testing.assert_close(out.alpha, alpha, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(out.depth, z * alpha, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(out.channels[..., 0], 3 * alpha, atol=1e-6, rtol=1e-6)


def test_order_of_gaussians_does_not_matter():
    scene = [t.float() for t in _scene(400, 3, seed=8)]
    turned = [t.flip(0) if k not in (5, 7) else t for k, t in enumerate(scene)]
    a, b = _render(rasterize, scene, 40, 40), _render(rasterize, turned, 40, 40)
    assert torch.equal(a.channels, b.channels)
    assert torch.equal(a.depth, b.depth)


def test_equal_depths_keep_their_order():
    n = 50
    scene = _scene(n, 3, seed=9)
    scene[0][:] = torch.tensor([0.0, 0.0, 3.0], dtype=torch.float64)
    scene[5] = torch.eye(4, dtype=torch.float64)
    _assert_twins_agree(scene, 32, 32, tolerance=1e-4)


@pytest.mark.parametrize("c", [3, 20])
def test_same_bytes_with_any_number_of_threads(c):
    scene = [t.float() for t in _scene(3000, c, seed=10)]
    before = numba.get_num_threads()
    results = []
    try:
        for threads in (1, numba.config.NUMBA_NUM_THREADS, 1):  # pyright: ignore[reportAttributeAccessIssue]
            numba.set_num_threads(threads)
            out, grads = _gradients(rasterize, scene, 100, 75)
            results.append([out.channels, out.depth, out.alpha, *grads])
    finally:
        numba.set_num_threads(before)
    for other in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], other))


@pytest.mark.parametrize("c", [3, 20])
def test_same_bytes_however_the_work_is_cut(monkeypatch, c):
    scene = [t.float() for t in _scene(3000, c, seed=14)]
    results = []
    for parts in (1, 7, 16):
        monkeypatch.setattr(function, "count_parts", lambda parts=parts: parts)
        out, grads = _gradients(rasterize, scene, 100, 75)
        results.append([out.channels, out.depth, out.alpha, *grads])
    for other in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], other))


@pytest.mark.parametrize("move", [None, 100.0])
def test_nothing_in_view_shows_the_background(move):
    scene = _scene(0 if move is None else 20, 3, seed=11)
    if move is not None:
        scene[0][:, 2] -= move
    out, grads = _gradients(rasterize, [t.float() for t in scene], 20, 10)
    assert torch.equal(out.channels, scene[7].float().expand(10, 20, 3))
    assert not out.alpha.any()
    assert not out.visible.any()
    assert all(float(g.abs().sum()) == 0 for g in grads[:-1])


def test_degenerate_gaussians_leave_no_nan():
    scene = [t.float() for t in _scene(40, 3, seed=12)]
    scene[2][0] = 0.0
    scene[2][1] = 1e30
    scene[2][2] = torch.tensor([1e3, 1e-30, 0.0])
    scene[1][3] = 0.0
    scene[0][4] = float("nan")
    scene[2][5] = float("inf")
    scene[3][6] = 0.0
    scene[0][7] = torch.tensor([0.0, 0.0, 1e-2])
    out, grads = _gradients(rasterize, scene, 30, 30)
    assert all(torch.isfinite(t).all() for t in (out.channels, out.depth, out.alpha, *grads))
    assert not out.visible[4] and not out.visible[5] and not out.visible[6]


def test_float64_arguments_give_float64_results():
    out, grads = _gradients(rasterize, _scene(30, 3), 20, 20)
    assert out.channels.dtype == torch.float64
    assert all(g.dtype == torch.float64 for g in grads)


def test_optional_arguments_can_be_left_out():
    *shape, camera, _, _ = (t.float().requires_grad_() for t in _scene(30, 3))
    out = rasterize(*shape, camera, _intrinsics(20, 20, torch.float32), 20, 20)
    out.channels.sum().backward()
    assert float(shape[4].grad.abs().max()) > 0
    assert float(camera.grad[:3].abs().max()) > 0


def test_screen_offset_moves_the_image():
    scene = [t.float() for t in _scene(60, 3, seed=13, size=0.05)]
    still = _render(rasterize, scene, 64, 48)
    scene[6] = torch.tensor([5.0, -3.0]).expand(60, 2)
    moved = _render(rasterize, scene, 64, 48)
    torch.testing.assert_close(moved.alpha[:45, 5:], still.alpha[3:, :59], atol=2e-4, rtol=0)


def test_shapes_that_do_not_fit_are_refused():
    # The checks themselves: under the tests' own shape checker `rasterize` is not even entered.
    fitting = [torch.zeros(4, 3), torch.ones(4, 4), torch.ones(4, 3), torch.ones(4), torch.ones(4, 2)]
    for place, wrong, name in ((0, (4, 2), "means"), (2, (3, 3), "scales"), (4, (3, 2), "channels")):
        tensors = [torch.ones(wrong) if k == place else t for k, t in enumerate(fitting)]
        with pytest.raises(UsageError, match=f"{name} has shape"):
            check_arguments(*tensors, torch.eye(3), 8, 8, 0.01, 10.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 0}, "image is 0x8"),
        ({"near": 0.0}, "near is 0.0"),
        ({"intrinsics": torch.tensor([[9.0, 1.0, 4.0], [0, 9.0, 4.0], [0, 0, 1.0]])}, "skew"),
        ({"intrinsics": torch.eye(3).requires_grad_()}, "rasterize_reference computes"),
    ],
)
def test_wrong_arguments_are_refused(change, message):
    arguments = {
        "means": torch.zeros(4, 3), "quats_wxyz": torch.ones(4, 4), "scales": torch.ones(4, 3),
        "opacities": torch.ones(4), "channels": torch.ones(4, 2), "camera_from_world": torch.eye(4),
        "intrinsics": torch.eye(3), "width": 8, "height": 8,
    }  # fmt: skip
    with pytest.raises(UsageError, match=message):
        rasterize(**(arguments | change))
