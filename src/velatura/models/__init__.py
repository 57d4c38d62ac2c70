"""Files to networks: discovery, hashes, checkpoints, LoRA, embeddings, cache.

What lists and recognises models (``discovery``, ``catalogue``, ``hashes``, ``sidecar``, ``detect``,
``checkpoint``, ``parts``) imports no torch; import what computes from its own file.
"""
