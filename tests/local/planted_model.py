"""Writes a language model whose next token has a known distribution, whatever the prompt.

A Llama of one layer that adds nothing: every token has the same embedding, so that the last layer sees the same vector
each time, and its weights are the logarithms of the planted probabilities. In 32-bit floats, so that llama.cpp states
them to about 1e-6.
"""

from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np

WIDTH, HEADS, INNER, CONTEXT = 32, 2, 32, 8192
LARGE = np.float32(1000)
"""The embedding: so large that the constant which the norm adds to its square is lost."""

TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
BYTES = 256
FIRST_BYTE = 3
PLANTED = {"A": 0.4, "B": 0.25, "C": 0.15, "D": 0.1}
"""Of the letters, as tokens of their own; 0.1 is left for all else."""

JSON_MARKS = '[]",{}:0123456789'
RARE, NEVER = 1e-12, 1e-30
"""Of any other byte, and of what is not to come. llama.cpp adds all up in 32 bits, where many equal parts add their
rounding up as well: with 0.1 spread over all bytes, log-probs are off by 8e-6."""


def write_planted(path: Path, letters: Mapping[str, float] = PLANTED) -> None:
    """Write the model; what the letters leave over is spread over the marks of JSON and the end of the answer."""
    kinds = gguf.TokenType
    tokens = [("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)]
    tokens += [(f"<0x{byte:02X}>", kinds.BYTE) for byte in range(BYTES)]
    tokens += [(letter, kinds.NORMAL) for letter in letters]
    shares = np.zeros(len(tokens))
    shares[-len(letters) :] = list(letters.values())
    shares[FIRST_BYTE : FIRST_BYTE + BYTES] = RARE
    shares[[0, 1, *(FIRST_BYTE + ord(letter) for letter in letters)]] = NEVER  # no second token of a letter
    rest = [2, *(FIRST_BYTE + ord(mark) for mark in JSON_MARKS)]
    shares[rest] = (1 - sum(letters.values())) / len(rest)

    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("planted")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token for token, _ in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(TEMPLATE)

    output = np.zeros((len(tokens), WIDTH), dtype=np.float32)
    output[:, 0] = np.log(shares)
    writer.add_tensor("token_embd.weight", np.full((len(tokens), WIDTH), LARGE, dtype=np.float32))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, dtype=np.float32))
    writer.add_tensor("output.weight", output)
    for norm in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{norm}.weight", np.ones(WIDTH, dtype=np.float32))
    for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{part}.weight", np.zeros((WIDTH, WIDTH), dtype=np.float32))
    writer.add_tensor("blk.0.ffn_gate.weight", np.zeros((INNER, WIDTH), dtype=np.float32))
    writer.add_tensor("blk.0.ffn_up.weight", np.zeros((INNER, WIDTH), dtype=np.float32))
    writer.add_tensor("blk.0.ffn_down.weight", np.zeros((WIDTH, INNER), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
