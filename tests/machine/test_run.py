"""The script answers without a set-up where it can, and refuses what it cannot do before long work."""

import os
import re
import socket
import subprocess
from pathlib import Path

RUN = Path(__file__).resolve().parents[2] / "run"


def call(*words, **env):
    return subprocess.run(
        [RUN, *words], cwd="/", env=os.environ | env, capture_output=True, text=True, check=False, timeout=60
    )


def test_help_has_one_line_for_each_command():
    commands = re.findall(r"^  (\w+)\)", RUN.read_text(), re.MULTILINE)
    told = re.findall(r"^\./run (\w+)", call("help").stdout, re.MULTILINE)
    assert sorted(told) == sorted(commands)


def test_an_unknown_command_shows_the_help_and_fails():
    answer = call("dmeo")
    assert (answer.returncode, answer.stdout, answer.stderr) == (2, "", call("help").stdout)


def test_demo_refuses_a_port_in_use_and_says_how_to_choose_another():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = call("demo", PORT=str(port))
    wanted = f"Port {port} is in use. Stop what uses it, or choose another:  PORT={port + 1} ./run demo\n"
    assert (answer.returncode, answer.stderr) == (1, wanted)


def test_a_second_set_up_says_nothing():
    call("setup")
    again = call("setup")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
