"""From one checkpoint to another, out of memory and off the disk; and its smaller parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.checkpoint import write_checkpoint
from benchmarks.rows import Row, ratios
from benchmarks.trial import run_trial

if TYPE_CHECKING:
    from benchmarks.options import Options

OF_DISK = 1 / 0.7
"""Of the seconds that reading the file's bytes takes."""

SWITCH_MS = 50

PARTS = {
    "merge": "A LoRA of all attentions, rank 16, merged",
    "encode": "512×512 pixels to latents",
    "decode": "... and back",
}
"""What the trial calls it -> what the table does."""


def switching(options: Options) -> list[Row]:
    """Write a file in half precision, as most are handed on; load it, and switch to and from it."""
    folder = options.folder / "half"
    folder.mkdir()
    path = write_checkpoint(folder / "half.safetensors", half=True)
    rounds, cold_rounds = range(options.repeats), range(3 * options.repeats)
    cold = run_trial("switching", "cold", str(path), str(len(cold_rounds))).figures
    parts = run_trial("merging", str(path)).figures
    warm = run_trial("switching", "switch", str(path), str(options.repeats)).figures
    read = [cold[f"read, {turn}"] for turn in cold_rounds]
    load = [cold[f"load, {turn}"] for turn in cold_rounds]
    same = [warm[f"same, {turn}"] for turn in rounds]
    switched = [warm[f"switched, {turn}"] for turn in rounds]
    more = [1000 * (a - b) for a, b in zip(switched, same, strict=True)]
    return [
        Row(
            what="A file of 2.1 GB in half precision: reading it",
            values=read,
            unit="s",
        ),
        Row(what="... loading it", values=load, unit="s"),
        Row(what="... over reading it", values=ratios(load, read), unit="×", bar=OF_DISK),
        Row(
            what="First step of 128×128, the checkpoint never loaded",
            values=[warm["new"]],
            unit="s",
        ),
        Row(what="... the same checkpoint as before", values=same, unit="s"),
        Row(what="... another in memory: longer by", values=more, unit="ms", bar=SWITCH_MS),
        *(
            Row(what=what, values=[parts[f"{name}, {turn}"] for turn in range(3)], unit="s")
            for name, what in PARTS.items()
        ),
    ]
