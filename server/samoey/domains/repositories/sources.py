"""What a person typed to say where a repository is, taken apart so that no secret stays in it."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit, urlunsplit

from pydantic import SecretStr

from samoey.domains.repositories.errors import CredentialMisplaced, FolderNotFound
from samoey.domains.repositories.schemas import NewCredential
from samoey.kit.ports.git import SourceRefused

_WEB = {"http", "https"}
# `C:\code` and `\\server\code`, as another system names its folders.
_ELSEWHERE = re.compile(r"[A-Za-z]:[\\/](?!/)|\\\\")


@dataclass(frozen=True, slots=True)
class Source:
    """A place without secrets, and what opens it."""

    text: str
    local: bool
    credential: NewCredential | None = None

    @property
    def name(self) -> str:
        """What people call it when nobody gave it a name."""
        last = self.text.rstrip("/").replace(":", "/").rpartition("/")[2]
        return last.removesuffix(".git")[:200] or self.text[:200]


def read(text: str, credential: NewCredential | None) -> Source:
    """Understand a source; a secret inside an address moves into the credential.

    Raises:
        SourceRefused: it is neither an address nor the full path of a folder.
        FolderNotFound: it looks like a folder, and not like one of the server.
        CredentialMisplaced: the credential does not open such a source.
    """
    text = text.strip()
    path = text.removeprefix("file://")
    if path.startswith("/"):
        if credential is not None:
            raise CredentialMisplaced("A folder of the server needs no credential.")
        return Source(str(PurePosixPath(path)), local=True)
    if _is_path(text):
        raise FolderNotFound(
            f"“{text}” is no address, which begins with https:// or ssh://, and a folder is named "
            "by its full path."
        )
    plain, inside = _without_secret(text)
    credential = credential or inside
    check_credential(plain, credential)
    return Source(plain, local=False, credential=credential)


def _is_path(text: str) -> bool:
    """Whether it can only be meant as a path: an address has a colon, an option a dash."""
    if _ELSEWHERE.match(text):
        return True
    return ":" not in text and not text.startswith("-") and ("/" in text or text[:1] in {".", "~"})


def check_credential(source: str, credential: NewCredential | None) -> None:
    """Refuse a token for SSH, and a key for anything else.

    Raises:
        CredentialMisplaced: it does not open such a source.
    """
    if credential is None:
        return
    if source.startswith("/"):
        raise CredentialMisplaced("A folder of the server needs no credential.")
    by_web = source.partition("://")[0].lower() in _WEB
    if by_web and credential.kind != "token":
        raise CredentialMisplaced("An https address is opened by a token, not by a key.")
    if not by_web and credential.kind != "ssh_key":
        raise CredentialMisplaced("An SSH address is opened by a deploy key, not by a token.")


def _without_secret(text: str) -> tuple[str, NewCredential | None]:
    try:
        parts = urlsplit(text)
        user, secret = parts.username, parts.password
    except ValueError:
        raise SourceRefused("This is not a well-formed address.") from None
    if parts.scheme not in _WEB or (user is None and secret is None):
        return text, None
    plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    if not user and not secret:
        return plain, None
    # A name alone may be a token too: it is kept, and given as git would have given it.
    return plain, NewCredential(
        kind="token", username=unquote(user or "") or None, secret=SecretStr(unquote(secret or ""))
    )
