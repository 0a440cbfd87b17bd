"""Fetching over HTTP, from git's own server program behind a door with a token."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from samoey.adapters.git.system import SystemGit
from samoey.kit.ports.git import (
    CredentialRefused,
    FetchTimedOut,
    Remote,
    SourceNotFound,
    SourceRedirects,
    SourceUnreachable,
    Token,
)
from samoey.kit.ports.network import PrivateAddress
from samoey.kit.settings import RepositorySettings
from tests.doubles.git_host import GitHost, git_host

TOKEN = "glpat-4vErY_s3cret/Token"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def mirror(home: Path) -> Path:
    return home / "mirrors" / "one.git"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    with git_host(tmp_path / "served") as running:
        yield running


def git_with(home: Path, **changes: Any) -> SystemGit:
    allowed = {"plain_http": True, "private_addresses": True}
    return SystemGit(RepositorySettings(**(allowed | changes)), home)


@pytest.fixture
def git(home: Path) -> SystemGit:
    return git_with(home)


def published(host: GitHost, *, megabytes: float = 0) -> str:
    """A repository with a commit on the server; gives the commit."""
    author = host.repository()
    if megabytes:
        noise = (str(hash(number)) * 50 for number in range(round(megabytes * 1000)))
        author.write("large.txt", "\n".join(noise))
    commit = author.commit("a.py")
    author.git("push", "--quiet", "origin", "main")
    return commit


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def command_lines() -> str:
    """What every process of this machine was started with, and its environment where one may."""
    found = []
    for name in ("cmdline", "environ"):
        for path in Path("/proc").glob(f"[0-9]*/{name}"):
            try:
                found.append(path.read_bytes().decode(errors="replace"))
            except OSError:
                continue
    return "\n".join(found)


async def test_a_public_repository_comes_over_http(
    git: SystemGit, mirror: Path, host: GitHost
) -> None:
    commit = published(host)

    fetched = await git.fetch(mirror, Remote(f"{host.url}/app.git"))

    assert (fetched.head, fetched.default_branch) == (commit, "main")


async def test_a_token_opens_a_private_repository_and_is_seen_nowhere(
    git: SystemGit, mirror: Path, host: GitHost, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    commit = published(host, megabytes=2)
    host.token = TOKEN
    seen: list[str] = []

    async def look() -> None:
        while True:
            seen.append(await asyncio.to_thread(command_lines))

    looking = asyncio.create_task(look())
    fetched = await git.fetch(
        mirror, Remote(f"{host.url}/app.git", Token(SecretStr(TOKEN), "deployer"))
    )
    looking.cancel()

    assert fetched.head == commit
    assert ("/app.git/git-upload-pack", "deployer") in host.asked
    assert any("git-remote-http" in line for line in seen)
    assert TOKEN not in "\n".join(seen)
    assert TOKEN.encode() not in contents(home)
    assert TOKEN not in caplog.text


async def test_a_wrong_token_is_refused_without_being_quoted(
    git: SystemGit, mirror: Path, host: GitHost, home: Path
) -> None:
    published(host)
    host.token = "another"

    with pytest.raises(CredentialRefused) as caught:
        await git.fetch(mirror, Remote(f"{host.url}/app.git", Token(SecretStr(TOKEN))))

    assert TOKEN not in str(caught.value.document())
    assert not caught.value.transient
    assert TOKEN.encode() not in contents(home)


async def test_a_missing_token_is_asked_for(git: SystemGit, mirror: Path, host: GitHost) -> None:
    published(host)
    host.token = TOKEN

    with pytest.raises(CredentialRefused, match="Give a token"):
        await git.fetch(mirror, Remote(f"{host.url}/app.git"))


async def test_a_wrong_address_is_said_to_hold_no_repository(
    git: SystemGit, mirror: Path, host: GitHost
) -> None:
    with pytest.raises(SourceNotFound):
        await git.fetch(mirror, Remote(f"{host.url}/nothing.git"))


@pytest.mark.parametrize("address", ["https://nowhere.invalid/a.git", "http://127.0.0.1:9/a.git"])
async def test_a_host_that_does_not_answer_is_tried_again(
    git: SystemGit, mirror: Path, address: str
) -> None:
    with pytest.raises(SourceUnreachable) as caught:
        await git.fetch(mirror, Remote(address))

    assert caught.value.transient


async def test_a_host_name_that_stands_for_nothing_is_tried_again(
    git: SystemGit, mirror: Path
) -> None:
    for address in ("https://no-such.invalid/app.git", "ssh://git@no-such.invalid/app.git"):
        with pytest.raises(SourceUnreachable, match=r"no-such\.invalid cannot be resolved"):
            await git.fetch(mirror, Remote(address))


async def test_a_clone_that_is_cut_leaves_nothing_half_and_the_next_try_works(
    git: SystemGit, mirror: Path, host: GitHost
) -> None:
    commit = published(host, megabytes=1)
    host.cut_after = 20_000

    with pytest.raises(SourceUnreachable):
        await git.fetch(mirror, Remote(f"{host.url}/app.git"))
    left = {path.name for path in mirror.parent.glob("*")}
    host.cut_after = None
    fetched = await git.fetch(mirror, Remote(f"{host.url}/app.git"))

    assert left <= {".one.git.lock"}
    assert fetched.head == commit


async def test_an_update_that_is_cut_keeps_what_was_there(
    git: SystemGit, mirror: Path, host: GitHost
) -> None:
    author = host.repository()
    old = author.commit("a.py")
    author.git("push", "--quiet", "origin", "main")
    await git.fetch(mirror, Remote(f"{host.url}/app.git"))
    author.write("large.txt", "\n".join(str(hash(n)) * 50 for n in range(1000)))
    new = author.commit()
    author.git("push", "--quiet", "origin", "main")
    # The list of branches still comes whole; the pack does not.
    host.cut_after = 2_000

    with pytest.raises(SourceUnreachable):
        await git.fetch(mirror, Remote(f"{host.url}/app.git"))

    assert await git.resolve(mirror, "main") == old
    host.cut_after = None
    assert (await git.fetch(mirror, Remote(f"{host.url}/app.git"))).head == new


async def test_a_server_that_never_answers_is_given_up(
    home: Path, mirror: Path, host: GitHost
) -> None:
    published(host)
    host.silent = True

    with pytest.raises(FetchTimedOut):
        await git_with(home, fetch_timeout_s=0.5).fetch(mirror, Remote(f"{host.url}/app.git"))


FETCHER = """
import asyncio, sys
from pathlib import Path
from samoey.adapters.git.system import SystemGit
from samoey.kit.ports.git import Remote
from samoey.kit.ports.network import PrivateAddress
from samoey.kit.settings import RepositorySettings

settings = RepositorySettings(plain_http=True, private_addresses=True)
mirror = Path(sys.argv[1])
asyncio.run(SystemGit(settings, mirror.parent).fetch(mirror, Remote(sys.argv[2])))
"""


async def test_a_process_that_is_killed_leaves_no_git_behind(
    git: SystemGit, mirror: Path, host: GitHost
) -> None:
    commit = published(host)
    host.silent = True
    address = f"{host.url}/app.git"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FETCHER, str(mirror), address
    )
    async with asyncio.timeout(30):
        while "git-remote-http" not in command_lines() or not host.asked:  # noqa: ASYNC110 - a process is waited for
            await asyncio.sleep(0.05)

    process.kill()
    await process.wait()

    async with asyncio.timeout(10):
        while address in command_lines():  # noqa: ASYNC110 - a process is waited for
            await asyncio.sleep(0.05)
    host.silent = False
    assert (await git.fetch(mirror, Remote(address))).head == commit
    assert [path.name for path in mirror.parent.glob("*.git")] == ["one.git"]


async def test_a_redirect_is_not_followed_and_takes_no_token_along(
    git: SystemGit, mirror: Path, host: GitHost, tmp_path: Path
) -> None:
    published(host)
    with git_host(tmp_path / "elsewhere") as other:
        host.redirects["/moved.git"] = f"{other.url}/app.git/info/refs?service=git-upload-pack"

        with pytest.raises(SourceRedirects):
            await git.fetch(
                mirror, Remote(f"{host.url}/moved.git", Token(SecretStr(TOKEN), "deployer"))
            )

        assert other.asked == []


async def test_the_ending_that_large_hosts_redirect_to_is_tried(
    git: SystemGit, mirror: Path, host: GitHost
) -> None:
    commit = published(host)
    host.redirects["/app/"] = f"{host.url}/app.git/"

    assert (await git.fetch(mirror, Remote(f"{host.url}/app"))).head == commit


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/a.git",
        "https://localhost/a.git",
        "https://2130706433/a.git",
        "https://0x7f.1/a.git",
        "https://10.1.2.3/a.git",
        "https://192.168.1.1/a.git",
        "https://100.64.1.1/a.git",
        "https://169.254.169.254/a.git",
        "https://[::1]/a.git",
        "https://[::ffff:127.0.0.1]/a.git",
        "https://[64:ff9b::a00:1]/a.git",
        "https://[fd00::1]/a.git",
        "https://0.0.0.0/a.git",
        "ssh://git@127.0.0.1/a.git",
        "git@localhost:a.git",
    ],
)
async def test_a_private_address_is_refused(home: Path, mirror: Path, address: str) -> None:
    git = git_with(home, private_addresses=False)

    with pytest.raises(PrivateAddress):
        await git.fetch(mirror, Remote(address))


@pytest.mark.parametrize("address", ["https://169.254.169.254/a.git", "https://[fe80::1]/a.git"])
async def test_a_clouds_own_address_is_refused_even_where_private_ones_are_allowed(
    git: SystemGit, mirror: Path, address: str
) -> None:
    with pytest.raises(PrivateAddress):
        await git.fetch(mirror, Remote(address))


async def test_what_was_looked_up_is_what_is_gone_to(
    git: SystemGit, mirror: Path, host: GitHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = published(host)
    port = host.url.rpartition(":")[2]
    loop = asyncio.get_running_loop()

    async def once(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(port)))]

    # The world's name service, which git itself could not find this name in.
    monkeypatch.setattr(loop, "getaddrinfo", once)

    fetched = await git.fetch(mirror, Remote(f"http://git.example.test:{port}/app.git"))

    assert fetched.head == commit
