"""``/api/session``: logging in and out of a browser."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from velatura.server.bodies import Body, no_more, take
from velatura.server.door import COOKIE, SESSION_S
from velatura.server.guard import cookie_of
from velatura.server.problems import Refusal
from velatura.server.routes.jobs import json_body
from velatura.server.studio import Studio, StudioDep

router = APIRouter(prefix="/api/session", tags=["session"])

LOGIN = {"password": {"type": "string", "maxLength": 1000}}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """Whether a login is needed, and whether this client has one."""

    needs_login: bool
    is_logged_in: bool


@router.get("")
def show(request: Request, studio: StudioDep) -> SessionView:
    """Whether this client may use the rest of the interface."""
    return SessionView(needs_login=not studio.door.is_open, is_logged_in=_is_in(request, studio))


@router.post("", openapi_extra=json_body(LOGIN, ["password"]))
def log_in(body: Body, request: Request, studio: StudioDep, response: Response) -> SessionView:
    """Log in with the password or the token; the answer sets a cookie."""
    password: str = take(body, "password", str, "")
    no_more(body)
    if not studio.door.is_open:
        cookie = studio.door.log_in(password, request.client.host if request.client else "")
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=int(SESSION_S),
            path="/",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return SessionView(needs_login=not studio.door.is_open, is_logged_in=True)


@router.delete("")
def log_out(request: Request, studio: StudioDep, response: Response) -> SessionView:
    """Log out."""
    if cookie := cookie_of(request.headers):
        studio.door.log_out(cookie)
    response.delete_cookie(COOKIE, path="/")
    return SessionView(needs_login=not studio.door.is_open, is_logged_in=studio.door.is_open)


def _is_in(request: Request, studio: Studio) -> bool:
    try:
        studio.door.check(
            request.headers.get("authorization", ""),
            cookie_of(request.headers),
            request.client.host if request.client else "",
        )
    except Refusal:
        return False
    return True
