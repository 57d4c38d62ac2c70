"""``velatura studio``: the server, its queue and its worker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from velatura.cli.options import ModelsDir, settings_with
from velatura.cli.terminal import note, say
from velatura.garbage import uncollected

if TYPE_CHECKING:
    from velatura.records import PreviewKind
    from velatura.settings import Settings

Host = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Address to listen at; others than this machine's own need a login. "
        "Also VELATURA_HOST.",
    ),
]
Port = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, max=65535, help="0 takes a free one. Also VELATURA_PORT."),
]
DataDir = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Database, pictures and uploads. Also VELATURA_DATA_DIR."),
]
NoBrowser = Annotated[
    bool, typer.Option("--no-browser", metavar="", help="Do not open the studio in a browser.")
]


def studio(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    models_dir: ModelsDir = None,
    no_browser: NoBrowser = False,
) -> None:
    """Start the studio: the server, its queue and its worker.

    It says where it is, and runs until Ctrl-C or SIGTERM; jobs that were not finished go on when it
    is started again. A login is set by VELATURA_TOKEN or VELATURA_PASSWORD.
    """
    settings = settings_with(models_dir)
    given = {"host": host, "port": port, "data_dir": data_dir}
    settings = replace(settings, **{name: it for name, it in given.items() if it is not None})
    _serve(settings, opens_browser=not no_browser)


def _serve(settings: Settings, *, opens_browser: bool) -> None:
    with uncollected():
        from velatura.jobs import local_recipe
        from velatura.server.config import ServerConfig
        from velatura.server.logs import log_lines
        from velatura.server.serve import serve

    styles_file = settings.styles_file or settings.data_dir.absolute() / "styles.csv"
    config = ServerConfig(
        host=settings.host,
        port=settings.port,
        data_dir=settings.data_dir.absolute(),
        database_url=settings.database_url,
        models_dirs=settings.models_dirs,
        import_dirs=settings.import_dirs,
        styles_file=styles_file,
        cache_dir=settings.cache_dir,
        preview=cast("PreviewKind", settings.preview),  # the configuration refuses any other
        token=settings.token,
        password=settings.password,
        allowed_hosts=settings.allowed_hosts,
    )
    recipe = local_recipe(
        settings.models_dirs,
        cache_dir=settings.cache_dir,
        styles_file=styles_file,
        compiles=settings.compile,
    )

    def announce(address: str) -> None:
        say(f"Velatura is at {address}")
        note(f"data in {config.data_dir}; stop with Ctrl-C", heading="studio:")
        if opens_browser:
            typer.launch(address)

    log_lines()
    serve(config, recipe, announce)
