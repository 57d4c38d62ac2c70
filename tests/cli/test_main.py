"""The command as a whole: help, version, errors, exit codes."""

import os
import re
import subprocess
import sys
from importlib import import_module

import pytest

from velatura import SAMPLERS, SCHEDULES, __version__
from velatura.cli.main import COMMANDS
from velatura.cli.txt2img import HIRES, NOISE, REQUEST, SAMPLING, TEXT, VARIATION
from velatura.records.descriptions import descriptions
from velatura.upscalers import LATENT_UPSCALERS, UPSCALERS

HEAVY = "torch numpy transformers diffusers lark PIL scipy tokenizers safetensors".split()


def fresh(*words):
    """The command in an interpreter of its own, which tells the heavy modules it loaded."""
    program = (
        "import sys, atexit\n"
        f"heavy = {HEAVY!r}\n"
        "atexit.register(lambda: print('LOADED', [m for m in heavy if m in sys.modules]))\n"
        f"sys.argv = ['velatura', *{words!r}]\n"
        "from velatura.cli.main import main\n"
        "main()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("--version",), ("nonsense",)])
def test_help_version_and_refusal_load_nothing_heavy(words):
    ran = fresh(*words)
    assert "LOADED []" in ran.stdout
    assert ran.returncode == (2 if words == ("nonsense",) else 0)


def test_the_installed_command_prints_its_version():
    command = os.path.join(os.path.dirname(sys.executable), "velatura")  # noqa: PTH118, PTH120
    ran = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"{__version__}\n"


def test_nothing_asked_shows_the_help(velatura):
    ran = velatura()
    assert ran.code == 0
    assert all(name in ran.out for name in COMMANDS)
    assert ran == velatura("--help")


def test_an_unknown_command_is_one_line_on_stderr(velatura):
    ran = velatura("paint")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: No such command 'paint'")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_summary_is_the_first_line_of_its_docstring(name):
    module = name.replace("-", "_")
    command = getattr(import_module(f"velatura.cli.{module}"), module)
    assert command.__doc__.splitlines()[0] == COMMANDS[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(velatura, name):
    ran = velatura(name, "--help")
    assert ran.code == 0
    assert COMMANDS[name] in ran.out
    assert ran.err == ""


@pytest.fixture(scope="module")
def txt2img_help():
    """The help of txt2img on a terminal of 80 columns, without frames and line breaks."""
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    program = "import sys; sys.argv[1:] = ['txt2img', '--help']; " + (
        "from velatura.cli.main import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
    )
    return re.sub(r"[\s│]+", " ", ran.stdout)


@pytest.mark.parametrize("table", [SAMPLERS, SCHEDULES, UPSCALERS, LATENT_UPSCALERS], ids=len)
def test_help_lists_every_entry_of_the_tables(txt2img_help, table):
    (listed,) = [part for part in listings(txt2img_help) if set(table) <= set(part)]
    assert listed


def listings(text):
    return [part.split(", ") for part in re.findall(r"One of: (.*?)\.(?: |$)", text)]


@pytest.mark.parametrize(
    "naming", [REQUEST, VARIATION, HIRES, TEXT, SAMPLING, NOISE], ids=lambda n: n.record.__name__
)
def test_help_at_80_columns_cuts_off_no_option_and_no_text(txt2img_help, naming):
    for field in naming.fields():
        assert f" {naming.option(field)} " in txt2img_help
        told = descriptions(naming.record)[field].replace("``", "'")
        assert told[1:] in txt2img_help  # the first letter may be small behind "Switch off:"


def test_every_field_of_a_request_can_be_set_or_is_a_record_of_its_own():
    left = REQUEST.leave - {"kind", "prompt", "width", "height"}
    assert left == {"variation", "hires", "text", "sampling", "noise"}


def test_output_that_nobody_reads_any_more_is_no_error():
    program = "import sys; sys.argv[1:] = ['samplers']; from velatura.cli.main import main; main()"
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        [sys.executable, "-c", program], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert ran.returncode == 1
    assert ran.stderr == b""


def test_a_command_ends_without_looking_through_its_garbage():
    program = (
        "import atexit, gc, sys; sys.argv[1:] = ['--version']\n"
        "atexit.register(lambda: print('kept:', gc.get_freeze_count()))\n"
        "from velatura.cli.main import main; main()"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert int(ran.stdout.split(b"kept:")[1]) > 10_000


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("words", [["samplers"], ["samplers", "--json"]])
def test_standard_output_on_a_full_disk_is_one_line(words):
    program = f"import sys; sys.argv[1:] = {words}; from velatura.cli.main import main; main()"
    with open("/dev/full", "w") as full:  # noqa: PTH123
        ran = subprocess.run(
            [sys.executable, "-c", program], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ran.returncode == 4
    assert ran.stderr == (b"error: standard output cannot be written to: No space left on device\n")
