"""Attention by oneDNN's products, where PyTorch's own attention multiplies slowly.

PyTorch's fused attention on processors multiplies by MKL, which leaves AVX-512 unused on other
makers' processors than Intel's; oneDNN does not. A block of queries at a time is compared with all
keys, so few that their scores stay in the processor's cache. The products come one after another,
each shared by all threads: that was measured to gain with two of them, and cannot with many.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import scaled_dot_product_attention

from velatura.models.products import product

if TYPE_CHECKING:
    from torch import Tensor

MANY = 1024
"""Keys from which on blocks are faster."""

SCORES = 2**20
"""Scores of a block: 4 MB."""

FEW_THREADS = 4

ROOT = Path("/")


def blocked_attention(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """``softmax(queries keysᵀ / √width) values``, in float32.

    Args:
        queries: (b heads n width).
        keys: (b heads m width).
        values: (b heads m width).

    Returns:
        (b heads n width).
    """
    count, width = keys.shape[2:]
    if count < MANY:
        return scaled_dot_product_attention(queries, keys, values)
    batch, heads, length, _ = queries.shape
    size = max(1, SCORES // count)
    found = queries.new_empty(batch, length, heads, width)
    for row in range(batch):
        for head in range(heads):
            scaled = keys[row, head] * width**-0.5
            turned = values[row, head].t().contiguous()
            for begin in range(0, length, size):
                block = slice(begin, begin + size)
                scores = product(queries[row, head, block], scaled)
                found[row, block, head] = product(scores.softmax(-1), turned)
    return found.transpose(1, 2)


def has_slow_products(root: Path = ROOT) -> bool:
    """Whether PyTorch's products leave registers of this processor unused, and blocks gain by it.

    Args:
        root: Where the system's files lie.
    """
    is_wide = torch.backends.cpu.get_cpu_capability() == "AVX512"
    if not (is_wide and torch.backends.mkl.is_available()):
        return False
    if torch.get_num_threads() > FEW_THREADS:
        return False
    try:
        told = (root / "proc/cpuinfo").read_text()
    except OSError:
        return False
    maker = re.search(r"^vendor_id\s*: (\w+)", told, re.MULTILINE)
    return maker is not None and maker[1] != "GenuineIntel"
