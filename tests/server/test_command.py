"""``velatura studio`` and ``velatura doctor --security``, as they are typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

VELATURA = Path(sys.executable).with_name("velatura")


@pytest.fixture
def environment(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VELATURA_")}
    return kept | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_the_studio_starts_paints_and_stops_when_it_is_asked(tmp_path, environment):
    command = [VELATURA, "studio", "--port", "0", "--data-dir", tmp_path / "data", "--no-browser"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        address = process.stdout.readline().split()[-1]
        answer = httpx2.post(f"{address}/api/jobs", json={"request": {"prompt": "x"}}, timeout=60)
        assert answer.status_code == 201
        assert "velatura-mini" in httpx2.get(f"{address}/api/options", timeout=60).text
    finally:
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in told
    entries = [json.loads(line) for line in told.splitlines() if line.startswith('{"at"')]
    assert any(entry["message"].startswith("POST /api/jobs 201") for entry in entries)
    assert all("request" in entry for entry in entries if "/api/" in entry["message"])
    job = answer.json()["id"]
    assert any(entry.get("job") == job and "request" in entry for entry in entries)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--host", "0.0.0.0"), "VELATURA_TOKEN"),
        (("--host", "1.2.3.4.5"), "VELATURA_TOKEN"),
        (("--data-dir", "/proc/velatura"), "data folder"),
    ],
)
def test_the_studio_refuses_to_start_where_it_cannot_or_should_not(
    tmp_path, environment, words, told
):
    given = ["studio", "--port", "0", "--no-browser", *words]
    folder = [] if "--data-dir" in words else ["--data-dir", tmp_path / "data"]
    ran = subprocess.run(
        [VELATURA, *given, *folder], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode in (2, 4)
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_port_that_is_taken_is_named(studio, tmp_path, environment):
    port = studio.address.rpartition(":")[2]
    ran = subprocess.run(
        [VELATURA, "studio", "--port", port, "--data-dir", tmp_path / "data", "--no-browser"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 2
    assert f"127.0.0.1:{port}" in ran.stderr


def test_the_doctor_attacks_and_reports(studio, environment):
    ran = subprocess.run(
        [VELATURA, "doctor", "--security", studio.address, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    rows = json.loads(ran.stdout)
    assert len(rows) >= 15
    assert all(row["withstood"] for row in rows)


def test_the_doctor_says_where_nothing_answers(environment):
    ran = subprocess.run(
        [VELATURA, "doctor", "--security", "http://127.0.0.1:1"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 2
    assert "nothing answers" in ran.stderr
