"""Replies of a model that asks about several images: read strictly, refused for a reason, put under drawn letters."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dialogue.test_perception_models import Cropping, boxes, picture
from dialogue.tiny_perception import save_tiny_questioner
from vantage.cli.main import main
from vantage.dialogue import Layout, ModelPaths, converse, lift
from vantage.dialogue.conversation import MULTI_VIEW
from vantage.dialogue.drawing import SORTS
from vantage.dialogue.make_settings import MakeSettings
from vantage.dialogue.models import Captioner, LlavaQuestioner, Models, Questioner, perceive_with
from vantage.dialogue.models.view_prompts import TOPICS, view_prompts
from vantage.dialogue.models.view_replies import REASONS, asked_about, read_reply
from vantage.dialogue.perception import ViewQuestion
from vantage.dialogue.scoring import mark_turn
from vantage.errors import DataError, UsageError

ANSWER = "In the second image the camera stands farther to the right than before."
COMMON = f"Question: How did the camera move between the images?\nAnswer: {ANSWER}"
FALSE = (
    "Sure! Here it is.\n\n**Question:** What does the cat in the first image look at?\n"
    "**Answer:** There is no cat in the first image, nor can one be seen in the second."
)
CANDIDATES = (
    "The red crate is in both.",
    "The chest is in both.",
    "The lamp is in both.",
    "Nothing is in both images.",
)
CHOICE = "Question: What do both images show?\n" + "\n".join(
    [*(f"{letter}. {text}" for letter, text in zip("ABCD", CANDIDATES, strict=True)), "Answer: B"]
)


def test_replies_are_read() -> None:
    assert read_reply(COMMON, "common", 2) == ViewQuestion(
        sort="common", question="How did the camera move between the images?", answer=ANSWER
    )
    found = read_reply(FALSE, "adversarial", 2)
    assert isinstance(found, ViewQuestion) and found.question == "What does the cat in the first image look at?"
    expected = ViewQuestion(
        sort="multiple choice", question="What do both images show?", answer=CANDIDATES[1], candidates=CANDIDATES
    )
    numbered = CHOICE
    for letter, number in zip("ABCD", "1234", strict=True):
        numbered = numbered.replace(f"\n{letter}. ", f"\n{number}) ")
    for text in (
        CHOICE,
        CHOICE.replace("Answer: B", "Answer: (B) The chest"),
        numbered.replace("Answer: B", "Answer: 2"),
    ):
        assert read_reply(text, "multiple choice", 2) == expected


@pytest.mark.parametrize(
    ("sort", "reply", "reason"),
    [
        ("common", "", "no question"),
        ("common", "I cannot see any images.", "no question"),
        ("common", COMMON.replace("images?", "images."), "no question"),
        ("common", COMMON.split("\n")[0], "no answer"),
        ("common", COMMON.replace("camera move", "<image> move"), "holds markup"),
        ("common", "Question: What is it?\nAnswer: " + "It is a lamp. " * 4, "names no image"),
        ("common", COMMON.replace("second", "third"), "names an image that is not there"),
        ("common", "Question: What is in the first image?\nAnswer: A lamp.", "an answer too short or too long"),
        ("common", COMMON + " and so on" * 40, "an answer too short or too long"),
        ("adversarial", COMMON, "an answer that denies nothing"),
        ("multiple choice", COMMON, "not four candidates"),
        ("multiple choice", CHOICE.replace("C. The lamp", "C: The chest"), "candidates alike"),
        ("multiple choice", CHOICE.replace("The lamp is in both.", "A lamp."), "a candidate too short or too long"),
        ("multiple choice", CHOICE.replace("Answer: B", "Answer: E"), "no letter of a candidate"),
        ("multiple choice", CHOICE.replace("Answer: B", "Answer: 2"), "no letter of a candidate"),
        ("multiple choice", CHOICE.replace("Answer: B", "Answer: Both of them"), "no letter of a candidate"),
    ],
)
def test_what_is_malformed_is_refused(sort: str, reply: str, reason: str) -> None:
    assert reason in REASONS and read_reply(reply, sort, 2) == reason


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200), st.sampled_from(SORTS))
def test_any_reply_is_read_or_refused(text: str, sort: str) -> None:
    for reply in (text, f"Question: {text}?\nAnswer: {text}", CHOICE.replace("chest", text)):
        found = read_reply(reply, sort, 2)
        assert isinstance(found, ViewQuestion) or found in REASONS
        assert found == read_reply(reply, sort, 2)


def test_prompts_are_one_of_each_sort_in_turn_and_all_differ() -> None:
    prompts = view_prompts(8, 4)
    assert [sort for sort, _ in prompts] == [SORTS[k % 3] for k in range(8)]
    assert len({text for _, text in prompts}) == 8 and all("4 photographs" in text for _, text in prompts)
    assert len(view_prompts(100, 2)) == sum(map(len, TOPICS.values()))
    for sort, text in prompts:
        low, high = ("5", "20") if sort == "multiple choice" else ("10", "80")
        assert f"{low} to {high}" in text and "{" not in text


class Scripted:
    """Says what it is told to, by the sort that is asked for."""

    name = "a script"

    def __init__(self, *replies: str) -> None:
        self.told, self.prompts, self.shown = replies, [], 0

    def replies(self, images: Sequence[np.ndarray], prompts: Sequence[str]) -> list[str]:
        self.prompts += prompts
        self.shown = len(images)
        return [self.told[k % len(self.told)] for k in range(len(prompts))]


def test_what_a_model_asks_becomes_turns_and_what_it_garbles_is_counted() -> None:
    truth, capture = boxes()
    seen, script = Cropping(truth), Scripted(COMMON, FALSE, CHOICE)
    assert isinstance(script, Questioner) and not isinstance(script, Captioner)
    models = Models(masks=seen, captioner=seen, depth=seen, reconstructor=seen, questioner=script)
    found = perceive_with(capture, [0, 1], models, questions=3)
    assert len(found.questions) == 3 and not found.refused and found.sources.questions == "a script"
    assert script.shown == 2 and len(script.prompts) == 3
    letters = Counter()
    for seed in range(60):
        turns = converse(lift(found), seed=seed, layout=MULTI_VIEW).turns
        assert [turn.kind for turn in turns] == ["model_common", "model_adversarial", "model_choice"]
        assert turns[0].answer == ANSWER and turns[0].view is None
        lines = dict(line.split(". ", 1) for line in turns[2].question.split("\n")[1:])
        assert sorted(lines.values()) == sorted(CANDIDATES) and lines[turns[2].outcome] == CANDIDATES[1]
        assert mark_turn(turns[2], turns[2].answer).right
        letters[turns[2].outcome] += 1
    assert set(letters) == set("ABCD") and max(letters.values()) < 30
    # One view is nothing to compare, and a model that is not asked says nothing.
    assert not perceive_with(capture, [0], models, questions=3).questions
    assert not perceive_with(capture, [0, 1], models).questions
    again = perceive_with(capture, [0, 1], dataclasses.replace(models, questioner=Scripted(COMMON)), questions=4)
    assert len(again.questions) == 1
    assert Counter(again.refused) == {"an answer that denies nothing": 1, "not four candidates": 1, "asked before": 1}
    talk = converse(lift(again), layout=MULTI_VIEW)
    assert [turn.kind for turn in talk.turns] == ["model_common"] and talk.shortfall == {"vqa": 2}


@pytest.mark.parametrize("chats", [True, False])
def test_a_tiny_llava_replies_about_all_its_images(tmp_path: Path, chats: bool) -> None:
    loaded = LlavaQuestioner.load(str(save_tiny_questioner(tmp_path / "llava", chats=chats)))
    model = dataclasses.replace(loaded, most_tokens=24)
    assert isinstance(model, Questioner) and model.tokens_per_image == 16
    images = [picture(seed=k, width=40 + k) for k in range(2)]
    prompts = ["What is it?", "Where?"]
    told = model.replies(images, prompts)
    assert told == model.replies(images, prompts) and all(told)
    assert told[1:] == model.replies(images, prompts[1:]) and told != model.replies(images[::-1], prompts)
    # The model's own words about the two images, each as 16 tokens, before the prompt in the model's own chat.
    before, after = "USER: ", " ASSISTANT:"
    if chats:
        before, after = "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"
    encode = model.tokenizer.encode
    ids = torch.tensor([[*encode(before), *[1] * 32, *encode(f"\nWhere?{after}", add_special_tokens=False)]])
    pixels = torch.stack([model.form.pixels(np.round(image * 255).astype(np.uint8)) for image in images])
    words = model.model.generate(input_ids=ids, pixel_values=pixels, max_new_tokens=24, do_sample=False)
    assert model.tokenizer.decode(words[0, ids.shape[1] :], skip_special_tokens=True).strip() == told[1]
    # What a model without training says is refused, and every refusal has its reason.
    taken, refused = asked_about(images, model, 3)
    assert not taken and len(refused) == 3 and set(refused) <= set(REASONS)


def test_who_cannot_ask_is_refused_before_anything_begins(capsys: pytest.CaptureFixture[str]) -> None:
    vqa = Layout(vqa=3)
    with pytest.raises(UsageError, match="add --views 2"):
        MakeSettings(layout=vqa)
    for perceive in ("predicted", "sensor"):
        with pytest.raises(UsageError, match=f"{perceive} does not know .* choose --perceive truth"):
            MakeSettings(layout=vqa, views=(2,), perceive=perceive)
    with pytest.raises(UsageError, match="hf with --vqa-model"):
        MakeSettings(layout=vqa, views=(2,), perceive="hf", models=ModelPaths(vggt="vggt"))
    with pytest.raises(UsageError, match="no such turns"):
        MakeSettings(views=(2,), perceive="hf", models=ModelPaths(vggt="vggt", questioner="llava"))
    with pytest.raises(UsageError, match="judged by pixel"):
        MakeSettings(layout=MULTI_VIEW, views=(4,), choice=dataclasses.replace(MakeSettings().choice, expand=True))
    MakeSettings(layout=vqa, views=(2,), perceive="hf", models=ModelPaths(vggt="vggt", questioner="llava"))
    asked = ["dialogue", "make", "--rooms", "900000", "--views", "2", "--out", "nowhere"]
    assert main([*asked, "--layout", "5,4,1,2,3", "--perceive", "predicted"]) == 2
    told = capsys.readouterr().err
    assert "no model asks about several views" in told and len(told.strip().splitlines()) <= 2
    assert main([*asked, "--layout", "5,4,1,2,3,4"]) == 2
    assert "5,4,1,2,3" in capsys.readouterr().err
    with pytest.raises(DataError, match="expected four different ones"):
        ViewQuestion(sort="multiple choice", question="Which?", answer="a", candidates=("a", "b", "c", "c"))
