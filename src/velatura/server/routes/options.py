"""``/api/options`` and ``/api/models``: what can be named in a request on this machine."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from velatura.server.menus import menus
from velatura.server.studio import StudioDep

router = APIRouter(tags=["options"])


@router.get("/api/options")
def options(studio: StudioDep) -> dict[str, list[dict[str, Any]]]:
    """The menus of a request's fields."""
    return menus(studio.models)


@router.get("/api/models")
def models(studio: StudioDep) -> list[dict[str, Any]]:
    """The model files that were found."""
    return studio.models.listed()


@router.post("/api/models/refresh")
def refresh(studio: StudioDep) -> list[dict[str, Any]]:
    """Search the folders of models anew."""
    studio.models.refresh()
    return studio.models.listed()
