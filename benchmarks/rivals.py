"""Who else can take part: asked for by name, and only where it is installed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A program, or a way to run one.

    Attributes:
        label: What the tables call it.
        module: What Python imports of it; empty where it comes with diffusers.
        package: What brings the module.
    """

    label: str
    module: str = ""
    package: str = ""

    @property
    def missing(self) -> str:
        """Why it cannot take part; empty if it can."""
        if not self.module or find_spec(self.module):
            return ""
        return f"left out: {self.label}; the package {self.package} is not installed"


RIVALS: Mapping[str, Rival] = {
    "channels-last": Rival(label="diffusers, channels last"),
    "compiled": Rival(label="diffusers, compiled"),
    "openvino": Rival(label="OpenVINO", module="openvino", package="openvino"),
    "sdcpp": Rival(
        label="stable-diffusion.cpp",
        module="stable_diffusion_cpp",
        package="stable-diffusion-cpp-python",
    ),
}
"""What ``--against`` takes. The last takes part in ``painting``, the others in ``stepping``."""


def present(names: Iterable[str]) -> frozenset[str]:
    """Those of the named that can take part; says of the others why they cannot."""
    there: set[str] = set()
    for name in names:
        if missing := RIVALS[name].missing:
            print(missing, file=sys.stderr)
        else:
            there.add(name)
    return frozenset(there)
