"""What a scorecard measures of words: are things found in a room's field by what they are called?

Encoders that read text are asked themselves. Those that do not are distilled into one hash grid with an image-text
encoder, as in the paper, and that one is asked. The ceiling is an encoder that knows what each text names.
"""

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from vantage.captures import Capture
from vantage.encoders import Features, TextEncoder
from vantage.encoders.oracle import ORACLE_CARD
from vantage.fields import DistilledScene
from vantage.localization import CaptionMasks, SceneQuery, score_mask
from vantage.localization.measures import NEUTRAL, MaskScores
from vantage.studies.score_rooms import ScoreRoom


class TrueWords:
    """Reads texts as an encoder would that knows what each names: a channel for each, one for all else, one for none.

    A text that names nothing in particular, such as "object", has the last, which is nowhere: so what is named is
    ranked by its share of each cell.
    """

    def __init__(self, texts: tuple[str, ...]) -> None:
        self.texts = texts

    def encode_text(self, texts: list[str]) -> Float[Tensor, "n d"]:
        """Return unit vectors."""
        nowhere = len(self.texts) + 1
        numbers = [self.texts.index(text) if text in self.texts else nowhere for text in texts]
        return nn.functional.one_hot(torch.tensor(numbers), nowhere + 1).float()


def true_words(capture: Capture) -> TrueWords:
    """Return who knows all captions of a capture."""
    return TrueWords(CaptionMasks(capture).texts)


def true_features(capture: Capture, words: TrueWords) -> list[Features]:
    """Return for each view the share of each cell that each text names, and that none does, as the oracle sees it."""
    truth = CaptionMasks(capture, words.texts)
    found = []
    for view in capture:
        masks = truth.masks(view)
        named = np.stack([masks[text] for text in words.texts]).astype(np.float32)
        rest = 1 - named.max(axis=0, keepdims=True)
        channels = np.concatenate([named, rest, np.zeros_like(rest)])
        grid = cell_means(torch.from_numpy(channels), ORACLE_CARD.patch)
        found.append(
            Features(
                grid=grid[None],
                summary=grid.mean(dim=(0, 1))[None],
                stride=(float(ORACLE_CARD.patch), float(ORACLE_CARD.patch)),
                image_size=(view.camera.width, view.camera.height),
            )
        )
    return found


def cell_means(channels: Float[Tensor, "c h w"], patch: int) -> Float[Tensor, "gh gw c"]:
    """Return means over cells; the border is repeated where the last cells reach past it."""
    height, width = channels.shape[1:]
    padding = (0, math.ceil(width / patch) * patch - width, 0, math.ceil(height / patch) * patch - height)
    padded = nn.functional.pad(channels[None], padding, mode="replicate")
    return nn.functional.avg_pool2d(padded, patch)[0].permute(1, 2, 0)


def word_values(room: ScoreRoom, scene: DistilledScene, asked: str, text: TextEncoder) -> dict[str, float | None]:
    """Return how well the true masks of held-out views are found in a distilled scene.

    Args:
        room: what is asked for, and where it truly is.
        scene: with the features of `asked`.
        asked: the encoder whose features are asked.
        text: its text tower.
    """
    query = SceneQuery(scene, asked, text)
    scores = []
    for index in sorted({case.view_index for case in room.cases}):
        source = room.field.sources[index]
        rendering, features = scene.render_features(source.camera, source.world_from_camera, asked)
        for case in room.cases:
            if case.view_index == index:
                relevancy = query.image_of(case.text, rendering, features).relevancy.numpy().astype(np.float64)
                scores.append(score_mask(relevancy, case.mask))
    return _means(scores)


def neutral_values(room: ScoreRoom) -> dict[str, float | None]:
    """Return what an answer is worth that says the same of every place."""
    return _means([score_mask(np.full(case.mask.shape, NEUTRAL), case.mask) for case in room.cases])


def _means(scores: list[MaskScores]) -> dict[str, float | None]:
    return {
        "localization_ap": float(np.mean([one.average_precision for one in scores])),
        "localization_peak": float(np.mean([one.peak_in_mask for one in scores])),
    }
