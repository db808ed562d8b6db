"""Language models on this machine: files in GGUF, and llama.cpp in a process of its own that answers for them."""
