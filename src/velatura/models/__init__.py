"""Files to networks: discovery, hashes, checkpoints, LoRA, embeddings, cache."""
