"""A tiny random GroundingDINO and SAM 2, saved to disk as their users would find them."""

import json
from pathlib import Path

import torch

# GroundingDINO knows special tokens by their numbers in BERT's vocabulary.
SPECIAL = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", 1012: ".", 1029: "?"}


def save_tiny_detector(folder: Path) -> Path:
    """Save a random GroundingDINO with a word-level tokenizer."""
    import transformers as t
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    words = {number: SPECIAL.get(number, f"word{number}") for number in range(1030)} | {200: "a", 201: "mug"}
    text = t.BertConfig(
        vocab_size=1030,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
    )
    backbone = t.SwinConfig(
        image_size=64, embed_dim=4, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2], window_size=4, out_indices=[2, 3, 4]
    )
    config = t.GroundingDinoConfig(
        backbone_config=backbone,
        text_config=text,
        num_queries=6,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        max_text_len=32,
    )
    with torch.random.fork_rng():
        torch.manual_seed(3)
        t.GroundingDinoForObjectDetection(config).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordPiece({word: n for n, word in words.items()}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 102), ("[CLS]", 101))
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"tokenizer_class": "BertTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    names |= {"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[PAD]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(names))
    return folder


def save_tiny_segmenter(folder: Path, *, side: int = 64) -> Path:
    """Save a random SAM 2 that sees images of `side` pixels."""
    import transformers as t

    backbone = t.Sam2HieraDetConfig(
        hidden_size=8,
        image_size=[side, side],
        blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=[8, 16, 32, 64],
        num_attention_heads_per_stage=[1, 1, 2, 2],
        window_size_per_stage=[8, 4, 4, 2],
        global_attention_blocks=[3],
    )
    vision = t.Sam2VisionConfig(
        backbone_config=backbone,
        backbone_channel_list=[64, 32, 16, 8],
        backbone_feature_sizes=[[side // 4, side // 4], [side // 8, side // 8], [side // 16, side // 16]],
        fpn_hidden_size=32,
    )
    prompts = t.Sam2PromptEncoderConfig(hidden_size=32, image_size=side, patch_size=16, mask_input_channels=4)
    decoder = t.Sam2MaskDecoderConfig(
        hidden_size=32, mlp_dim=32, num_hidden_layers=1, num_attention_heads=2, iou_head_hidden_dim=16
    )
    config = t.Sam2Config(vision_config=vision, prompt_encoder_config=prompts, mask_decoder_config=decoder)
    with torch.random.fork_rng():
        torch.manual_seed(4)
        t.Sam2Model(config).save_pretrained(folder)
    return folder
