import subprocess

import pytest

from infra.machine import env


@pytest.mark.parametrize("value", ["plain", "Matchfund <no-reply@example.org>", "it's", '$HOME `id` \\ "', "a=b"])
def test_a_quoted_value_is_one_word_of_a_shell(value):
    assert subprocess.check_output(["sh", "-c", f"printf %s {env.quoted(value)}"], text=True) == value


def test_what_is_written_is_read_back(monkeypatch, tmp_path):
    monkeypatch.setattr(env, "ENV", tmp_path / "env")
    env.write()
    assert env.read() == env.values(env.read())


def test_writing_again_changes_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(env, "ENV", tmp_path / "env")
    assert (env.write(), env.write()) == (True, False)


def test_secrets_are_long_and_new_for_each_machine():
    keys = [env.values({})[name] for name in ("MATCHFUND_SECRET_KEY", "AWS_SECRET_ACCESS_KEY") for _ in range(2)]
    assert [len(key) for key in keys] == [64, 64, 40, 40]
    assert len(set(keys)) == 4
