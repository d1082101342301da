"""Spherical harmonics against scipy's, and their place in colours."""

import numpy as np
import pytest
import torch
from scipy.special import sph_harm_y

from vantage.errors import UsageError
from vantage.fields.rasterizer import sh_to_rgb
from vantage.fields.rasterizer.harmonics import sh_basis


def _directions(n, dtype=torch.float64):
    g = torch.Generator().manual_seed(0)
    return torch.nn.functional.normalize(torch.randn(n, 3, generator=g, dtype=dtype), dim=-1)


def test_basis_equals_scipys_real_harmonics():
    directions = _directions(50)
    x, y, z = directions.numpy().T
    theta, phi = np.arccos(z), np.arctan2(y, x)
    basis = sh_basis(directions, 3).numpy()
    for degree in range(4):
        for order in range(-degree, degree + 1):
            value = sph_harm_y(degree, abs(order), theta, phi)
            # scipy includes the Condon-Shortley phase, and so does 3DGS in its signs.
            real = np.sqrt(2) * (value.imag if order < 0 else value.real) if order else value.real
            np.testing.assert_allclose(basis[:, degree * degree + degree + order], real, atol=1e-12)


def test_basis_is_orthonormal_on_the_sphere():
    # Gauss-Legendre in z, uniform in longitude: exact for products of degree 3 harmonics.
    nodes, weights = np.polynomial.legendre.leggauss(8)
    phi = np.arange(16) * 2 * np.pi / 16
    z, longitude = np.meshgrid(nodes, phi, indexing="ij")
    r = np.sqrt(1 - z**2)
    points = np.stack([r * np.cos(longitude), r * np.sin(longitude), z], axis=-1).reshape(-1, 3)
    basis = sh_basis(torch.tensor(points), 3).numpy()
    area = np.repeat(weights * 2 * np.pi / 16, 16)
    np.testing.assert_allclose(basis.T @ (area[:, None] * basis), np.eye(16), atol=1e-12)


def test_colour_is_shifted_and_never_negative():
    directions = _directions(20)
    coefficients = torch.zeros(20, 16, 3, dtype=torch.float64)
    assert torch.equal(sh_to_rgb(coefficients, directions, 3), torch.full((20, 3), 0.5, dtype=torch.float64))
    coefficients[:, 0] = -10
    assert float(sh_to_rgb(coefficients, directions, 3).max()) == 0


def test_gradients_reach_coefficients_and_directions():
    directions = _directions(4).requires_grad_()
    g = torch.Generator().manual_seed(1)
    coefficients = (0.1 * torch.randn(4, 16, 3, generator=g, dtype=torch.float64)).requires_grad_()
    assert torch.autograd.gradcheck(lambda c, d: sh_to_rgb(c, d, 3), (coefficients, directions))


def test_lower_degree_ignores_higher_coefficients():
    directions = _directions(5)
    coefficients = torch.rand(5, 16, 3, dtype=torch.float64)
    assert torch.equal(sh_to_rgb(coefficients, directions, 1), sh_to_rgb(coefficients[:, :4], directions, 1))


def test_too_few_coefficients_or_too_high_a_degree():
    with pytest.raises(UsageError, match="needs 9"):
        sh_to_rgb(torch.zeros(2, 4, 3), torch.ones(2, 3), 2)
    with pytest.raises(UsageError, match="degree 4"):
        sh_to_rgb(torch.zeros(2, 25, 3), torch.ones(2, 3), 4)
