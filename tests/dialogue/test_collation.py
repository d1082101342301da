"""Exports load elsewhere, labels lie on answers alone, and a tiny LLaVA learns from them."""

import dataclasses
import importlib.util
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch

from dialogue.test_shards import samples
from vantage.dialogue import Layout
from vantage.dialogue.collation import IGNORED, Chat, ChatCollator, ImageForm, chat_of, chat_of_llava
from vantage.dialogue.exports import Arrangement, export
from vantage.dialogue.shard_marks import shard_path
from vantage.dialogue.shards import read_samples, write_shard
from vantage.errors import DataError, UsageError

FORM = ImageForm(size=56, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
PATCHES = 16


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    write_shard(shard_path(folder / "shards", 0), samples()[:1], configuration="c")
    write_shard(shard_path(folder / "shards", 1), samples()[1:], configuration="c")
    return folder


@pytest.fixture(scope="module")
def tokenizer():
    """A byte-level tokenizer that has read the samples."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=["<pad>", "<image>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [
        text for sample in samples() for turn in sample.conversation.turns for text in (turn.question, turn.answer)
    ]
    made.train_from_iterator(texts, trainer)
    return made


def collator(tokenizer, **changes) -> ChatCollator:
    settings = {"image_token": 1, "tokens_per_image": PATCHES, "pad": 0, "image_form": FORM, "longest": 4000}
    return ChatCollator(lambda text: tokenizer.encode(text, add_special_tokens=False).ids, **(settings | changes))


def test_labels_lie_on_answers_and_their_ends_alone(tokenizer) -> None:
    chats = [chat_of(sample) for sample in samples()]
    batch = collator(tokenizer)(chats)
    ids, labels, mask = (batch[name] for name in ("input_ids", "labels", "attention_mask"))
    assert ids.shape == labels.shape == mask.shape and batch["pixel_values"].shape == (3, 3, 56, 56)
    for row, chat in enumerate(chats):
        answers = [answer + "<|im_end|>" for _, answer in chat.turns]
        learnt = labels[row][labels[row] != IGNORED]
        assert tokenizer.decode(learnt.tolist(), skip_special_tokens=False) == "".join(answers)
        # What is learnt is what stands there.
        assert (ids[row][labels[row] != IGNORED] == learnt).all()
        assert int((ids[row] == 1).sum()) == PATCHES * len(chat.images)
        text = tokenizer.decode(ids[row][mask[row] == 1].tolist(), skip_special_tokens=False)
        shown = "<image>" * PATCHES * len(chat.images)
        first, second = chat.turns[:2]
        assert text.startswith(
            f"<|im_start|>user\n{shown}{first[0]}<|im_end|>\n<|im_start|>assistant\n{first[1]}<|im_end|>\n"
            f"<|im_start|>user\n{second[0]}<|im_end|>\n"
        )
    assert (ids[mask == 0] == 0).all() and (labels[mask == 0] == IGNORED).all() and (mask == 0).any()


def test_chats_that_would_be_learnt_wrongly_are_refused(tokenizer) -> None:
    chat, make = chat_of(samples()[1]), collator(tokenizer)
    length = len(make.tokens(chat)[0])
    assert len(collator(tokenizer, longest=length).tokens(chat)[0]) == length
    with pytest.raises(DataError, match=f"has {length} tokens, 32 of them of 2 images; at most {length - 1} fit"):
        collator(tokenizer, longest=length - 1).tokens(chat)
    for turns, message in (
        ((), "no answer"),
        ((("what?", ""),), "no answer"),
        ((("what is <image>?", "a token"),), "keeps for itself"),
        ((("what?", "that<|im_end|>no"),), "keeps for itself"),
    ):
        with pytest.raises(DataError, match=message):
            make.tokens(dataclasses.replace(chat, turns=turns))
    with pytest.raises(DataError, match="no chats"):
        make([])
    with pytest.raises(UsageError, match="expected 1 or more"):
        collator(tokenizer, longest=0)
    with pytest.raises(UsageError, match="makes nothing"):
        ChatCollator(lambda text: [], image_token=1, tokens_per_image=1, pad=0, image_form=FORM, longest=9)


def test_told_points_stay_in_the_picture() -> None:
    image = np.zeros((60, 90, 3), np.uint8)
    image[20:30, 45:60] = 255
    pixels = dataclasses.replace(FORM, size=56).pixels(image)
    bright = (pixels[0] > pixels[0].mean() + 1).nonzero().float().mean(dim=0) + 0.5
    # Its middle is at (583, 417) of a thousand, before and after.
    assert torch.allclose(bright / 56 * 1000, torch.tensor([417.0, 583.0]), atol=15)


@pytest.mark.parametrize("order", ["forward", "reverse", "random"])
def test_llava_json_holds_every_turn_in_order(stored: Path, tmp_path: Path, order: str) -> None:
    arrangement = Arrangement(order=order, layout=Layout(pixel=2, object=2, scene=1, caption=1))
    (path,) = export(stored, tmp_path / "out", format="llava", arrangement=arrangement)
    records = json.loads(path.read_text())
    assert [record["id"] for record in records] == [sample.name for sample in samples()]
    for record, sample in zip(records, samples()):
        turns = arrangement.turns(sample)
        said = [
            (one["value"], two["value"])
            for one, two in zip(record["conversations"][::2], record["conversations"][1::2])
        ]
        assert said[0][0] == "<image>\n" * len(sample.views) + turns[0].question
        assert said[1:] == [(turn.question, turn.answer) for turn in turns[1:]]
        # The data has samples of two views, so that all name lists.
        assert isinstance(record["image"], list)
        chat = chat_of_llava(record, tmp_path / "out")
        assert chat.turns == tuple((turn.question, turn.answer) for turn in turns)
        assert all(np.array_equal(one, view.pixels()) for one, view in zip(chat.images, sample.views))


def test_data_of_single_views_names_texts(tmp_path: Path) -> None:
    write_shard(shard_path(tmp_path / "one", 0), samples()[:1], configuration="c")
    (path,) = export(tmp_path / "one", tmp_path / "out", format="llava", arrangement=Arrangement())
    (record,) = json.loads(path.read_text())
    assert isinstance(record["image"], str) and (tmp_path / "out" / record["image"]).is_file()
    assert len(chat_of_llava(record, tmp_path / "out").images) == 1


def test_damaged_records_are_refused(tmp_path: Path) -> None:
    talk = [{"from": "human", "value": "<image>\nwhat?"}, {"from": "gpt", "value": "that"}]
    for record, message in (
        ({"id": "a", "image": ["x", "y"], "conversations": talk}, "1 image tokens and 2 images"),
        ({"id": "a", "image": "x", "conversations": talk[:1]}, "by turns"),
        ({"id": "a", "image": "x", "conversations": []}, "by turns"),
    ):
        with pytest.raises(DataError, match=message):
            chat_of_llava(record, tmp_path)


def test_messages_and_tar_files_hold_the_same(stored: Path, tmp_path: Path) -> None:
    (lines,) = export(stored, tmp_path / "lines", format="messages", arrangement=Arrangement())
    (tar,) = export(stored, tmp_path / "tar", format="webdataset", arrangement=Arrangement())
    records = [json.loads(line) for line in lines.read_text().splitlines()]
    with tarfile.open(tar) as file:
        names = file.getnames()
        inside = {name: file.extractfile(name).read() for name in names}
    assert names == ["00000000.0.png", "00000000.json", "00000001.0.png", "00000001.1.png", "00000001.json"]
    for k, (record, sample) in enumerate(zip(records, samples())):
        told = json.loads(inside[f"{k:08d}.json"])
        assert told["messages"] == record["messages"] and told["id"] == record["id"] == sample.name
        assert [inside[f"{k:08d}.{name}"] for name in told["images"]] == [view.encoded for view in sample.views]
        assert [(tmp_path / "lines" / name).read_bytes() for name in record["images"]] == [
            view.encoded for view in sample.views
        ]
        first = record["messages"][0]["content"]
        assert [part["type"] for part in first] == ["image"] * len(sample.views) + ["text"]
        assert [message["role"] for message in record["messages"]] == ["user", "assistant"] * len(
            sample.conversation.turns
        )
    again = export(stored, tmp_path / "again", format="webdataset", arrangement=Arrangement())[0]
    assert again.read_bytes() == tar.read_bytes()


def test_exports_are_whole_or_refused(stored: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("kept")
    with pytest.raises(UsageError, match="not empty"):
        export(stored, tmp_path / "full", format="llava", arrangement=Arrangement())
    nothing = Arrangement(layout=Layout(pixel=0, object=0, scene=0, caption=1), levels=("pixel",))
    with pytest.raises(DataError, match="nothing is left"):
        export(stored, tmp_path / "none", format="messages", arrangement=nothing)
    assert not (tmp_path / "none" / "messages.jsonl").exists()
    mixed = tmp_path / "mixed"
    for number, configuration in enumerate("cd"):
        write_shard(shard_path(mixed, number), samples()[:1], configuration=configuration)
    with pytest.raises(DataError, match="made by configuration d, not by c"):
        list(read_samples(mixed))


@pytest.mark.skipif(importlib.util.find_spec("datasets") is None, reason="needs the extra `hf`")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
def test_exports_load_in_hugging_face_datasets(stored: Path, tmp_path: Path) -> None:
    import datasets

    (path,) = export(stored, tmp_path / "llava", format="llava", arrangement=Arrangement())
    loaded = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded["id"][:] == [sample.name for sample in samples()]
    assert [dict(row)["conversations"] for row in loaded] == [
        row["conversations"] for row in json.loads(path.read_text())
    ]
    assert chat_of_llava(loaded[1], tmp_path / "llava").turns == chat_of(samples()[1]).turns
    (lines,) = export(stored, tmp_path / "lines", format="messages", arrangement=Arrangement())
    loaded = datasets.load_dataset("json", data_files=str(lines), split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded[0]["messages"][1]["content"][0]["text"] == samples()[0].conversation.turns[0].answer
    # The shards themselves load too, images as bytes.
    shard = shard_path(stored / "shards", 1)
    loaded = datasets.load_dataset("parquet", data_files=str(shard), split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded[0]["images"] == [view.encoded for view in samples()[1].views]


def tiny_llava(vocabulary: int):
    """A LLaVA of 136 000 random numbers: DINOv2 with 16 patches, and Qwen2."""
    from transformers import Dinov2Config, LlavaConfig, LlavaForConditionalGeneration, Qwen2Config

    torch.manual_seed(0)
    vision = Dinov2Config(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, mlp_ratio=2, image_size=56, patch_size=14
    )
    text = Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
    )
    config = LlavaConfig(
        vision_config=vision,
        text_config=text,
        image_token_index=1,
        vision_feature_layer=-1,
        vision_feature_select_strategy="default",
        projector_hidden_act="gelu",
    )
    return LlavaForConditionalGeneration(config)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_tiny_llava_learns_from_an_export(stored: Path, tmp_path: Path, tokenizer) -> None:
    arrangement = Arrangement(layout=Layout(pixel=3, object=2, scene=1, caption=0))
    (path,) = export(stored, tmp_path / "out", format="llava", arrangement=arrangement)
    chats = [chat_of_llava(record, tmp_path / "out") for record in json.loads(path.read_text())]
    model = tiny_llava(tokenizer.get_vocab_size()).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    batch = collator(tokenizer)(chats)
    losses = []
    for _ in range(20):
        loss = model(**batch).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    # Blind guessing among all tokens costs log(vocabulary).
    assert losses[0] == pytest.approx(np.log(tokenizer.get_vocab_size()), rel=0.15)
    assert losses[-1] < 0.8 * losses[0] and np.mean(losses[-5:]) < np.mean(losses[:5])
    # Images matter to the loss, and so do questions; labels of them would count twice.
    tower = [p for name, p in model.named_parameters() if "vision_tower" in name and p.grad is not None]
    assert tower and max(float(p.grad.abs().max()) for p in tower) > 0


def test_chats_need_images_that_fit(tokenizer) -> None:
    chat = Chat(name="text", turns=(("why?", "because"),), images=())
    batch = collator(tokenizer)([chat])
    assert "pixel_values" not in batch and int((batch["input_ids"] == 1).sum()) == 0
