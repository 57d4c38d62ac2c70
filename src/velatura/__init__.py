"""Velatura: a Stable Diffusion studio, from the first prompt to the finished picture.

    from velatura import LocalEngine, Picture, Txt2Img, save_picture

    engine = LocalEngine()
    for event in engine.run(Txt2Img(prompt="flat illustration of a green apple", batch_size=4)):
        if isinstance(event, Picture):
            save_picture(event, "pictures")

Names are loaded when they are first used, so that importing the package needs no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from velatura.version import __version__ as __version__

if TYPE_CHECKING:
    from velatura.adjust import ADJUSTMENTS as ADJUSTMENTS
    from velatura.adjust import (
        adjustments_from_json as adjustments_from_json,
    )
    from velatura.adjust import (
        adjustments_to_json as adjustments_to_json,
    )
    from velatura.diffusion.samplers import SAMPLERS as SAMPLERS
    from velatura.diffusion.schedules import SCHEDULES as SCHEDULES
    from velatura.engines.base import Engine as Engine
    from velatura.engines.fake import FakeEngine as FakeEngine
    from velatura.engines.local import LocalEngine as LocalEngine
    from velatura.errors import (
        BrokenModel as BrokenModel,
    )
    from velatura.errors import (
        EngineError as EngineError,
    )
    from velatura.errors import (
        ModelError as ModelError,
    )
    from velatura.errors import (
        OutOfMemory as OutOfMemory,
    )
    from velatura.errors import (
        OutputError as OutputError,
    )
    from velatura.errors import (
        PictureError as PictureError,
    )
    from velatura.errors import (
        PromptError as PromptError,
    )
    from velatura.errors import (
        RequestError as RequestError,
    )
    from velatura.errors import (
        UnknownModel as UnknownModel,
    )
    from velatura.errors import (
        UnsafeModel as UnsafeModel,
    )
    from velatura.errors import (
        UnsupportedModel as UnsupportedModel,
    )
    from velatura.errors import (
        VelaturaError as VelaturaError,
    )
    from velatura.errors import (
        WorkflowError as WorkflowError,
    )
    from velatura.library import (
        Opened as Opened,
    )
    from velatura.library import Target as Target
    from velatura.library import contact_sheet as contact_sheet
    from velatura.library import (
        open_picture as open_picture,
    )
    from velatura.library import save_picture as save_picture
    from velatura.library import save_sheet as save_sheet
    from velatura.metadata import (
        format_infotext as format_infotext,
    )
    from velatura.metadata import (
        parse_infotext as parse_infotext,
    )
    from velatura.metadata import (
        read_story as read_story,
    )
    from velatura.metadata import (
        request_from_infotext as request_from_infotext,
    )
    from velatura.metadata import (
        request_from_json as request_from_json,
    )
    from velatura.metadata import (
        request_to_json as request_to_json,
    )
    from velatura.prompts.reading import read_prompt as read_prompt
    from velatura.records import (
        Adjust as Adjust,
    )
    from velatura.records import (
        AutoLevels as AutoLevels,
    )
    from velatura.records import (
        Bitmap as Bitmap,
    )
    from velatura.records import (
        BrightnessContrast as BrightnessContrast,
    )
    from velatura.records import (
        Crop as Crop,
    )
    from velatura.records import (
        Curves as Curves,
    )
    from velatura.records import (
        Detail as Detail,
    )
    from velatura.records import (
        Faces as Faces,
    )
    from velatura.records import (
        Hires as Hires,
    )
    from velatura.records import (
        HueSaturation as HueSaturation,
    )
    from velatura.records import (
        Img2Img as Img2Img,
    )
    from velatura.records import (
        Inpaint as Inpaint,
    )
    from velatura.records import (
        Levels as Levels,
    )
    from velatura.records import (
        ModelUse as ModelUse,
    )
    from velatura.records import (
        NoiseOptions as NoiseOptions,
    )
    from velatura.records import (
        Picture as Picture,
    )
    from velatura.records import (
        Resize as Resize,
    )
    from velatura.records import (
        Rotate as Rotate,
    )
    from velatura.records import (
        SamplingOptions as SamplingOptions,
    )
    from velatura.records import (
        Sharpen as Sharpen,
    )
    from velatura.records import (
        Step as Step,
    )
    from velatura.records import (
        TextOptions as TextOptions,
    )
    from velatura.records import (
        Txt2Img as Txt2Img,
    )
    from velatura.records import (
        Upscale as Upscale,
    )
    from velatura.records import (
        Variation as Variation,
    )
    from velatura.workflows import (
        PictureCache as PictureCache,
    )
    from velatura.workflows import (
        Stage as Stage,
    )
    from velatura.workflows import (
        StageFinished as StageFinished,
    )
    from velatura.workflows import (
        StageStarted as StageStarted,
    )
    from velatura.workflows import (
        Verdict as Verdict,
    )
    from velatura.workflows import (
        Workflow as Workflow,
    )
    from velatura.workflows import (
        extract_workflow as extract_workflow,
    )
    from velatura.workflows import (
        format_workflow as format_workflow,
    )
    from velatura.workflows import (
        parse_workflow as parse_workflow,
    )
    from velatura.workflows import (
        read_workflow as read_workflow,
    )
    from velatura.workflows import (
        run_workflow as run_workflow,
    )
    from velatura.workflows import (
        verify_picture as verify_picture,
    )
    from velatura.workflows import (
        workflow_schema as workflow_schema,
    )

_HOMES = {
    "velatura.adjust": ("ADJUSTMENTS", "adjustments_from_json", "adjustments_to_json"),
    "velatura.diffusion.samplers": ("SAMPLERS",),
    "velatura.diffusion.schedules": ("SCHEDULES",),
    "velatura.engines.base": ("Engine",),
    "velatura.engines.fake": ("FakeEngine",),
    "velatura.engines.local": ("LocalEngine",),
    "velatura.errors": (
        "BrokenModel",
        "EngineError",
        "ModelError",
        "OutOfMemory",
        "OutputError",
        "PictureError",
        "PromptError",
        "RequestError",
        "UnknownModel",
        "UnsafeModel",
        "UnsupportedModel",
        "VelaturaError",
        "WorkflowError",
    ),
    "velatura.library": (
        "Opened",
        "Target",
        "contact_sheet",
        "open_picture",
        "save_picture",
        "save_sheet",
    ),
    "velatura.metadata": (
        "format_infotext",
        "parse_infotext",
        "read_story",
        "request_from_infotext",
        "request_from_json",
        "request_to_json",
    ),
    "velatura.prompts.reading": ("read_prompt",),
    "velatura.records": (
        "Adjust",
        "AutoLevels",
        "Bitmap",
        "BrightnessContrast",
        "Crop",
        "Curves",
        "Detail",
        "Faces",
        "Hires",
        "HueSaturation",
        "Img2Img",
        "Inpaint",
        "Levels",
        "ModelUse",
        "NoiseOptions",
        "Picture",
        "Resize",
        "Rotate",
        "SamplingOptions",
        "Sharpen",
        "Step",
        "TextOptions",
        "Txt2Img",
        "Upscale",
        "Variation",
    ),
    "velatura.workflows": (
        "PictureCache",
        "Stage",
        "StageFinished",
        "StageStarted",
        "Verdict",
        "Workflow",
        "extract_workflow",
        "format_workflow",
        "parse_workflow",
        "read_workflow",
        "run_workflow",
        "verify_picture",
        "workflow_schema",
    ),
}

"""Module -> the public names that live in it."""


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """A public name, loaded from its module at first use."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'velatura' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names."""
    return sorted(["__version__", *(name for names in _HOMES.values() for name in names)])
