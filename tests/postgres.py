"""A PostgreSQL server of the tests' own: a fresh cluster that speaks through a socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = "postgres"
"""Who runs the server where the tests are run by root, whom it refuses."""

FASTER = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=50")
"""The cluster is thrown away: nothing in it has to outlast a power cut."""


def programs() -> Path:
    """The folder of PostgreSQL's programs; the test is skipped where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    path = str(found[-1]) if found else shutil.which("initdb")
    if path is None:
        pytest.skip("PostgreSQL's programs are not installed (Debian: apt-get install postgresql)")
    return Path(path).resolve().parent


@contextmanager
def server() -> Iterator[str]:
    """A running server; the beginning of its URLs, up to the name of a database."""
    folder = programs()
    as_user = {}
    if os.geteuid() == 0:
        try:
            account = pwd.getpwnam(USER)
        except KeyError:
            pytest.skip(f"there is no user {USER!r} to run PostgreSQL as")
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    root = Path(tempfile.mkdtemp(prefix="velatura-pg-"))
    if as_user:
        os.chown(root, as_user["user"], as_user["group"])
    try:
        subprocess.run(
            [folder / "initdb", "-D", root / "data", "-U", "velatura", "-A", "trust", "-N"],
            check=True,
            capture_output=True,
            cwd=root,
            **as_user,
        )
        options = [part for option in FASTER for part in ("-c", option)]
        command = [folder / "postgres", "-D", root / "data", "-k", root, "-h", "", *options]
        with (root / "log").open("wb") as log:
            process = subprocess.Popen(command, stderr=log, stdout=log, cwd=root, **as_user)
        try:
            _wait(folder, root)
            yield f"postgresql://velatura@/{{}}?host={root}"
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing is kept
            process.wait(30)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _wait(folder: Path, root: Path) -> None:
    """Wait until the server takes connections."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if not subprocess.run([folder / "pg_isready", "-q", "-h", root], check=False).returncode:
            return
        time.sleep(0.05)
    raise AssertionError(f"PostgreSQL does not start:\n{(root / 'log').read_text()}")
