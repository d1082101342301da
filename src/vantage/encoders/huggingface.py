"""Vision models in Hugging Face format as encoders: DINOv2, DINOv3, MAE, CLIP, SigLIP 1 and 2 (NaFlex too).

The models are transformers' own; what is ours is the preprocessing (whole image, no torchvision), strict loading
(safetensors only, no missing and no NaN weights), and dense features in the space of the texts.
"""

from typing import Any

from vantage.encoders.hub import model_folder
from vantage.encoders.huggingface_encoder import Dense, HuggingFaceEncoder
from vantage.encoders.huggingface_files import read_architecture, read_model, read_statistics, read_tokenizer
from vantage.encoders.positions import check_rule, use_rule
from vantage.encoders.preprocessing import Fit, Preprocessing, Triple


def load_huggingface(
    name: str,
    *,
    device: str = "cpu",
    short_side: int | None = None,
    dense: Dense = "text",
    fit: Fit = "resize",
    positions: str = "hf",
    card_name: str | None = None,
    licence: str = "see the model's card",
    statistics: tuple[Triple, Triple] | None = None,
) -> HuggingFaceEncoder:
    """Load a model by hub id or local folder.

    Args:
        name: a folder, or `owner/model`.
        device: where to compute.
        short_side: resize images to this many pixels on the shorter side; None keeps their resolution.
        dense: what the grid of a two-tower model holds, `text` (patches in the space of texts) or `tokens` (the image
            tower's last tokens).
        fit: how odd sizes become multiples of the patch (`preprocessing.Fit`).
        positions: how the table of position embeddings is stretched (`positions`).
        card_name: the name on the card; `hf:` and `name` by default.
        licence: the licence on the card.
        statistics: mean and deviation where the folder has no preprocessor_config.json; the family's by default.

    Raises:
        UsageError: the model does not know this rule for its positions.
        MissingError: the model is not here and cannot be fetched.
        DataError: its files are damaged, hold NaN, are pickles, or of an architecture vantage does not know.
    """
    folder = model_folder(name)
    architecture = read_architecture(folder)
    rule = check_rule(positions, architecture.rules, where=name)
    model = read_model(folder, architecture.model_class)
    vision: Any = model.config.vision_config if architecture.two_towers else model.config
    patch = _patch(vision)
    if rule != "hf":
        tower = model.vision_model if architecture.two_towers else model
        use_rule(tower.embeddings, rule, patch=patch, offset=architecture.offset)
    mean, std = read_statistics(folder, statistics or (architecture.mean, architecture.std))
    tokenizer = read_tokenizer(folder) if architecture.two_towers and dense == "text" else None
    return HuggingFaceEncoder(
        model,
        name=card_name or f"hf:{name}",
        source=name,
        licence=licence,
        preprocessing=Preprocessing(patch=patch, mean=mean, std=std, short_side=short_side, fit=fit, positions=rule),
        dense=dense,
        tokenizer=tokenizer,
        device=device,
    )


def _patch(vision: Any) -> int:
    """Return the pixels on a side of one cell of the grid: the patch, or what a ConvNeXt's stages shrink by."""
    # A ConvNeXt's stem divides by 4, each later stage by 2 (Liu et al. 2022, section 2.2).
    return int(vision.patch_size) if hasattr(vision, "patch_size") else 4 * 2 ** (len(vision.hidden_sizes) - 1)
