"""Writes a tiny vision-language model with random weights as two GGUF files; needs gguf and numpy.

The shape is SmolVLM's: a Llama text model and a SigLIP-like tower with the `idefics3` projector.
Its answers are gibberish, the same for the same picture and prompt at temperature 0: it tests the
wire, not the wit. Run as a child process: `python -m tests.llama.model FOLDER`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import gguf
import numpy as np

WIDTH, FF, LAYERS, HEADS, CONTEXT = 64, 128, 2, 4, 8192
V_WIDTH, V_FF, V_LAYERS, V_HEADS = 32, 64, 2, 2
SIDE, PATCH, SCALE = 64, 16, 2  # picture side and patch in px; SCALE² patches become one token
SPECIAL = [
    "<|im_start|>",
    "<|im_end|>",
    "<|endoftext|>",
    "<fake_token_around_image>",
    "<global-img>",
]
# Every part's ['text'] is printed: the server puts its picture marker there, whatever its type.
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% if m['content'] is string %}{{ m['content'] }}"
    "{% else %}{% for c in m['content'] %}{{ c['text'] }}{% endfor %}{% endif %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

random = np.random.default_rng(0)


def normal(*shape: int, scale: float) -> np.ndarray:
    return (random.standard_normal(shape) * scale).astype(np.float32)


def byte_tokens() -> list[str]:
    """GPT-2's 256 printable stand-ins for the 256 bytes, in byte order."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {b: chr(b) for b in plain}
    for n, b in enumerate(b for b in range(256) if b not in table):
        table[b] = chr(256 + n)
    return [table[b] for b in range(256)]


def write(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def text_model(path: Path) -> None:
    letters = byte_tokens()
    newline = letters[10]
    # The double newline must be one token, or the server refuses every prompt.
    vocabulary = [*letters, "he", "th", newline * 2, *SPECIAL]
    plain = len(vocabulary) - len(SPECIAL)
    w = gguf.GGUFWriter(str(path), "llama")
    w.add_name("tiny-random-vlm")
    w.add_context_length(CONTEXT)
    w.add_embedding_length(WIDTH)
    w.add_block_count(LAYERS)
    w.add_feed_forward_length(FF)
    w.add_head_count(HEADS)
    w.add_head_count_kv(HEADS)
    w.add_layer_norm_rms_eps(1e-5)
    w.add_rope_dimension_count(WIDTH // HEADS)
    w.add_rope_freq_base(10000.0)
    w.add_vocab_size(len(vocabulary))
    w.add_file_type(gguf.LlamaFileType.ALL_F32)
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("smollm")
    w.add_token_list(vocabulary)
    kinds = [gguf.TokenType.NORMAL] * plain + [gguf.TokenType.CONTROL] * len(SPECIAL)
    w.add_token_types(kinds)
    w.add_token_merges(["h e", "t h", f"{newline} {newline}"])
    w.add_bos_token_id(vocabulary.index("<|im_start|>"))
    w.add_eos_token_id(vocabulary.index("<|im_end|>"))
    w.add_pad_token_id(vocabulary.index("<|endoftext|>"))
    w.add_add_bos_token(False)
    w.add_chat_template(CHAT_TEMPLATE)
    w.add_tensor("token_embd.weight", normal(len(vocabulary), WIDTH, scale=0.5))
    w.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    out = normal(len(vocabulary), WIDTH, scale=0.5)
    out[plain:] = 0  # hardly ever an end token: the answer runs to max_tokens
    w.add_tensor("output.weight", out)
    for i in range(LAYERS):
        block = f"blk.{i}."
        for norm in ("attn_norm", "ffn_norm"):
            w.add_tensor(f"{block}{norm}.weight", np.ones(WIDTH, np.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            w.add_tensor(f"{block}{name}.weight", normal(WIDTH, WIDTH, scale=0.2))
        w.add_tensor(f"{block}ffn_gate.weight", normal(FF, WIDTH, scale=0.2))
        w.add_tensor(f"{block}ffn_up.weight", normal(FF, WIDTH, scale=0.2))
        w.add_tensor(f"{block}ffn_down.weight", normal(WIDTH, FF, scale=0.2))
    write(w)


def vision_model(path: Path) -> None:
    w = gguf.GGUFWriter(str(path), "clip")
    w.add_type("mmproj")
    w.add_name("tiny-random-vision")
    w.add_bool("clip.has_vision_encoder", True)
    w.add_string("clip.projector_type", "idefics3")
    w.add_bool("clip.use_gelu", True)
    sizes = {
        "image_size": SIDE,
        "patch_size": PATCH,
        "embedding_length": V_WIDTH,
        "feed_forward_length": V_FF,
        "block_count": V_LAYERS,
        "projection_dim": WIDTH,
        "preproc_image_size": SIDE,
        "attention.head_count": V_HEADS,
        "projector.scale_factor": SCALE,
    }
    for key, value in sizes.items():
        w.add_uint32(f"clip.vision.{key}", value)
    w.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-6)
    w.add_array("clip.vision.image_mean", [0.5] * 3)
    w.add_array("clip.vision.image_std", [0.5] * 3)
    w.add_file_type(gguf.LlamaFileType.ALL_F32)
    w.add_tensor("v.patch_embd.weight", normal(V_WIDTH, 3, PATCH, PATCH, scale=0.1))
    w.add_tensor("v.patch_embd.bias", np.zeros(V_WIDTH, np.float32))
    w.add_tensor("v.position_embd.weight", normal((SIDE // PATCH) ** 2, V_WIDTH, scale=0.1))
    for i in range(V_LAYERS):
        block = f"v.blk.{i}."
        for norm in ("ln1", "ln2"):
            w.add_tensor(f"{block}{norm}.weight", np.ones(V_WIDTH, np.float32))
            w.add_tensor(f"{block}{norm}.bias", np.zeros(V_WIDTH, np.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            w.add_tensor(f"{block}{name}.weight", normal(V_WIDTH, V_WIDTH, scale=0.2))
            w.add_tensor(f"{block}{name}.bias", np.zeros(V_WIDTH, np.float32))
        for name, rows, columns in (("up", V_FF, V_WIDTH), ("down", V_WIDTH, V_FF)):
            w.add_tensor(f"{block}ffn_{name}.weight", normal(rows, columns, scale=0.2))
            w.add_tensor(f"{block}ffn_{name}.bias", np.zeros(rows, np.float32))
    w.add_tensor("v.post_ln.weight", np.ones(V_WIDTH, np.float32))
    w.add_tensor("v.post_ln.bias", np.zeros(V_WIDTH, np.float32))
    w.add_tensor("mm.model.fc.weight", normal(WIDTH, V_WIDTH * SCALE * SCALE, scale=0.5))
    write(w)


def main() -> None:
    folder = Path(sys.argv[1])
    text_model(folder / "tiny-llm.gguf")
    vision_model(folder / "tiny-mmproj.gguf")


if __name__ == "__main__":
    main()
