"""What is an address to fetch from, and what git means when it cannot."""

from pathlib import Path
from typing import Any

import pytest

from samoey.adapters.git import addresses
from samoey.adapters.git.failures import problem_of
from samoey.adapters.git.system import SystemGit
from samoey.kit.ports.git import (
    CredentialRefused,
    GitFailed,
    HostKeyRefused,
    SourceRefused,
    SourceUnreachable,
)
from samoey.kit.problems import DiskFull, Problem
from samoey.kit.settings import RepositorySettings


def git_with(home: Path, **changes: Any) -> SystemGit:
    return SystemGit(RepositorySettings(**({"plain_http": True} | changes)), home)


@pytest.fixture
def git(tmp_path: Path) -> SystemGit:
    return git_with(tmp_path)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "-oProxyCommand=x",
        "--upload-pack=touch /tmp/x",
        "ext::sh -c id",
        "ext::id",
        "git://example.org/a.git",
        "ftp://example.org/a.git",
        "file:///etc",
        "fd::17",
        "https://",
        "https:///a.git",
        "https://example.org",
        "https://example.org/a.git?token=1",
        "https://example.org/a.git#frag",
        "https://user:secret@example.org/a.git",
        "https://exa mple.org/a.git",
        "https://example.org:99999/a.git",
        "https://-oProxy/a.git",
        "https://exam\nple.org/a.git",
        "ssh://-oProxyCommand=x/a.git",
        "ssh://-l@example.org/a.git",
        "ssh://git:secret@example.org/a.git",
        "-l@example.org:a.git",
        "git@-oProxyCommand=x:a.git",
        "git@example.org:-x",
        "example.org",
        "a/b",
        "http://[::1/a.git",
    ],
)
def test_what_is_no_address_is_refused(git: SystemGit, address: str) -> None:
    with pytest.raises(SourceRefused):
        git.check_source(address)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("https://github.com/pallets/flask", "github.com", 443),
        ("https://git.example.org:8443/team/app.git", "git.example.org", 8443),
        ("https://[2001:db8::1]/app.git", "2001:db8::1", 443),
        ("ssh://git@example.org:2222/~ada/app.git", "example.org", 2222),
        ("git@github.com:pallets/flask.git", "github.com", 22),
        ("example.org:app.git", "example.org", 22),
    ],
)
def test_the_usual_addresses_are_understood(address: str, host: str, port: int) -> None:
    read = addresses.read(address)

    assert (read.host, read.port, read.text) == (host, port, address)


def test_plain_http_is_refused_unless_allowed(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="plain_http"):
        git_with(tmp_path, plain_http=False).check_source("http://example.org/a.git")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("fatal: write error: No space left on device\nfatal: early EOF", DiskFull),
        ("fatal: unable to create temporary file", DiskFull),
        ("Host key verification failed.\nfatal: Could not read from remote", HostKeyRefused),
        ("git@x: Permission denied (publickey).\nfatal: Could not read", CredentialRefused),
        ("fatal: unable to access 'x': The requested URL returned error: 403", CredentialRefused),
        ("fatal: unable to access 'x': The requested URL returned error: 503", SourceUnreachable),
        ("fatal: unable to access 'x': SSL certificate problem", SourceUnreachable),
        ("fatal: mismatched algorithms: client sha1; server sha256", SourceRefused),
        ("fatal: something new", GitFailed),
        ("", GitFailed),
    ],
)
def test_gits_words_are_understood(words: str, kind: type[Problem]) -> None:
    assert type(problem_of(words)) is kind


def test_what_git_says_is_told_without_secrets_and_without_tricks() -> None:
    told = problem_of("fatal: no \x1b[31mtoken s3cret\x07 here" + "y" * 5000, ("s3cret", ""))

    assert "s3cret" not in str(told)
    assert "\x1b" not in str(told)
    assert len(str(told)) < 1000


def test_counts_of_the_other_side_are_no_part_of_a_problem() -> None:
    told = problem_of(
        "remote: Enumerating objects: 5, done.\nremote: Total 5 (delta 0), reused 0\n"
        "remote: This project is archived.\nfatal: the remote end hung up unexpectedly"
    )

    assert str(told.detail).startswith("remote: This project is archived. fatal: the remote end")
