"""The change a LoRA (or a relative of it) makes to one weight.

Every function takes the layer's parameters as the file names them, and the weight W in force; it
returns ΔW before scale and multiplier. Shapes: W is (out, in) or (out, in, height, width), r is a
rank. Sources: LoRA arXiv:2106.09685; LoHa arXiv:2108.06098; LoKr arXiv:2309.14859; (IA)³
arXiv:2205.05638; DoRA arXiv:2402.09353; the Tucker forms for convolutions are those of LyCORIS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from velatura.errors import UnsupportedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    Parameters = Mapping[str, Tensor]


def weight_delta(parameters: Parameters, weight: Tensor, rank: int | None = None) -> Tensor | None:
    """ΔW of a layer, scale and DoRA included, the multiplier not; None if it leaves W alone.

    Args:
        parameters: The layer's parameters, float32, by the name behind the module's.
        weight: W, float32.
        rank: Keep only so many components of a LoRA; None keeps all.

    Raises:
        UnsupportedModel: if the parameters are of an unknown kind or do not fit W.
    """
    kind = next((marker for marker in KINDS if marker in parameters), None)
    if kind is None and parameters.keys() <= BIAS_ONLY:
        return None
    if kind is None:
        raise UnsupportedModel(f"layers of the kind {', '.join(sorted(parameters))}")
    try:
        change = KINDS[kind](_truncated(parameters, rank), weight).reshape(weight.shape)
    except (RuntimeError, KeyError, IndexError) as error:
        shapes = ", ".join(f"{n} {tuple(p.shape)}" for n, p in sorted(parameters.items()))
        raise UnsupportedModel(f"{shapes} on a weight {tuple(weight.shape)}") from error
    change = change * _scale(parameters)
    if "dora_scale" in parameters:
        change = _decomposed(parameters["dora_scale"], weight, change)
    return change


def bias_delta(parameters: Parameters) -> Tensor | None:
    """The change to the layer's bias, (out,), multiplier not included; None if there is none."""
    for name in ("diff_b", "b_norm"):
        if name in parameters:
            return parameters[name]
    return None


def _scale(parameters: Parameters) -> float:
    """The factor on ΔW: stated, or alpha over the rank, or 1."""
    if "scale" in parameters:
        return parameters["scale"].item()
    for name in RANK_AXIS:
        if name in parameters and "alpha" in parameters:
            return parameters["alpha"].item() / parameters[name].shape[0]
    return 1.0


def _truncated(parameters: Parameters, rank: int | None) -> Parameters:
    """The first components of a LoRA; other kinds are left as they are."""
    if rank is None or "lora_down.weight" not in parameters:
        return parameters
    cut = dict(parameters)
    cut["lora_up.weight"] = parameters["lora_up.weight"][:, :rank]
    cut["lora_down.weight"] = parameters["lora_down.weight"][:rank]
    if "lora_mid.weight" in parameters:
        cut["lora_mid.weight"] = parameters["lora_mid.weight"][:rank, :rank]
    return cut


def _decomposed(magnitude: Tensor, weight: Tensor, change: Tensor) -> Tensor:
    """DoRA: W + ΔW brought to the trained magnitude, less W.

    The magnitude has an entry per input channel (1, in, ...), or per output channel (out, 1, ...).
    """
    merged = weight + change
    per_output = magnitude.shape[0] != 1 or magnitude.dim() == 1
    kept = 0 if per_output else 1
    axes = [axis for axis in range(merged.dim()) if axis != kept]
    norm = merged.square().sum(dim=axes, keepdim=True).sqrt()
    return merged * (magnitude.reshape(norm.shape) / norm) - weight


def _lora(p: Parameters, _: Tensor) -> Tensor:
    """Up · down, over the core ``mid`` where there is one."""
    up = p["lora_up.weight"].flatten(1)  # (out, r)
    down = p["lora_down.weight"]  # (r, in, ...)
    if "lora_mid.weight" not in p:
        return up @ down.flatten(1)
    core = p["lora_mid.weight"]  # (r, r, h, w)
    return torch.einsum("or,rshw,si->oihw", up, core, down.flatten(1))


def _loha(p: Parameters, _: Tensor) -> Tensor:
    """The elementwise product of two low-rank matrices."""
    first, second = (_hada(p, n) for n in ("1", "2"))
    return first * second


def _hada(p: Parameters, n: str) -> Tensor:
    a, b = p[f"hada_w{n}_a"], p[f"hada_w{n}_b"]
    core = p.get(f"hada_t{n}")
    return a @ b if core is None else _tucker(core, a, b)


def _lokr(p: Parameters, _: Tensor) -> Tensor:
    """The Kronecker product of two matrices, each full or of low rank."""
    first, second = (_kron_factor(p, n) for n in ("1", "2"))
    if second.dim() == 4:
        first = first[:, :, None, None]
    return torch.kron(first.contiguous(), second.contiguous())


def _kron_factor(p: Parameters, n: str) -> Tensor:
    if f"lokr_w{n}" in p:
        return p[f"lokr_w{n}"]
    a, b = p[f"lokr_w{n}_a"], p[f"lokr_w{n}_b"]
    core = p.get(f"lokr_t{n}")
    if core is not None:
        return _tucker(core, a, b)
    return (a @ b.flatten(1)).reshape(a.shape[0], *b.shape[1:])


def _tucker(core: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """A core (r, s, h, w) between a (r, out) and b (s, in)."""
    return torch.einsum("rshw,ro,si->oihw", core, a, b)


def _ia3(p: Parameters, weight: Tensor) -> Tensor:
    """W, each input (or output) channel times a learned number."""
    axis = 1 if bool(p["on_input"].item()) else 0
    shape = [1] * weight.dim()
    shape[axis] = -1
    return weight * p["weight"].reshape(shape)


def _difference(p: Parameters, _: Tensor) -> Tensor:
    return p["diff"] if "diff" in p else p["w_norm"]


KINDS: Mapping[str, Callable[[Parameters, Tensor], Tensor]] = {
    "lora_up.weight": _lora,
    "hada_w1_a": _loha,
    "lokr_w1": _lokr,
    "lokr_w1_a": _lokr,
    "on_input": _ia3,
    "diff": _difference,
    "w_norm": _difference,
}
"""A parameter that tells the kind of a layer -> its ΔW."""

BIAS_ONLY = frozenset({"diff_b", "b_norm", "alpha", "scale"})
"""Parameters of layers that leave W alone."""

RANK_AXIS = ("lora_down.weight", "hada_w1_b", "lokr_w2_b", "lokr_w1_b")
"""Parameters whose first axis is the rank."""
