"""How good the checkpoints are: a classifier of its own, scores, distances and contact sheets."""
