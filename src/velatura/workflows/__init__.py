"""Chains of stages: as documents, out of pictures, carried out, and checked."""

from __future__ import annotations

from velatura.workflows.cache import PictureCache, picture_key
from velatura.workflows.changes import pick_change
from velatura.workflows.document import parse_workflow, read_workflow
from velatura.workflows.extract import Extracted, extract_workflow
from velatura.workflows.run import StageEvent, StageFinished, StageStarted, run_workflow
from velatura.workflows.schema import workflow_schema
from velatura.workflows.verify import Difference, Verdict, verify_picture
from velatura.workflows.workflow import Stage, Workflow
from velatura.workflows.writing import format_workflow

__all__ = [
    "Difference",
    "Extracted",
    "PictureCache",
    "Stage",
    "StageEvent",
    "StageFinished",
    "StageStarted",
    "Verdict",
    "Workflow",
    "extract_workflow",
    "format_workflow",
    "parse_workflow",
    "pick_change",
    "picture_key",
    "read_workflow",
    "run_workflow",
    "verify_picture",
    "workflow_schema",
]
