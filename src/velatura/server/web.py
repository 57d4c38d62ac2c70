"""The web application's files: its page, and what that loads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.responses import FileResponse, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from velatura.server.problems import Answer, Refusal

if TYPE_CHECKING:
    import os

    from fastapi import FastAPI
    from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
"""Where it is built to."""

POINTER = (
    "<!doctype html><title>Velatura</title><p>The studio is running. "
    'Its interface is described at <a href="/api/openapi.json">/api/openapi.json</a>.'
)
"""What is shown where no web application was built."""

FOR_EVER = "public, max-age=31536000, immutable"
"""For files that have a hash of what is in them in their names."""

COMPRESSION = 6
"""Of files on their way: all but as small as they get, in a third of the time."""

NOW_AND_THEN = "public, max-age=86400"

_NONE = Answer(404, "No such file", "Open the studio at /.")


class Assets(StaticFiles):
    """Files that never change."""

    def file_response(
        self,
        full_path: os.PathLike[str] | str,
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """A file, to be kept for ever."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = FOR_EVER
        return response


def serve_web(app: FastAPI, folder: Path) -> None:
    """Add the routes of the files in a folder."""

    def page() -> Response:
        """The web application, or where to go from here if it was not built."""
        index = folder / "index.html"
        text = index.read_text(encoding="utf-8") if index.is_file() else POINTER
        return Response(text, media_type="text/html", headers={"Cache-Control": "no-cache"})

    def icon() -> Response:
        """The picture in a browser's tab."""
        found = folder / "favicon.svg"
        if not found.is_file():
            raise Refusal("this studio has no icon", _NONE)
        return FileResponse(
            found, media_type="image/svg+xml", headers={"Cache-Control": NOW_AND_THEN}
        )

    app.add_api_route("/", page, include_in_schema=False)
    for name in ("/favicon.svg", "/favicon.ico"):
        app.add_api_route(name, icon, include_in_schema=False)
    if (folder / "assets").is_dir():
        assets = Assets(directory=folder / "assets")
        app.mount("/assets", GZipMiddleware(assets, compresslevel=COMPRESSION))
