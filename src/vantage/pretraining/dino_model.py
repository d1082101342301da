"""Student and teacher of `room-dino`: two equal ViTs with heads that name each token's likeness to prototypes."""

import copy
import dataclasses

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from vantage.encoders.vit import Vit, VitSettings, initialize


@dataclasses.dataclass(frozen=True, kw_only=True)
class HeadSettings:
    """Shape of a prototype head; DINO's is 2048 wide over 256 to 65536, for a tower thirty times as large."""

    hidden: int = 384
    bottleneck: int = 64
    class_prototypes: int = 256
    """For class tokens."""
    patch_prototypes: int = 256
    """For patches: two or three per category of rooms."""


class PrototypeHead(nn.Module):
    """Three layers to a unit vector, and its cosine with each prototype (Caron et al. 2021, appendix C)."""

    def __init__(self, width: int, settings: HeadSettings, prototypes: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(width, settings.hidden),
            nn.GELU(),
            nn.Linear(settings.hidden, settings.hidden),
            nn.GELU(),
            nn.Linear(settings.hidden, settings.bottleneck),
        )
        self.prototypes = nn.Parameter(torch.randn(prototypes, settings.bottleneck))
        self.apply(initialize)

    def forward(self, x: Float[Tensor, "*b d"]) -> tuple[Float[Tensor, "*b k"], Float[Tensor, "*b c"]]:
        """Return cosines with the prototypes, and the unit vector that they are of."""
        unit = nn.functional.normalize(self.mlp(x), dim=-1, eps=1e-6)
        return unit @ nn.functional.normalize(self.prototypes, dim=-1).to(unit.dtype).mT, unit


class HeadedVit(nn.Module):
    """A ViT with a head for its class token and one for its patches (iBOT; apart, as in DINOv2)."""

    def __init__(self, vit: VitSettings, heads: HeadSettings) -> None:
        super().__init__()
        self.vision = Vit(vit)
        self.class_head = PrototypeHead(vit.width, heads, heads.class_prototypes)
        self.patch_head = PrototypeHead(vit.width, heads, heads.patch_prototypes)


class SelfDistillation(nn.Module):
    """The student that learns, and the teacher that follows it as a moving average."""

    def __init__(self, vit: VitSettings, heads: HeadSettings) -> None:
        super().__init__()
        self.student = HeadedVit(vit, heads)
        self.mask_token = nn.Parameter(torch.zeros(vit.width))
        nn.init.trunc_normal_(self.mask_token, std=0.02)
        self.pixels = nn.Linear(vit.width, 3 * vit.patch**2)
        initialize(self.pixels)
        self.teacher = copy.deepcopy(self.student).requires_grad_(False)

    def masked_patches(
        self, images: Float[Tensor, "n 3 h w"], hidden: Bool[Tensor, "n gh gw"]
    ) -> Float[Tensor, "n gh gw d"]:
        """Return the student's patch embeddings with the hidden ones replaced by the mask token."""
        patches = self.student.vision.embed(images)
        return torch.where(hidden[..., None], self.mask_token.to(patches.dtype), patches)
