"""Bringing a repository here, and keeping the mirror equal to it."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from samoey.adapters.git import access, addresses, mirrors
from samoey.adapters.git.access import Access
from samoey.adapters.git.process import ask, try_to, watch
from samoey.adapters.git.reading import git_dir
from samoey.kit.ports.git import (
    Fetched,
    FetchTimedOut,
    OnProgress,
    Progress,
    Remote,
    SourceEmpty,
    SourceRedirects,
    SourceRefused,
)
from samoey.kit.settings import RepositorySettings

# Where the other side's HEAD is kept: it may stand on no branch.
HEAD = "refs/samoey/head"
_BRANCHES = "refs/heads/"
_STAGES = {"Receiving objects": "fetching", "Resolving deltas": "resolving"}


@dataclass(frozen=True, slots=True)
class Advertised:
    """What the other side has."""

    refs: dict[str, str]
    head: str | None
    default: str | None


async def fetch(
    mirror: Path, remote: Remote, settings: RepositorySettings, on_progress: OnProgress | None
) -> Fetched:
    """Make `mirror` equal to `remote`."""
    try:
        async with asyncio.timeout(settings.fetch_timeout_s), mirrors.locked(mirror):
            with mirrors.disk_watched(), mirrors.private_folder(mirror) as folder:
                way = await _way_to(remote, folder, settings)
                way, there = await _look(way)
                await _bring(mirror, way, there, settings, on_progress)
                return Fetched(there.default, there.head, way.learned())
    except TimeoutError:
        raise FetchTimedOut(
            f"It took more than {settings.fetch_timeout_s:g} seconds. An operator can allow more "
            "with the setting repositories.fetch_timeout_s."
        ) from None


async def _way_to(remote: Remote, folder: Path, settings: RepositorySettings) -> Access:
    if remote.local:
        return access.to_folder(folder, Path(remote.source))
    address = addresses.read(remote.source)
    check_scheme(address, settings)
    pinned = await addresses.pin(address, addresses.guard(settings))
    way = access.to_ssh if address.by_ssh else access.to_web
    return way(folder, address, pinned, remote.credential, settings)


def check_scheme(address: addresses.Address, settings: RepositorySettings) -> None:
    """Refuse what anybody on the way could read or alter.

    Raises:
        SourceRefused: plain HTTP, which the operator has not allowed.
    """
    if address.scheme == "http" and not settings.plain_http:
        raise SourceRefused(
            "Plain http:// is not fetched from. An operator can allow it with the setting "
            "repositories.plain_http."
        )


async def _look(way: Access) -> tuple[Access, Advertised]:
    """What the other side has, and the address under which it says so."""
    try:
        return way, await _advertised(way)
    except SourceRedirects:
        # The one redirect that every large host makes, guessed instead of followed.
        if way.source.endswith(".git"):
            raise
        other = replace(way, source=f"{way.source.rstrip('/')}.git")
        return other, await _advertised(other)


async def _advertised(way: Access) -> Advertised:
    arguments = ["ls-remote", "--symref", "--end-of-options", way.source, "HEAD", "refs/heads/*"]
    out = await watch(arguments, way.env, secrets=way.secrets)
    refs: dict[str, str] = {}
    target = None
    for line in out.decode("utf-8", "surrogateescape").splitlines():
        what, name = line.split("\t", 1)
        if not what.startswith("ref: "):
            refs[name] = what
        elif name == "HEAD":
            target = what.removeprefix("ref: ")
    head = refs.pop("HEAD", None)
    # Patterns match the end of a name: `refs/remotes/origin/HEAD`, which every clone has, and
    # `refs/x/refs/heads/y` come too.
    refs = {name: commit for name, commit in refs.items() if name.startswith(_BRANCHES)}
    # A HEAD may point outside the branches: then it answers as one that stands on none.
    default = target.removeprefix(_BRANCHES) if target in refs else None
    if not refs and head is None:
        raise SourceEmpty("Commit something to it, then sync it here.")
    return Advertised(refs, head, default)


async def _bring(
    mirror: Path,
    way: Access,
    there: Advertised,
    settings: RepositorySettings,
    on_progress: OnProgress | None,
) -> None:
    async with mirrors.draft_of(mirror) as work:
        if work != mirror or not await _same(work, there):
            await _fetch(work, way, there, settings, on_progress)
            mirrors.check_size(await asyncio.to_thread(mirrors.bytes_in, work), settings.max_mb)
        if there.head is not None:
            target = f"refs/heads/{there.default}" if there.default else HEAD
            name = target.encode(errors="surrogateescape")
            await ask([git_dir(work), "symbolic-ref", "HEAD", name])


async def _same(mirror: Path, there: Advertised) -> bool:
    """Whether the mirror already has just what the other side has."""
    _, out = await ask(
        [git_dir(mirror), "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/", HEAD]
    )
    lines = out.decode("utf-8", "surrogateescape").splitlines()
    here = {name: commit for commit, name in (line.split(" ", 1) for line in lines)}
    return here == there.refs | ({HEAD: there.head} if there.head else {})


async def _fetch(
    work: Path,
    way: Access,
    there: Advertised,
    settings: RepositorySettings,
    on_progress: OnProgress | None,
) -> None:
    refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
    if there.head is not None:
        refs.append(f"+HEAD:{HEAD}")
    options = ["--prune", "--progress", "--update-shallow", "--no-write-fetch-head"]
    arguments = [git_dir(work), "fetch", *options, "--end-of-options", way.source, *refs]

    def tell(phase: str, done: int, total: int) -> None:
        if on_progress is not None and phase in _STAGES:
            on_progress(Progress(_STAGES[phase], done, total))

    fetching = asyncio.create_task(watch(arguments, way.env, on_count=tell, secrets=way.secrets))
    guarding = asyncio.create_task(mirrors.guard_size(work, settings.max_mb))
    try:
        await asyncio.wait((fetching, guarding), return_when=asyncio.FIRST_COMPLETED)
        # Whichever ended first says how it went; the guard ends only with a problem.
        (guarding if guarding.done() else fetching).result()
    finally:
        fetching.cancel()
        guarding.cancel()
        await asyncio.gather(fetching, guarding, return_exceptions=True)


async def keep(mirror: Path, commit: str) -> None:
    """Hold on to a commit by a ref of our own."""
    await ask([git_dir(mirror), "update-ref", f"refs/samoey/at/{commit}", commit])


async def tidy(mirror: Path) -> None:
    """Pack what many small fetches left, when there is much of it."""
    await try_to([git_dir(mirror), "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"])
