"""`GaussianField`: a scene as anisotropic 3D Gaussians with view-dependent colour (Kerbl et al., 2023)."""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.errors import DataError
from vantage.fields.gsplat_backend import on_gpu, rasterize_on_gpu
from vantage.fields.rasterizer import Rasterized, rasterize, sh_to_rgb
from vantage.fields.rendering import Rendering, pose_tensor
from vantage.geometry import Camera, invert_motion

# Below this opacity of the whole ray nothing was hit, and accumulated depth divided by opacity would be noise.
MIN_ALPHA_FOR_DEPTH = 1e-3


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ScreenStatistics:
    """What a rendering tells about each Gaussian; densification needs it."""

    projected: Float[Tensor, "*one n 2"]
    """Stands for the projected means: after `backward` it holds their gradient (`gradient`)."""
    rasterized: Rasterized

    @property
    def gradient(self) -> Float[Tensor, "n 2"] | None:
        """Gradient of the projected means in pixels, or sums of absolute values; None before `backward`."""
        absolute = getattr(self.projected, "absgrad", None)  # where gsplat leaves them
        found = self.projected.grad if absolute is None else absolute
        return None if found is None else found.reshape(-1, 2)


class GaussianField(nn.Module):
    """Gaussians with means and scales in metres (world frame), rotations, opacities and spherical harmonics.

    Parameters are stored in the form that is optimised: log scales, opacity logits, unnormalised quaternions.
    """

    PARAMETERS = ("means", "log_scales", "quats_wxyz", "opacity_logits", "sh0", "sh_rest")
    """What every field has; `features` is there where its Gaussians carry them (`feature_gaussians`)."""

    def __init__(
        self,
        *,
        means: Float[Tensor, "n 3"],
        log_scales: Float[Tensor, "n 3"],
        quats_wxyz: Float[Tensor, "n 4"],
        opacity_logits: Float[Tensor, " n"],
        sh0: Float[Tensor, "n 1 3"],
        sh_rest: Float[Tensor, "n k 3"],
        features: Float[Tensor, "n c"] | None = None,
        antialiased: bool = False,
    ) -> None:
        """Take the parameters; `antialiased` is how they were fitted and want to be rendered (`rasterize`)."""
        super().__init__()
        self.antialiased = antialiased
        if sh_rest.shape[1] not in (0, 3, 8, 15):
            raise DataError(f"sh_rest has {sh_rest.shape[1]} coefficients; expected 0, 3, 8 or 15 (degree 0 to 3)")
        self.means = nn.Parameter(means)
        self.log_scales = nn.Parameter(log_scales)
        self.quats_wxyz = nn.Parameter(quats_wxyz)
        self.opacity_logits = nn.Parameter(opacity_logits)
        self.sh0 = nn.Parameter(sh0)
        self.sh_rest = nn.Parameter(sh_rest)
        self.features: nn.Parameter | None
        self.register_parameter("features", None if features is None else nn.Parameter(features))

    def __len__(self) -> int:
        return len(self.means)

    @property
    def sh_degree(self) -> int:
        """Degree of the stored spherical harmonics, 0 to 3."""
        return {0: 0, 3: 1, 8: 2, 15: 3}[self.sh_rest.shape[1]]

    @property
    def opacities(self) -> Float[Tensor, " n"]:
        """Opacities in (0, 1)."""
        return torch.sigmoid(self.opacity_logits)

    @property
    def scales(self) -> Float[Tensor, "n 3"]:
        """Standard deviations along each Gaussian's own axes, metres."""
        return self.log_scales.exp()

    def colors_from(self, position_world: Float[Tensor, " 3"], *, sh_degree: int | None = None) -> Float[Tensor, "n 3"]:
        """Return each Gaussian's RGB as seen from a position in the world."""
        degree = self.sh_degree if sh_degree is None else min(sh_degree, self.sh_degree)
        if degree == 0:
            coefficients = self.sh0
        else:
            coefficients = torch.cat([self.sh0, self.sh_rest[:, : (degree + 1) ** 2 - 1]], dim=1)
        directions = nn.functional.normalize(self.means - position_world, dim=-1)
        return sh_to_rgb(coefficients, directions, degree)

    def render(
        self,
        camera: Camera,
        world_from_camera: np.ndarray | Float[Tensor, "4 4"],
        *,
        extra: Float[Tensor, "n c"] | None = None,
        sh_degree: int | None = None,
    ) -> Rendering:
        """Render colour, expected depth, opacity and any per-Gaussian `extra` channels from a camera."""
        return self.render_with_statistics(camera, world_from_camera, extra=extra, sh_degree=sh_degree)[0]

    def render_with_statistics(
        self,
        camera: Camera,
        world_from_camera: np.ndarray | Float[Tensor, "4 4"],
        *,
        extra: Float[Tensor, "n c"] | None = None,
        sh_degree: int | None = None,
        absolute_gradient: bool = False,
    ) -> tuple[Rendering, ScreenStatistics]:
        """Render as `render` does, and return what densification needs beside the image.

        With `absolute_gradient` the screen's gradients are sums of the pixels' absolute values (`rasterize`).
        """
        pose = pose_tensor(world_from_camera, self.means)
        channels = self.colors_from(pose[:3, 3], sh_degree=sh_degree)
        if extra is not None:
            channels = torch.cat([channels, extra], dim=-1)
        rasterized, projected = self._rasterize(channels, camera, invert_motion(pose), absolute_gradient)
        hit = rasterized.alpha > MIN_ALPHA_FOR_DEPTH
        depth = torch.where(hit, rasterized.depth / rasterized.alpha.clamp_min(MIN_ALPHA_FOR_DEPTH), 0.0)
        rendering = Rendering(
            rgb=rasterized.channels[..., :3],
            depth=depth,
            alpha=rasterized.alpha,
            extra=rasterized.channels[..., 3:] if extra is not None else None,
        )
        return rendering, ScreenStatistics(projected=projected, rasterized=rasterized)

    def _rasterize(
        self,
        channels: Tensor,
        camera: Camera,
        camera_from_world: Tensor,
        absolute_gradient: bool,
        *,
        at_rest: bool = False,
    ) -> tuple[Rasterized, Tensor]:
        """Return the images and what will hold the projected means' gradient, computed where the Gaussians are."""
        shape = (self.means, self.quats_wxyz, self.scales, self.opacities)
        if at_rest:
            shape = (shape[0].detach(), shape[1].detach(), shape[2].detach(), shape[3].detach())
        intrinsics = torch.as_tensor(camera.matrix).to(self.means)
        view = (channels, camera_from_world, intrinsics, camera.width, camera.height)
        if on_gpu(self.means):
            return rasterize_on_gpu(
                *shape, *view, antialiased=self.antialiased, absolute_offset_gradient=absolute_gradient
            )
        offset = torch.zeros_like(self.means[:, :2], requires_grad=torch.is_grad_enabled())
        rasterized = rasterize(
            *shape,
            *view,
            means2d_offset=offset,
            antialiased=self.antialiased,
            absolute_offset_gradient=absolute_gradient,
        )
        return rasterized, offset

    def blend_at_rest(
        self,
        channels: Float[Tensor, "n c"],
        camera: Camera,
        world_from_camera: np.ndarray | Float[Tensor, "4 4"],
    ) -> tuple[Float[Tensor, "h w c"], Float[Tensor, "h w"]]:
        """Blend per-Gaussian channels, and return opacity too; gradients reach the channels, the Gaussians stay."""
        camera_from_world = invert_motion(pose_tensor(world_from_camera, self.means))
        rasterized, _ = self._rasterize(channels, camera, camera_from_world, False, at_rest=True)
        return rasterized.channels, rasterized.alpha

    @property
    def size(self) -> dict[str, int]:
        """How large the field is, in words of its kind."""
        return {"gaussians": len(self)}

    def describe(self) -> dict[str, object]:
        """Return what a file says of the field beside its tensors."""
        return {"antialiased": self.antialiased}

    def tensors(self) -> dict[str, Tensor]:
        """Return the parameters by name, for saving."""
        carried = () if self.features is None else ("features",)
        return {name: getattr(self, name).detach() for name in (*self.PARAMETERS, *carried)}

    @classmethod
    def from_tensors(
        cls, tensors: dict[str, Tensor], *, where: str = "field", description: dict[str, object] | None = None
    ) -> "GaussianField":
        """Make a field of saved parameters and of what `describe` said; without it, not anti-aliased.

        Raises:
            DataError: a tensor is missing or the shapes do not belong together.
        """
        antialiased = (description or {}).get("antialiased", False)
        if not isinstance(antialiased, bool):
            raise DataError(f"{where}: antialiased is {antialiased!r}; expected true or false")
        missing = [name for name in cls.PARAMETERS if name not in tensors]
        if missing:
            raise DataError(f"{where}: tensors {missing} are missing; not a Gaussian field of vantage")
        n = len(tensors["means"])
        k = tensors["sh_rest"].shape[1] if tensors["sh_rest"].ndim == 3 else -1
        expected = {
            "means": (n, 3),
            "log_scales": (n, 3),
            "quats_wxyz": (n, 4),
            "opacity_logits": (n,),
            "sh0": (n, 1, 3),
            "sh_rest": (n, k, 3),
        }
        if "features" in tensors:
            expected["features"] = (n, tensors["features"].shape[-1])
        for name, shape in expected.items():
            if tuple(tensors[name].shape) != shape:
                raise DataError(f"{where}: tensor {name!r} has shape {tuple(tensors[name].shape)}; expected {shape}")
        return cls(**{name: tensors[name].float() for name in expected}, antialiased=antialiased)
