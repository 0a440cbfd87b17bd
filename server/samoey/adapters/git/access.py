"""What a git that fetches is given: a private folder with its configuration and its credential.

Nothing of it stands in an argument, an address, a log or a mirror. The folder is gone afterwards.
"""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from samoey.adapters.git.addresses import Address
from samoey.adapters.git.process import reading_environment
from samoey.kit.ports.git import Credential, CredentialRefused, HostKeyNeeded, SshKey, Token
from samoey.kit.settings import RepositorySettings

# Any name will do for the large hosts when the password is a token.
_ANY_USER = "x-access-token"
_KEY_FIELDS = 2
_ASKPASS = """#!/bin/sh
case "$1" in
Username*) exec cat "${0%/*}/username" ;;
*) exec cat "${0%/*}/secret" ;;
esac
"""
_COMMON = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "credential.helper": "",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.followRedirects": "false",
    "http.proxy": "",
    # A connection that trickles is a dead one.
    "http.lowSpeedLimit": "100",
    "http.lowSpeedTime": "60",
}


@dataclass(frozen=True, slots=True)
class Access:
    """How git is started for one fetch."""

    source: str
    env: dict[str, str]
    secrets: tuple[str, ...] = ()
    known_hosts: Path | None = None

    def learned(self) -> str | None:
        """The host key that an SSH server showed, where the first one is trusted."""
        if self.known_hosts is None or not self.known_hosts.exists():
            return None
        lines = self.known_hosts.read_text().splitlines()
        return "\n".join(line.split(" ", 1)[1] for line in lines if " " in line) or None


def to_folder(folder: Path, source: Path) -> Access:
    """Fetch from a repository of this machine, whoever owns it."""
    owned = [str(path) for path in (source, source.resolve())]
    safe = [("safe.directory", name) for path in owned for name in (path, f"{path}/.git")]
    env = _environment(folder, [*_COMMON.items(), *safe], "file")
    return Access(str(source), env)


def to_web(
    folder: Path,
    address: Address,
    pinned: tuple[str, ...],
    credential: Credential | None,
    settings: RepositorySettings,
) -> Access:
    """Fetch over HTTP from a host whose addresses are pinned."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    config = [
        *_COMMON.items(),
        ("http.curloptResolve", f"{host}:{address.port}:{','.join(pinned)}"),
    ]
    if settings.ca_file is not None:
        config.append(("http.sslCAInfo", str(settings.ca_file)))
    env = _environment(folder, config, address.scheme)
    secrets: tuple[str, ...] = ()
    if isinstance(credential, Token):
        secret = credential.secret.get_secret_value()
        secrets = (secret,)
        _write(folder / "username", credential.username or _ANY_USER)
        _write(folder / "secret", secret)
        script = _write(folder / "askpass", _ASKPASS)
        script.chmod(0o700)
        env["GIT_ASKPASS"] = str(script)
    return Access(address.text, env, secrets)


def to_ssh(
    folder: Path,
    address: Address,
    pinned: tuple[str, ...],
    credential: Credential | None,
    settings: RepositorySettings,
) -> Access:
    """Fetch over SSH from a host whose address and key are pinned.

    Raises:
        CredentialRefused: there is no key to open it with.
        HostKeyNeeded: nobody said how the server can be told from an impostor.
    """
    if not isinstance(credential, SshKey):
        raise CredentialRefused("An SSH address needs a deploy key as its credential.")
    if credential.host_key is None and not settings.trust_first_host_key:
        raise HostKeyNeeded(
            f"Give the key that `ssh-keyscan {address.host}` prints, after comparing it with the "
            "one that the server's operator publishes."
        )
    secret = credential.secret.get_secret_value().strip().replace("\r\n", "\n")
    key = _write(folder / "key", f"{secret}\n")
    known = _write(folder / "known_hosts", _known(address.host, credential.host_key))
    options = _ssh_options(address.host, pinned[0], key, known, credential.host_key)
    words = ["ssh", "-F", os.devnull]
    for name, value in options.items():
        words += ["-o", f"{name}={_quoted(value)}"]
    env = _environment(folder, [*_COMMON.items()], "ssh")
    env |= {"GIT_SSH_COMMAND": shlex.join(words), "GIT_SSH_VARIANT": "ssh"}
    lines = tuple(line for line in secret.splitlines() if len(line) > 20)  # noqa: PLR2004 - no headers
    return Access(address.text, env, lines, None if credential.host_key else known)


def _ssh_options(
    host: str, number: str, key: Path, known: Path, host_key: str | None
) -> dict[str, str]:
    """One key, one host, one address; nothing of the person's own configuration."""
    return {
        "IdentityFile": str(key),
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "BatchMode": "yes",
        "HostName": number,
        "HostKeyAlias": host,
        "CheckHostIP": "no",
        "UserKnownHostsFile": str(known),
        "GlobalKnownHostsFile": os.devnull,
        "StrictHostKeyChecking": "yes" if host_key else "accept-new",
        "UpdateHostKeys": "no",
        "HashKnownHosts": "no",
        "PreferredAuthentications": "publickey",
        "ForwardAgent": "no",
        "ClearAllForwardings": "yes",
        "ProxyCommand": "none",
        "PermitLocalCommand": "no",
        "ConnectTimeout": "20",
        "ServerAliveInterval": "20",
        "LogLevel": "ERROR",
    }


def _quoted(value: str) -> str:
    """A value for `ssh -o`, which splits at spaces as its configuration file does."""
    return f'"{value}"' if " " in value else value


def _known(host: str, host_key: str | None) -> str:
    """The pinned keys as lines of a known_hosts file, whatever form they were given in."""
    lines = []
    for line in (host_key or "").splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        # `ssh-keyscan` and known_hosts put the host first; a .pub file begins with the key's type.
        start = 0 if words[0].startswith(("ssh-", "ecdsa-", "sk-")) else 1
        fields = words[start : start + _KEY_FIELDS]
        if len(fields) == _KEY_FIELDS:
            lines.append(" ".join([host, *fields]))
    if host_key and not lines:
        raise HostKeyNeeded("What was given is not a host key as `ssh-keyscan` prints it.")
    return "".join(f"{line}\n" for line in lines)


def _environment(folder: Path, config: list[tuple[str, str]], protocol: str) -> dict[str, str]:
    env = reading_environment()
    env["GIT_CONFIG_GLOBAL"] = str(_write(folder / "config", _config(config)))
    env["GIT_ALLOW_PROTOCOL"] = protocol
    env["HOME"] = str(folder)
    env["TMPDIR"] = str(folder)
    return env


def _config(entries: list[tuple[str, str]]) -> str:
    lines = []
    for name, value in entries:
        section, key = name.rsplit(".", 1)
        quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append(f'[{section}]\n\t{key} = "{quoted}"\n')
    return "".join(lines)


def _write(path: Path, text: str) -> Path:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return path
