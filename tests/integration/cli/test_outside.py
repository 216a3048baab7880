"""What the command says when the database, a folder or a setting is wrong: one line, code 2."""

from __future__ import annotations

import pytest

from engine.cli.main import run


@pytest.mark.parametrize(("name", "value", "said"), [
    ("BATON_DATABASE", "postgresql://a:secret@127.0.0.1:1/x", "The database doesn't answer"),
    ("BATON_DATABASE", "nonsense secret", "no address of a database"),
    ("BATON_DATABASE", "mysql://a:secret@host/x", "no address of a database"),
    ("BATON_HOME", "/proc/nope", "/proc/nope"),
    ("BATON_TIMEZONE", "Mars/X", "Mars/X"),
    ("BATON_PROXY", "garbage", "BATON_PROXY is garbage"),
])
@pytest.mark.parametrize("command", [["migrate"], ["init"], ["cases", "list"]])
def test_what_can_not_be_used_is_said_in_one_line(
        name: str, value: str, said: str, command: list[str], tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("BATON_DATABASE", raising=False)
    monkeypatch.setenv("BATON_HOME", str(tmp_path))
    monkeypatch.setenv(name, value)
    assert run(command) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1 and "secret" not in error
