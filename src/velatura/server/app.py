"""The application: its parts built, its routes mounted, its errors mapped, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from velatura.errors import RequestError, VelaturaError
from velatura.jobs import Queue, Supervisor
from velatura.server.conductor import Conductor
from velatura.server.config import ServerConfig
from velatura.server.guard import Guard
from velatura.server.menus import choices_for
from velatura.server.openai import failures as openai_failures
from velatura.server.parts import make_studio
from velatura.server.problems import Answer, Refusal, answer_to, problem
from velatura.server.routes import (
    events,
    forecast,
    health,
    jobs,
    library,
    openai,
    options,
    pictures,
    prompts,
    queue,
    sdapi,
    session,
    styles,
    workflows,
)
from velatura.server.sdapi import failures
from velatura.server.sdapi.bodies import body_schemas
from velatura.server.studio import Studio
from velatura.server.web import STATIC, serve_web
from velatura.version import __version__

LOG = logging.getLogger(__name__)

ROUTERS = (
    *(jobs, queue, forecast, workflows, pictures, library, prompts, styles, options),
    *(events, session, health, sdapi, openai),
)
"""The modules with routes."""


def create_app(config: ServerConfig, queue: Queue, supervisor: Supervisor | None = None) -> Guard:
    """The application for an ASGI server.

    Args:
        config: Who may use it, what for, and what it works with.
        queue: The jobs.
        supervisor: What runs the workers, so that their health is told; the caller starts and
            stops it.
    """
    studio = make_studio(config, queue, supervisor)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        del app
        news = asyncio.create_task(studio.hub.run())
        conductor = Conductor(studio.runs, queue.bell)
        conductor.start()
        yield
        await asyncio.to_thread(conductor.stop)
        await asyncio.to_thread(studio.imports.stop)
        news.cancel()
        with suppress(asyncio.CancelledError):
            await news

    app = FastAPI(
        title="Velatura",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        # Given as they are: each route of a router that is included is built once more.
        routes=[route for module in ROUTERS for route in module.router.routes],
    )
    app.state.studio = studio
    serve_web(app, STATIC)
    _describe_requests(app)
    app.add_exception_handler(VelaturaError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _defect)
    return Guard(app, config, studio.door)


def _describe_requests(app: FastAPI) -> None:
    """Have the OpenAPI document hold the schemas of the requests."""
    make = app.openapi

    def described() -> dict[str, Any]:
        document = make()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas |= jobs.REQUEST_SCHEMAS | jobs.SCHEMAS.named | body_schemas()
        return document

    app.openapi = described


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, VelaturaError):
        raise error
    if answer_to(error).status >= 500:
        LOG.error("%s: %s", type(error).__name__, error)
    if failures.is_theirs(request):
        return failures.failed(error)
    if openai_failures.is_theirs(request.url.path):
        return openai_failures.failed(error)
    choices: list[str] = []
    if answer_to(error).status == 422:
        studio: Studio = request.app.state.studio
        with suppress(VelaturaError):
            choices = await asyncio.to_thread(choices_for, error.field, studio.models)
    return problem(error, choices)


async def _invalid(request: Request, error: Exception) -> Response:
    """What FastAPI found wrong with a path, a query or a header."""
    if not isinstance(error, RequestValidationError):
        raise error
    if failures.is_theirs(request):
        return failures.invalid(error)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:])
    return await _refused(request, RequestError(f"{field}: {first['msg']}", field=field))


async def _http_error(request: Request, error: Exception) -> Response:
    """An address without a route, or a method that it does not have."""
    if not isinstance(error, HTTPException):
        raise error
    answer = Answer(error.status_code, error.detail, "See GET /api/openapi.json.")
    message = f"{request.method} {request.url.path[:200]}: {error.detail}"
    refusal = Refusal(message, answer, headers=error.headers)
    is_theirs = openai_failures.is_theirs(request.url.path)
    return openai_failures.failed(refusal) if is_theirs else problem(refusal)


async def _defect(request: Request, error: Exception) -> Response:
    """A mistake of ours: the log has it, the client learns no more than that."""
    LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    body = {"type": "urn:velatura:Defect", "title": "A defect in Velatura", "status": 500}
    return JSONResponse(body, 500, media_type="application/problem+json")
