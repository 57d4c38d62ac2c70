"""The recipe of the embedded checkpoint: from packages with pictures to weights.

Every stage is a command (``python -m training.fetch``, ``.rasterise``, ``.autoencoder``,
``.latents``, ``.diffusion``, ``.export``, ``.sample``); all of them read ``recipe.toml``.
"""
