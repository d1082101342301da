"""Tiny random models of perception, saved to disk as their users would find them."""

import json
from pathlib import Path

import torch


def save_tiny_depth_pro(folder: Path, *, side: int = 64, lens: bool = False) -> Path:
    """Save a random Depth Pro that sees images of `side` pixels; with `lens` it guesses the field of view too."""
    import transformers as t

    vit = {
        "model_type": "dinov2",
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "mlp_ratio": 2,
        "patch_size": 4,
        "image_size": side // 4,
    }
    config = t.DepthProConfig(
        patch_size=side // 4,
        fusion_hidden_size=8,
        intermediate_hook_ids=[1, 0],
        intermediate_feature_dims=[8, 8],
        scaled_images_feature_dims=[8, 8, 8],
        merge_padding_value=1,
        image_model_config=dict(vit),
        patch_model_config=dict(vit),
        fov_model_config=dict(vit),
        use_fov_model=lens,
    )
    with torch.random.fork_rng():
        torch.manual_seed(5)
        model = t.DepthProForDepthEstimation(config)
        if lens:
            # A random guess is near no degrees at all; this one is some 60.
            with torch.no_grad():
                biases = [p for name, p in model.named_parameters() if name.startswith("fov_model") and "bias" in name]
                biases[-1].fill_(60.0)
        model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({"size": {"height": side, "width": side}}))
    return folder


def save_tiny_captioner(folder: Path, *, side: int = 32) -> Path:
    """Save a random BLIP with a word-level tokenizer."""
    import transformers as t
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[DEC]", "a", "red", "mug", "on", "table", "floor", "wall", "lamp"]
    text = {
        "vocab_size": len(words),
        "hidden_size": 16,
        "encoder_hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "max_position_embeddings": 64,
        "bos_token_id": 4,
        "eos_token_id": 3,
        "sep_token_id": 3,
        "pad_token_id": 0,
        "initializer_range": 1.0,
    }
    vision = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": side,
        "patch_size": 8,
        "initializer_range": 0.5,
    }
    with torch.random.fork_rng():
        torch.manual_seed(6)
        t.BlipForConditionalGeneration(t.BlipConfig(text_config=text, vision_config=vision)).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    names |= {"cls_token": "[CLS]", "sep_token": "[SEP]", "bos_token": "[DEC]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(names))
    return folder


def save_tiny_questioner(folder: Path, *, chats: bool = True) -> Path:
    """Save a random LLaVA with a byte-level tokenizer; with `chats` it marks its chats as Qwen2 does."""
    import transformers as t
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    special = ["<pad>", "<image>", "</s>", *(["<|im_start|>", "<|im_end|>"] if chats else [])]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    vocabulary = {word: n for n, word in enumerate([*special, *sorted(alphabet)])}
    tower = t.CLIPVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=32, patch_size=8
    )
    text = t.LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=4096,
        pad_token_id=0,
        bos_token_id=2,
        eos_token_id=2,
        initializer_range=0.5,
    )
    config = t.LlavaConfig(vision_config=tower, text_config=text, image_token_index=1, vision_feature_layer=-2)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        t.LlavaForConditionalGeneration(config).save_pretrained(folder)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special)
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>", "eos_token": "</s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(names))
    return folder
