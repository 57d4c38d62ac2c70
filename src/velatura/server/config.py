"""What the server is told when it is made."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from velatura.errors import RequestError
from velatura.records import PreviewKind

DEFAULT_PORT = 7860
"""That of A1111, where its clients look."""

SHORTEST = {"token": 16, "password": 8}
"""Characters of a secret; passwords may be shorter, as they can be guessed a few times only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The most that one request may ask for.

    Attributes:
        body_bytes: Of a request's body.
        prompt_bytes: Of all texts of a request together, in UTF-8.
        picture_bytes: Of one uploaded picture file.
        input_pixels: Of a picture to begin with, decoded.
        output_pixels: Of a picture to be made.
        batch_pixels: Of the pictures that are made at once.
        pictures: Of one job.
        steps: Sampling steps of all its batches together.
        waiting: Jobs of one client in the queue.
        logins_a_minute: Failed logins from one address before it has to wait.
        listeners: Open streams of events.
    """

    body_bytes: int = 128 * 2**20
    prompt_bytes: int = 64 * 2**10
    picture_bytes: int = 64 * 2**20
    input_pixels: int = 2**26
    output_pixels: int = 2**26
    batch_pixels: int = 2**26
    pictures: int = 1000
    steps: int = 100_000
    waiting: int = 2000
    logins_a_minute: int = 5
    listeners: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """Where the server listens, who may use it, and what it works with.

    Attributes:
        host: Address to listen at.
        port: Port to listen at; 0 takes a free one.
        data_dir: Database, pictures, uploads.
        database_url: The database; empty is a SQLite file in the data folder.
        models_dirs: Folders of models; the embedded ones come after them.
        import_dirs: Folders whose pictures may be imported into the library.
        styles_file: CSV file with saved styles.
        cache_dir: Where hashes of model files are remembered.
        preview: What shows how a job's pictures come up.
        token: Whoever sends it may do everything; empty is none.
        password: Whoever knows it may log in; empty is none.
        allowed_hosts: Names that the server is called by, beside addresses and ``localhost``.
        bounds: What one request may ask for.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    data_dir: Path = Path("studio")
    database_url: str = field(default="", repr=False)
    models_dirs: tuple[Path, ...] = ()
    import_dirs: tuple[Path, ...] = ()
    styles_file: Path | None = None
    cache_dir: Path | None = None
    preview: PreviewKind = "linear"
    token: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    allowed_hosts: tuple[str, ...] = ()
    bounds: Bounds = field(default_factory=Bounds)

    def __post_init__(self) -> None:
        """Refuse what would let strangers in.

        Raises:
            RequestError: no login on an address that others reach, or one that is easily guessed.
        """
        if not self.has_login and not is_loopback(self.host):
            raise RequestError(
                f"host: {self.host!r} can be reached by others; set VELATURA_TOKEN or "
                "VELATURA_PASSWORD, or listen at 127.0.0.1",
                field="host",
            )
        for name, least in SHORTEST.items():
            secret = getattr(self, name)
            if secret and (len(secret) < least or not secret.isascii()):
                raise RequestError(
                    f"{name}: expected at least {least} ASCII characters", field=name
                )
        if self.preview not in get_args(PreviewKind):
            raise RequestError(
                f"preview: expected linear or decoder, got {self.preview!r}", field="preview"
            )
        if not 0 <= self.port <= 65535:
            raise RequestError(f"port: must be from 0 to 65535, got {self.port}", field="port")

    @property
    def has_login(self) -> bool:
        """Whether people have to say who they are."""
        return bool(self.token or self.password)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches that address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
