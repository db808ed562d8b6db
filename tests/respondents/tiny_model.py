"""Writes a language model too small to know anything: ``python tiny_model.py OUT.gguf``.

A Llama of one layer and random weights. It leans towards the letters A to H, so that some of the probability
falls on the options of a question. Run by the interpreter that has the inference server.
"""

import sys

import gguf
import numpy as np

WIDTH, HEADS, INNER, CONTEXT = 32, 4, 64, 8192
LETTERS = "ABCDEFGH"
LEANING = np.float32(0.45)
TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"


def write(path: str) -> None:
    kinds = gguf.TokenType
    tokens = [("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)]
    tokens += [(f"<0x{byte:02X}>", kinds.BYTE) for byte in range(256)]
    first_letter = len(tokens)
    tokens += [(blank + letter, kinds.NORMAL) for blank in ("", "▁") for letter in LETTERS]

    random = np.random.default_rng(7)
    leaning = np.eye(1, WIDTH, dtype=np.float32) * np.float32(WIDTH**0.5)
    output = noise(random, len(tokens), WIDTH) - LEANING * leaning
    output[first_letter:] += 2 * LEANING * leaning

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token for token, _ in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(TEMPLATE)

    writer.add_tensor("token_embd.weight", noise(random, len(tokens), WIDTH) + leaning)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, dtype=np.float32))
    writer.add_tensor("output.weight", output)
    for norm in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{norm}.weight", np.ones(WIDTH, dtype=np.float32))
    for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{part}.weight", noise(random, WIDTH, WIDTH))
    writer.add_tensor("blk.0.ffn_gate.weight", noise(random, INNER, WIDTH))
    writer.add_tensor("blk.0.ffn_up.weight", noise(random, INNER, WIDTH))
    writer.add_tensor("blk.0.ffn_down.weight", noise(random, WIDTH, INNER))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def noise(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    return random.normal(0, 0.3, (rows, columns)).astype(np.float32)


if __name__ == "__main__":
    write(sys.argv[1])
