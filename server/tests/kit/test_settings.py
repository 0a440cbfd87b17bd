"""Settings work with none, stop at a misspelt key, and keep secrets out of what is printed."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from samoey.kit.settings import read_settings, unknown_names


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("SAMOEY_HOME", raising=False)
    monkeypatch.delenv("SAMOEY_ENV_FILE", raising=False)


def test_everything_has_a_working_default(tmp_path: Path) -> None:
    settings = read_settings()

    assert settings.home == tmp_path / "samoey"
    assert settings.database_url is None
    assert settings.server.port == 8600


def test_the_file_in_the_home_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("SAMOEY_SERVER__PORT=9000\nSAMOEY_LOG__LEVEL=debug\n")
    monkeypatch.setenv("SAMOEY_SERVER__PORT", "9001")

    settings = read_settings(home=tmp_path)

    assert (settings.server.port, settings.log.level) == (9001, "debug")


def test_the_env_file_of_the_folder_one_stands_in_belongs_to_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DJANGO_SECRET=1\nSAMOEY_SERVER__PORT=1\n")
    monkeypatch.chdir(tmp_path)

    assert read_settings().server.port == 8600


@pytest.mark.parametrize("line", ["SAMOEY_SERVER__PROT=1", "SAMOEY_PORT=1", "SECRET=1"])
def test_a_misspelt_key_in_the_file_stops_the_start(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(f"{line}\n")

    with pytest.raises(ValidationError):
        read_settings(home=tmp_path)


def test_a_misspelt_variable_of_the_environment_is_named() -> None:
    names = unknown_names(
        {"SAMOEY_PROT": "1", "SAMOEY_SERVER__PORT": "1", "SAMOEY_HOME": "/x", "PATH": "/bin"}
    )

    assert names == ["SAMOEY_PROT"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "mysql://x"), ("REDIS_URL", "http://x"), ("SAMOEY_SECRET_KEY", "short")],
)
def test_a_value_that_cannot_work_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError):
        read_settings()


def test_passwords_do_not_show_when_the_tree_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://ada:hush@/db?host=/run/x")

    settings = read_settings()

    assert "hush" not in repr(settings) + settings.model_dump_json()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://ada:hush@/db?host=/run/x"


def test_a_relative_home_is_one_place_wherever_the_process_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "person"))

    monkeypatch.setenv("SAMOEY_HOME", "here")
    relative = read_settings().home
    monkeypatch.setenv("SAMOEY_HOME", "~/there")
    expanded = read_settings().home

    assert relative == tmp_path / "here"
    assert expanded == tmp_path / "person" / "there"
