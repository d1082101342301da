"""Questions about several images by a LLaVA (Liu et al. 2023), a model in Hugging Face format."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from vantage.dialogue.collation import ChatTemplate, ImageForm
from vantage.encoders.hub import model_folder
from vantage.encoders.huggingface_files import read_model, read_statistics, read_tokenizer
from vantage.encoders.preprocessing import CLIP_MEAN, CLIP_STD
from vantage.errors import DataError

MOST_TOKENS = 320
"""Most tokens of a reply: the longest that is asked for has some 120 words."""
VICUNA = ChatTemplate(before_question="USER: ", before_answer=" ASSISTANT:", end="</s>", between=" ")
"""LLaVA-1.5's chats; those of newer ones are marked as Qwen2's are."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LlavaQuestioner:
    """A LLaVA that replies to prompts about several images."""

    model: Any
    """A `LlavaForConditionalGeneration`."""
    tokenizer: Any
    form: ImageForm
    tokens_per_image: int
    template: ChatTemplate
    most_tokens: int = MOST_TOKENS
    name: str = "LLaVA"

    @classmethod
    def load(cls, name: str) -> "LlavaQuestioner":
        """Load weights and words from a folder or the hub's cache.

        Args:
            name: a folder or hub name, such as "llava-hf/llava-interleave-qwen-0.5b-hf".

        Raises:
            MissingError: they are not here; the message says what to download.
            DataError: they are damaged or of another architecture.
        """
        folder = model_folder(name)
        mean, std = read_statistics(folder, (CLIP_MEAN, CLIP_STD))
        model = read_model(folder, "LlavaForConditionalGeneration").eval()
        tokenizer = read_tokenizer(folder)
        size = model.config.vision_config.image_size
        if model.config.image_token_id >= len(tokenizer):
            raise DataError(f"{folder}: its tokenizer has no image token (id {model.config.image_token_id})")
        return cls(
            model=model,
            tokenizer=tokenizer,
            form=ImageForm(size=size, mean=mean, std=std),
            tokens_per_image=_tokens_per_image(model, size),
            template=ChatTemplate() if "<|im_start|>" in tokenizer.get_vocab() else VICUNA,
        )

    @torch.no_grad()
    def replies(self, images: Sequence[Float[np.ndarray, "_h _w 3"]], prompts: Sequence[str]) -> list[str]:
        """Return the model's reply to each prompt about images that are shown together.

        Args:
            images: RGB in [0, 1], of any sizes, in the order in which prompts count them.
            prompts: each a chat of its own.
        """
        shown = [np.round(np.clip(image, 0, 1) * 255).astype(np.uint8) for image in images]
        pixels = torch.stack([self.form.pixels(image) for image in shown])
        token = self.model.config.image_token_id
        told = []
        for prompt in prompts:
            head, tail = (
                self.tokenizer.encode(text, add_special_tokens=first)
                for text, first in (
                    (self.template.before_question, True),
                    (f"\n{prompt}{self.template.before_answer}", False),
                )
            )
            ids = torch.tensor([[*head, *[token] * (self.tokens_per_image * len(shown)), *tail]])
            # Greedy, so that the same images and prompt always get the same words.
            words = self.model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                pixel_values=pixels,
                max_new_tokens=self.most_tokens,
                num_beams=1,
                do_sample=False,
            )
            told.append(self.tokenizer.decode(words[0, ids.shape[1] :], skip_special_tokens=True).strip())
        return told


@torch.no_grad()
def _tokens_per_image(model: Any, size: int) -> int:
    """Return as how many tokens the language model sees an image, by showing it one."""
    found = model.get_image_features(pixel_values=torch.zeros(1, 3, size, size))
    found = getattr(found, "pooler_output", found)
    return int(found[0].shape[-2])
