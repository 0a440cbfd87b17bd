"""One git process: bounded in time, killed with all its children when nobody waits for it."""

import asyncio
import contextlib
import functools
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from samoey.adapters.git.failures import problem_here, problem_of
from samoey.kit.ports.git import GitMissing

# git's last words; progress lines before them are not kept.
_KEPT_WORDS = 16_000
_PROGRESS = re.compile(r"^(?:remote: )?([A-Z][a-z]+ [a-z]+): +\d+% \((\d+)/(\d+)\)")
_LINE_ENDS = re.compile(rb"[\r\n]+")

# Our end of the pipe closes when we die, however we die; then the whole group goes. A helper that
# waits for the network would not notice by itself.
_LEASH = (
    "exec 3<&0 </dev/null; (read -r _ <&3; kill -9 0) >/dev/null 2>&1 & "
    '"$@" 3<&-; code=$?; kill $! 2>/dev/null; wait; exit $code'
)

# Called with git's name of a phase, and how many of how many objects it has done.
OnCount = Callable[[str, int, int], None]


@functools.cache
def git_program() -> str:
    """Where git is.

    Raises:
        GitMissing: nowhere.
    """
    found = shutil.which("git")
    if found is None:
        raise GitMissing("Install git on the server (Debian: `apt install git`), then try again.")
    return found


def configured(**config: str) -> dict[str, str]:
    """The variables that configure git above every file; `core_bare` is `core.bare`."""
    # Not even a hook in a mirror of ours runs.
    entries = {"core_hooksPath": os.devnull, **config}
    env = {"GIT_CONFIG_COUNT": str(len(entries))}
    for number, (name, value) in enumerate(entries.items()):
        env[f"GIT_CONFIG_KEY_{number}"] = name.replace("_", ".")
        env[f"GIT_CONFIG_VALUE_{number}"] = value
    return env


def reading_environment() -> dict[str, str]:
    """The whole environment of a git that only reads a mirror: nobody's configuration."""
    folders = [str(Path(git_program()).parent), os.defpath]
    return {
        "PATH": os.pathsep.join(folders),
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        **configured(),
    }


@contextlib.asynccontextmanager
async def started(
    arguments: Sequence[str | bytes],
    env: Mapping[str, str],
    *,
    stdin: bool = False,
    leashed: bool = False,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A running git, which is gone with its whole process group when the block is left.

    A leashed one takes no input, and is gone even when we are killed.
    """
    leash = ("/bin/sh", "-c", _LEASH, "sh") if leashed else ()
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *leash,
            git_program(),
            *arguments,
            env=dict(env),
            cwd="/",
            stdin=asyncio.subprocess.PIPE if stdin or leashed else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            limit=1 << 20,
        )
    )
    try:
        # asyncio itself hangs when it is cancelled between the fork and the pipes.
        process = await asyncio.shield(starting)
    except asyncio.CancelledError:
        await _end(await starting)
        raise
    try:
        yield process
    finally:
        await asyncio.shield(_end(process))


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        # The whole group: a helper may be waiting for the network.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def ask(
    arguments: Sequence[str | bytes],
    env: Mapping[str, str] | None = None,
    *,
    feed: bytes | None = None,
    fine: tuple[int, ...] = (0,),
) -> tuple[int, bytes]:
    """Run git to its end; its exit status, one of `fine`, and what it printed.

    Raises:
        Problem: it ended with another status.
    """
    status, out, words = await _run(arguments, env or reading_environment(), feed)
    if status not in fine:
        raise problem_here(words)
    return status, out


async def try_to(
    arguments: Sequence[str | bytes], env: Mapping[str, str] | None = None
) -> bytes | None:
    """What git printed, or None when it could not do it."""
    status, out, _ = await _run(arguments, env or reading_environment(), None)
    return out if status == 0 else None


async def _run(
    arguments: Sequence[str | bytes], env: Mapping[str, str], feed: bytes | None
) -> tuple[int, bytes, str]:
    async with started(arguments, env, stdin=feed is not None) as process:
        out, words = await process.communicate(feed)
        return process.returncode or 0, out, words.decode("utf-8", "replace")


async def watch(
    arguments: Sequence[str | bytes],
    env: Mapping[str, str],
    *,
    on_count: OnCount | None = None,
    secrets: tuple[str, ...] = (),
) -> bytes:
    """Run git on the network to its end, telling the counts that it writes while it works.

    Raises:
        Problem: it could not do it.
    """
    async with started(arguments, env, leashed=True) as process:
        assert process.stdout is not None
        # Not `communicate`: it would close the pipe, which is the leash.
        out, words = await asyncio.gather(process.stdout.read(), _listen(process, on_count))
        status = await process.wait()
    if status != 0:
        raise problem_of(words, secrets)
    return out


async def _listen(process: asyncio.subprocess.Process, on_count: OnCount | None) -> str:
    assert process.stderr is not None
    words, rest = "", b""
    while chunk := await process.stderr.read(1 << 16):
        *lines, rest = _LINE_ENDS.split(rest + chunk)
        for line in lines:
            text = line.decode("utf-8", "replace")
            counted = _PROGRESS.match(text)
            if counted is None:
                words = f"{words}\n{text}"[-_KEPT_WORDS:]
            elif on_count is not None:
                on_count(counted[1], int(counted[2]), int(counted[3]))
        rest = rest[-_KEPT_WORDS:]
    return f"{words}\n{rest.decode('utf-8', 'replace')}"
