"""What the routes work with: made once, when the application is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from velatura.errors import concerning
from velatura.metadata.request_json import request_from_dict
from velatura.server.inputs import with_inputs
from velatura.server.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from velatura.jobs import Queue, Supervisor
    from velatura.library.index import Library
    from velatura.records import Request as Record
    from velatura.server.config import ServerConfig
    from velatura.server.door import Door
    from velatura.server.hub import Hub
    from velatura.server.imports import Imports
    from velatura.server.models import Models
    from velatura.server.sdapi.calls import Calls
    from velatura.server.sdapi.options import OptionsFile
    from velatura.workflows.runs import Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """The parts of a running server.

    Attributes:
        config: What it was told.
        queue: The jobs.
        supervisor: The workers; None where they run elsewhere.
        models: The model files.
        door: Who may come in.
        hub: What happens.
        options: A1111's options that were set.
        calls: The blocking calls of A1111's API.
        library: The pictures.
        imports: Folders on their way into the library.
        runs: The workflows.
        check: Refuses a request that is out of bounds, or names what does not exist.
    """

    config: ServerConfig
    queue: Queue
    supervisor: Supervisor | None
    models: Models
    door: Door
    hub: Hub
    options: OptionsFile
    calls: Calls
    library: Library
    imports: Imports
    runs: Runs
    check: Callable[[Record], None]

    def pool(self) -> Pool:
        """What requests may begin with."""
        return Pool(self.queue, self.library, self.config.bounds)

    def read_request(self, values: object, pool: Pool | None = None) -> Record:
        """The request of plain values, if it can be carried out here.

        Args:
            values: As they stand in JSON.
            pool: What it may begin with; the same one for many requests reads files once.

        Raises:
            RequestError: a setting that cannot be, a name that does not exist, a picture that is
                not kept here.
            UnknownModel: a checkpoint or autoencoder that does not exist.
        """
        with concerning("request"):
            request = with_inputs(request_from_dict(values), (pool or self.pool()).find)
            self.check(request)
            return request


async def studio_of(request: Request) -> Studio:
    """The server's parts, for a route. Not a plain function: those are sent to a thread."""
    return request.app.state.studio


StudioDep = Annotated[Studio, Depends(studio_of)]
