"""Labels as vectors: checked, put into prompts, averaged; and the fixed labels that stand for everything else."""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor

from vantage.encoders import TextEncoder
from vantage.errors import UsageError

MAX_LABEL_LENGTH = 400
"""Characters of a label. CLIP reads 77 tokens, which are about 300 characters; what is longer would be cut unseen."""
PLAIN: tuple[str, ...] = ("{}",)
"""The label as it is."""
HOME_PHOTO: tuple[str, ...] = ("a photograph of a {} in a home.",)
"""The released code's prompt for photographs, for CLIP and labels without an article."""
BACKGROUND: tuple[str, ...] = ("object", "things", "stuff", "texture", "wall", "floor", "ceiling")
"""What stands for everything else: LERF's canonical phrases (Kerr et al. 2023, section 3.3), and a room's surfaces.

The released code subtracts the mean over the labels that are asked for. Then a single label gives zero everywhere, and
a label's map changes with what else is asked for; a fixed set does neither."""


def check_labels(labels: Sequence[str]) -> list[str]:
    """Return labels without surrounding blanks and on one line each.

    Raises:
        UsageError: there is none, or one is empty or too long.
    """
    if isinstance(labels, str):
        raise UsageError(f"labels are one text, {labels[:40]!r}; expected a list of texts, such as ['red mug', 'book']")
    if not labels:
        raise UsageError("no labels; say what to look for, such as 'red mug' 'book'")
    cleaned = [" ".join(label.split()) for label in labels]
    for number, label in enumerate(cleaned, start=1):
        if not label:
            raise UsageError(f"label {number} of {len(cleaned)} is empty; expected something like 'red mug'")
        if len(label) > MAX_LABEL_LENGTH:
            raise UsageError(
                f"label {number} of {len(cleaned)} ({label[:40]!r}...) has {len(label)} characters; "
                f"expected at most {MAX_LABEL_LENGTH}: text towers read no more, name the object alone"
            )
    return cleaned


def label_vectors(
    encoder: TextEncoder, labels: Sequence[str], templates: Sequence[str] = PLAIN
) -> Float[Tensor, "k d"]:
    """Return for each label the mean of its prompts' unit vectors; the mean is shorter where prompts disagree.

    Raises:
        UsageError: there is no template, or one has no place `{}` for the label, or a label holds no word.
    """
    if not templates or any(template.count("{}") != 1 for template in templates):
        raise UsageError(f"prompts {list(templates)}; expected at least one, each with one {{}} for the label")
    prompts = [template.replace("{}", label) for label in labels for template in templates]
    return encoder.encode_text(prompts).unflatten(0, (len(labels), len(templates))).mean(dim=1)
