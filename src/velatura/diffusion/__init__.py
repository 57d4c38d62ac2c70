"""Noise to latents: noise sources, sigma schedules, denoisers, guidance, samplers."""
