"""Colours that depend on the viewing direction: real spherical harmonics to degree 3, as in 3D Gaussian splatting."""

import torch
from jaxtyping import Float
from torch import Tensor

from vantage.errors import UsageError

# Normalisation factors of the real spherical harmonics, with the signs of 3DGS (Kerbl et al. 2023, `sh_utils.py`).
_C0 = 0.28209479177387814
_C1 = 0.4886025119029199
_C2 = (1.0925484305920792, -1.0925484305920792, 0.31539156525252005, -1.0925484305920792, 0.5462742152960396)
_C3 = (
    -0.5900435899266435,
    2.890611442640554,
    -0.4570457994644658,
    0.3731763325901154,
    -0.4570457994644658,
    1.445305721320277,
    -0.5900435899266435,
)


def sh_basis(directions: Float[Tensor, "n 3"], degree: int) -> Float[Tensor, "n k"]:
    """Return the (degree + 1)^2 basis functions at unit `directions`.

    Raises:
        UsageError: the degree is not 0, 1, 2 or 3.
    """
    if degree not in (0, 1, 2, 3):
        raise UsageError(f"spherical harmonics of degree {degree}; expected 0, 1, 2 or 3")
    x, y, z = directions.unbind(-1)
    basis = [torch.full_like(x, _C0)]
    if degree >= 1:
        basis += [-_C1 * y, _C1 * z, -_C1 * x]
    if degree >= 2:
        xx, yy, zz = x * x, y * y, z * z
        basis += [_C2[0] * x * y, _C2[1] * y * z, _C2[2] * (2 * zz - xx - yy), _C2[3] * x * z, _C2[4] * (xx - yy)]
        if degree == 3:
            basis += [
                _C3[0] * y * (3 * xx - yy),
                _C3[1] * x * y * z,
                _C3[2] * y * (4 * zz - xx - yy),
                _C3[3] * z * (2 * zz - 3 * xx - 3 * yy),
                _C3[4] * x * (4 * zz - xx - yy),
                _C3[5] * z * (xx - yy),
                _C3[6] * x * (xx - 3 * yy),
            ]
    return torch.stack(basis, dim=-1)


def sh_to_rgb(
    coefficients: Float[Tensor, "n k 3"], directions: Float[Tensor, "n 3"], degree: int
) -> Float[Tensor, "n 3"]:
    """Return RGB (>= 0) of the first (degree + 1)^2 coefficients seen along unit `directions` from the camera.

    The convention of 3DGS: 0.5 is added, then negative values are set to 0.

    Raises:
        UsageError: the degree is not 0 to 3, or there are fewer coefficients than it needs.
    """
    basis = sh_basis(directions, degree)
    if coefficients.shape[1] < basis.shape[1]:
        raise UsageError(
            f"degree {degree} needs {basis.shape[1]} spherical harmonic coefficients; got {coefficients.shape[1]}"
        )
    used = coefficients[:, : basis.shape[1]]
    return ((basis[:, :, None] * used).sum(dim=1) + 0.5).clamp_min(0)
