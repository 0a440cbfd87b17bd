"""Fetching over SSH with a deploy key, from a server that must show the pinned key."""

import asyncio
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from samoey.adapters.git import access, addresses
from samoey.adapters.git.system import SystemGit
from samoey.kit.ports.git import (
    CredentialRefused,
    HostKeyNeeded,
    HostKeyRefused,
    Remote,
    SshKey,
    Token,
)
from samoey.kit.settings import RepositorySettings
from tests.author import Author
from tests.doubles.ssh_host import SshHost, ssh_host

OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHnz1cGJzVh0a5kYq0cJ0p9b3XGkq8y1mO0T1m1q2rSt"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshHost]:
    folder = tmp_path_factory.mktemp("ssh")
    with ssh_host(folder / "host", cache=folder / "package") as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home with a space"


@pytest.fixture
def mirror(home: Path) -> Path:
    return home / "mirrors" / "one.git"


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


def git_with(home: Path, **changes: Any) -> SystemGit:
    return SystemGit(RepositorySettings(**({"private_addresses": True} | changes)), home)


def below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def command_lines() -> str:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return "\n".join(found)


async def test_a_deploy_key_opens_a_repository_and_is_seen_nowhere(
    host: SshHost, home: Path, mirror: Path, author: Author
) -> None:
    commit = author.commit("a.py")
    seen: list[str] = []

    async def look() -> None:
        while True:
            seen.append(await asyncio.to_thread(command_lines))

    looking = asyncio.create_task(look())
    remote = Remote(host.url(author.folder), SshKey(SecretStr(host.key), host.host_key))
    fetched = await git_with(home).fetch(mirror, remote)
    looking.cancel()

    secret = host.key.splitlines()[1]
    assert (fetched.head, fetched.host_key) == (commit, None)
    assert any("StrictHostKeyChecking=yes" in line for line in seen)
    assert secret not in "\n".join(seen)
    assert secret.encode() not in below(home)


@pytest.mark.parametrize("form", ["{key}", "127.0.0.1 {key}", "# a comment\n[git.x]:22 {key}\n"])
async def test_a_host_key_is_understood_in_any_form_that_people_have_it(
    host: SshHost, home: Path, mirror: Path, author: Author, form: str
) -> None:
    commit = author.commit("a.py")
    key = SshKey(SecretStr(host.key.replace("\n", "\r\n")), form.format(key=host.host_key))

    assert (await git_with(home).fetch(mirror, Remote(host.url(author.folder), key))).head == commit


async def test_a_server_with_another_key_is_refused(
    host: SshHost, home: Path, mirror: Path, author: Author
) -> None:
    author.commit("a.py")
    remote = Remote(host.url(author.folder), SshKey(SecretStr(host.key), OTHER_KEY))

    with pytest.raises(HostKeyRefused):
        await git_with(home).fetch(mirror, remote)


async def test_a_server_nobody_vouches_for_is_refused(
    host: SshHost, home: Path, mirror: Path, author: Author
) -> None:
    remote = Remote(host.url(author.folder), SshKey(SecretStr(host.key)))

    with pytest.raises(HostKeyNeeded, match="ssh-keyscan"):
        await git_with(home).fetch(mirror, remote)


async def test_where_it_is_allowed_the_first_key_is_learned_and_then_pinned(
    host: SshHost, home: Path, mirror: Path, author: Author
) -> None:
    commit = author.commit("a.py")
    git = git_with(home, trust_first_host_key=True)
    key = SecretStr(host.key)

    fetched = await git.fetch(mirror, Remote(host.url(author.folder), SshKey(key)))

    assert fetched.head == commit
    assert fetched.host_key == " ".join(host.host_key.split()[:2])
    pinned = SshKey(key, fetched.host_key)
    assert (await git.fetch(mirror, Remote(host.url(author.folder), pinned))).host_key is None


async def test_a_key_that_opens_nothing_is_refused(
    host: SshHost, home: Path, mirror: Path, author: Author, tmp_path: Path
) -> None:
    author.commit("a.py")
    remote = Remote(host.url(author.folder), SshKey(SecretStr("no key at all"), host.host_key))

    with pytest.raises(CredentialRefused):
        await git_with(home).fetch(mirror, remote)


@pytest.mark.parametrize("credential", [None, Token(SecretStr("token"))])
async def test_an_ssh_address_without_a_key_is_refused(
    home: Path, mirror: Path, credential: Token | None
) -> None:
    with pytest.raises(CredentialRefused, match="deploy key"):
        await git_with(home).fetch(mirror, Remote("git@127.0.0.1:a.git", credential))


async def test_what_is_no_host_key_is_refused(home: Path, mirror: Path) -> None:
    key = SshKey(SecretStr("key"), "SHA256:abcdef")

    with pytest.raises(HostKeyNeeded):
        await git_with(home).fetch(mirror, Remote("git@127.0.0.1:a.git", key))


def test_ssh_itself_understands_what_it_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "with a space"
    folder.mkdir()
    key = SshKey(SecretStr("key"), OTHER_KEY)
    address = addresses.read("git@example.org:team/app.git")

    way = access.to_ssh(folder, address, ("192.0.2.7",), key, RepositorySettings())

    command = [*shlex.split(way.env["GIT_SSH_COMMAND"]), "-G", "git@example.org"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    understood = set(out.lower().splitlines())
    assert {
        "hostname 192.0.2.7",
        "hostkeyalias example.org",
        "stricthostkeychecking true",
        "batchmode yes",
        "identitiesonly yes",
        "forwardagent no",
        f"identityfile {folder}/key".lower(),
        f"userknownhostsfile {folder}/known_hosts".lower(),
    } <= understood
    assert (folder / "known_hosts").read_text() == f"example.org {OTHER_KEY}\n"
    assert (folder / "key").stat().st_mode & 0o077 == 0
