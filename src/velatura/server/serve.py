"""A server from start to end: data folder, workers, socket, and an orderly stop."""

from __future__ import annotations

import logging
import signal
import socket
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import uvicorn
from filelock import FileLock, Timeout

from velatura.errors import OutputError, RequestError
from velatura.jobs import Queue
from velatura.server.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

    from velatura.jobs import Recipe
    from velatura.server.config import ServerConfig

LOG = logging.getLogger(__name__)

FAREWELL_S = 1
"""What open streams are given to end when the server stops."""

BACKLOG = 512


def serve(config: ServerConfig, recipe: Recipe, announce: Callable[[str], None]) -> None:
    """Run the studio until the process is asked to stop; running jobs are parked then.

    Args:
        config: Where, for whom and with what.
        recipe: How the worker makes its engine.
        announce: Told the address, once requests are answered.

    Raises:
        RequestError: the address cannot be listened at.
        OutputError: the data folder cannot be used, or another studio uses it.
        DatabaseError: the database cannot be used.
    """
    with _stopping() as asked, _listening(config) as listener, _only_one(config):
        queue = Queue(config.data_dir, url=config.database_url, most_waiting=config.bounds.waiting)
        worker = replace(queue.worker("worker", recipe), preview=config.preview)
        supervisor = queue.supervise([worker])
        supervisor.start()
        try:
            app = create_app(config, queue, supervisor)
            address = _address(config, listener)
            if not asked:
                dismiss = app.app.state.studio.hub.dismiss
                server = _Server(_uvicorn_config(app), lambda: announce(address), dismiss)
                server.run([listener])
        finally:
            LOG.info("stopping: running jobs are parked")
            supervisor.stop()
            queue.close()


class _Server(uvicorn.Server):
    """Says that it is there, and that it goes."""

    def __init__(
        self, config: uvicorn.Config, announce: Callable[[], None], dismiss: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._dismiss = dismiss

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer no more; streams would be waited for."""
        self._dismiss()
        await super().shutdown(sockets)


def _uvicorn_config(app: Callable[..., object]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=FAREWELL_S,
    )


@contextmanager
def _stopping() -> Generator[list[int]]:
    """Signals that ask to stop are remembered, so that the workers are stopped in any case.

    While the server runs it has them itself, and hands them on when it has ended.
    """
    asked: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        del frame
        asked.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _listening(config: ServerConfig) -> Generator[socket.socket]:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    # The protocol is named so that asyncio sends small answers at once (TCP_NODELAY).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((config.host.strip("[]"), config.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise RequestError(
            f"port: cannot listen at {config.host}:{config.port}: {error.strerror}; choose "
            "another with --port, or end the program that has it",
            field="port",
        ) from error
    with listener:
        yield listener


@contextmanager
def _only_one(config: ServerConfig) -> Generator[None]:
    """Hold the data folder; the system lets go of it should this process be killed."""
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(config.data_dir / "studio.lock")
        with lock.acquire(timeout=0):
            yield
    except Timeout as error:
        raise OutputError(
            f"{config.data_dir}: another studio uses this data folder; end it, or name another "
            "folder with --data-dir"
        ) from error
    except OSError as error:
        raise OutputError(
            f"{config.data_dir}: cannot be made a data folder: {error.strerror}"
        ) from error


def _address(config: ServerConfig, listener: socket.socket) -> str:
    host = f"[{config.host.strip('[]')}]" if ":" in config.host else config.host
    return f"http://{host}:{listener.getsockname()[1]}"
