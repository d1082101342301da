"""The 3D half of Semantic Abstraction and its rivals: a volume's features, and what they say at a point.

`semabs` and `chefer` read a label's relevancy a volume and never meet a word; `clipspatial` reads the relevancy of a
whole sentence; `semaware` reads colours and is aligned with the vectors of texts (sections 3.1 to 3.4 and 4).
"""

import dataclasses
from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from vantage.abstraction.frame import Bounds
from vantage.abstraction.points import SIGHT_CHANNELS
from vantage.abstraction.unet3d import UNet3d
from vantage.abstraction.volume import Protocol, sample
from vantage.errors import UsageError

RELATIONS = ("behind", "left of", "right of", "in front of", "on top of", "inside")
"""The closed set of prepositions (section 3.4)."""
Volumes = tuple[Tensor, ...]
"""Feature volumes (b w x y z), the finest first."""
Approach = Literal["semabs", "chefer", "semaware", "clipspatial"]
APPROACHES: tuple[Approach, ...] = ("semabs", "chefer", "semaware", "clipspatial")
COARSEST = 4
"""Least side of the coarsest level. On two voxels a side PyTorch 2.13 on CPUs gives the weights of a 3x3x3 convolution
bfloat16 gradients with what happened to be in memory: NaN in 6 of 18 runs, none in 54 from four a side on."""
TEMPERATURE = 0.07
"""By which cosines are divided (the released code; CLIP's initial temperature)."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class NetworkSettings:
    """What decides the network's shape; the defaults are the embedded size.

    Raises:
        UsageError: the grid cannot be halved as often as there are levels, or a number is out of range.
    """

    approach: Approach = "semabs"
    grid: int = 64
    """Voxels along each axis."""
    widths: tuple[int, ...] = (8, 32, 64, 128)
    """Channels of each level, finest first."""
    blocks: tuple[int, ...] = (0, 1, 1, 2)
    """Residual blocks of each level. At full resolution a block costs as much as all the others together."""
    features: int = 16
    """Numbers in a point's local features (released code: 16)."""
    coarse: bool = True
    """Whether points read the second level as well as the finest, which is cheap and so may be wider; the paper's
    points read the finest alone."""
    hidden: int = 32
    """Width of the decoder, which has two layers (section 6.2)."""
    sight: bool = True
    """Whether the network is told which voxels are seen to be free and which are out of view; the paper's is not."""
    rivals: bool = True
    """Whether each point carries, beside its label's relevancy, how far that lies above the other labels asked for
    (`points.margins`); the paper's do not. For approaches that read single labels."""
    skip: bool = True
    """Whether points read the input volumes too, beside what the U-Net makes of them; the paper's do not."""
    protocol: Protocol = "paper"
    text_dim: int = 128
    """Numbers in a text's vector, for `semaware`; room-clip's."""
    bounds: Bounds = dataclasses.field(default_factory=Bounds)

    def __post_init__(self) -> None:
        halvings = 2 ** (len(self.widths) - 1)
        levels = len(self.widths) >= 2 and len(self.blocks) == len(self.widths)
        if not levels or self.grid % halvings or self.grid < COARSEST * halvings:
            raise UsageError(
                f"grid {self.grid}, widths {self.widths}, blocks {self.blocks}: expected two levels or more, as many "
                f"blocks as widths, and a grid divisible by {halvings}, of at least {COARSEST * halvings}"
            )
        if self.approach not in APPROACHES:
            raise UsageError(f"approach {self.approach!r} is not known; choose one of {', '.join(APPROACHES)}")

    @property
    def inputs(self) -> int:
        """Channels that go into the U-Net: relevancy or three colours, whether there are points, and the sight."""
        own = 3 if self.approach == "semaware" else 2 if self.reads_rivals else 1
        return own + 1 + (SIGHT_CHANNELS if self.sight else 0)

    @property
    def reads_labels(self) -> bool:
        """Whether points carry the relevancy of one label, so that any label can be completed."""
        return self.approach in ("semabs", "chefer")

    @property
    def reads_rivals(self) -> bool:
        """Whether points carry how far their label lies above the others."""
        return self.rivals and self.reads_labels

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along x, y and z."""
        return (self.grid, self.grid, self.grid)


PAPER_NETWORK = NetworkSettings(
    grid=128,
    widths=(16, 32, 64, 128, 256, 512),
    blocks=(1, 1, 1, 1, 1, 1),
    sight=False,
    coarse=False,
    rivals=False,
    skip=False,
)
"""The paper's size: 128 voxels a side, six levels (section 3.1); widths of the released code."""


class SemabsNetwork(nn.Module):
    """A 3D U-Net with a decoder of points, and for descriptions an embedding of each relation."""

    def __init__(self, settings: NetworkSettings | None = None) -> None:
        super().__init__()
        self.settings = settings = settings or NetworkSettings()
        self.unet = UNet3d(settings.inputs, settings.widths, settings.blocks)
        read = settings.widths[0] + (settings.widths[1] if settings.coarse else 0)
        read += settings.inputs if settings.skip else 0
        self.head = nn.Linear(read, settings.features)
        outputs = settings.text_dim if settings.approach == "semaware" else 1
        self.decoder = nn.Sequential(
            nn.Linear(settings.features, settings.hidden), nn.ReLU(), nn.Linear(settings.hidden, outputs)
        )
        # One vector for each relation, as long as the features of target and reference together (section 3.4).
        self.relations = nn.Embedding(len(RELATIONS), 2 * settings.features)

    def encode(self, volumes: Float[Tensor, "b c x y z"]) -> Volumes:
        """Return the feature volumes of input volumes (`points.input_volumes`), before their last linear map."""
        fine, coarse = self.unet(volumes)
        return (fine, *((coarse,) if self.settings.coarse else ()), *((volumes,) if self.settings.skip else ()))

    def read(self, features: Volumes, points: Float[Tensor, "b m 3"]) -> Float[Tensor, "b m d"]:
        """Return the local features of points (metres, view frame).

        The last linear map comes after the reading: the two commute, and there are fewer points than voxels.
        """
        settings = self.settings
        read = [sample(volume.float(), points, settings.bounds, settings.protocol) for volume in features]
        return self.head(torch.cat(read, dim=-1))

    def occupancy(self, local: Float[Tensor, "b m d"]) -> Float[Tensor, "b m"]:
        """Return logits of a label's occupancy from points' local features."""
        return self.decoder(local)[..., 0]

    def locate(
        self, target: Float[Tensor, "b m d"], reference: Float[Tensor, "b m d"], relation: Int64[Tensor, " b"]
    ) -> Float[Tensor, "b m"]:
        """Return logits of where a described target may be, from points' local features in both volumes.

        Args:
            target: features in the target's volume.
            reference: features in the reference's volume.
            relation: index into `RELATIONS`.
        """
        both = torch.cat([target, reference], dim=-1)
        return nn.functional.cosine_similarity(both, self.relations(relation)[:, None], dim=-1) / TEMPERATURE

    def align(self, local: Float[Tensor, "b m d"], texts: Float[Tensor, "b k t"]) -> Float[Tensor, "b k m"]:
        """Return how well points' features fit texts' vectors, as logits (`semaware`)."""
        points = nn.functional.normalize(self.decoder(local), dim=-1)
        return nn.functional.normalize(texts, dim=-1) @ points.mT / TEMPERATURE


def untrained_network(settings: NetworkSettings | None = None, *, seed: int = 0) -> SemabsNetwork:
    """Return a network with drawn weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return channels_last(SemabsNetwork(settings))


def channels_last(network: SemabsNetwork) -> SemabsNetwork:
    """Return the network with its convolutions' weights laid out channels last, which is faster on CPUs."""
    for parameter in network.parameters():
        if parameter.dim() == 5:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last_3d)
    return network
