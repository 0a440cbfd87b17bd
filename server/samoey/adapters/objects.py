"""Keeping objects by obstore: in a directory, in S3 and what speaks like it, in GCS or Azure."""

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from samoey.kit.ports.objects import Kept, ObjectMissing, Objects, ObjectStoreAway
from samoey.kit.problems import DiskFull
from samoey.kit.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig, S3Config

# What vendors say when a bucket, a quota or a disk is full.
FULL = ("QuotaExceeded", "StorageFull", "507 Insufficient", "No space left")
CHUNK_BYTES = 8_000_000


def open_objects(settings: Settings) -> Objects:
    """Open the store that the settings name; none is a directory in the home folder."""
    if settings.s3_bucket is None:
        return DirectoryObjects(settings.home / "objects")
    return BucketObjects(settings)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Say what went wrong as a problem of ours."""
    from obstore.exceptions import BaseError, NotFoundError

    try:
        yield
    except (FileNotFoundError, NotFoundError) as error:
        # Where there is no bucket it is not an object that is missing.
        if "NoSuchBucket" in str(error):
            raise ObjectStoreAway("The bucket does not exist.") from error
        raise ObjectMissing from error
    except (BaseError, OSError) as error:
        spent = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        if spent or any(sign in str(error) for sign in FULL):
            raise DiskFull("The object store has no room left.") from error
        raise ObjectStoreAway(short(error)) from error


def short(error: Exception) -> str:
    """The first line of what a library says; what follows may show requests."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


class StoredObjects:
    """What directories and buckets have in common."""

    @cached_property
    def store(self) -> "ObjectStore":
        raise NotImplementedError

    def put(self, key: str, content: bytes) -> None:
        """Keep an object, in place of the one of this key."""
        import obstore

        with told():
            obstore.put(self.store, key, content)

    def get(self, key: str) -> bytes:
        """Read an object."""
        import obstore

        with told():
            return bytes(obstore.get(self.store, key).bytes())

    def list(self, prefix: str) -> list[Kept]:
        """List the objects below a prefix."""
        import obstore

        with told():
            return [
                Kept(each["path"], each["size"], each["last_modified"])
                for page in obstore.list(self.store, prefix, chunk_size=1000)
                for each in page
            ]

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that are not there are removed already."""
        import obstore

        for key in keys:
            with contextlib.suppress(ObjectMissing), told():
                obstore.delete(self.store, key)


class DirectoryObjects(StoredObjects):
    """Objects as files of a directory; where the file system allows, they are links to ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def store(self) -> "ObjectStore":
        """The directory, for what obstore does in it."""
        from obstore.store import LocalStore

        with told():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return LocalStore(self.folder, automatic_cleanup=True)

    def keep(self, key: str, file: Path) -> None:
        """Keep a file that never changes again."""
        with told():
            place = self.folder / key
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside = self.aside()
            try:
                bring(file, aside)
                # Whoever asks finds the whole of it or nothing.
                aside.replace(place)
                os.utime(place)
            finally:
                aside.unlink(missing_ok=True)

    def fetch(self, key: str, into: Path) -> None:
        """Bring an object into a file that nobody may change."""
        with told():
            bring(self.folder / key, into)

    def aside(self) -> Path:
        """Give a name for a file that is not whole yet."""
        unfinished = self.folder / "unfinished"
        unfinished.mkdir(parents=True, exist_ok=True, mode=0o700)
        return unfinished / secrets.token_hex(8)


def bring(origin: Path, into: Path) -> None:
    """Let a file stand in another place, too, without copying it where that works."""
    try:
        os.link(origin, into)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(origin, into)


class BucketObjects(StoredObjects):
    """Objects of a bucket."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def store(self) -> "ObjectStore":
        """The bucket; what is not set here, vendors' own variables and machine roles tell."""
        from obstore.store import S3Store, from_url

        bucket = str(self.settings.s3_bucket)
        url = bucket if "://" in bucket else f"s3://{bucket}"
        patience: RetryConfig = {
            "max_retries": 10,
            "retry_timeout": timedelta(seconds=self.settings.objects.deadline_s),
        }
        options: ClientConfig = {
            "connect_timeout": timedelta(seconds=self.settings.objects.connect_s),
            "timeout": timedelta(seconds=self.settings.objects.transfer_s),
            "allow_http": (self.settings.s3_endpoint or "").startswith("http://"),
        }
        with told():
            if url.startswith("s3://"):
                return S3Store.from_url(
                    url, config=self.config(), client_options=options, retry_config=patience
                )
            return from_url(url, client_options=options, retry_config=patience)

    def config(self) -> "S3Config":
        # Own servers have one name for all buckets.
        config: S3Config = {"virtual_hosted_style_request": self.settings.s3_endpoint is None}
        if self.settings.s3_endpoint:
            config["endpoint"] = self.settings.s3_endpoint
        if self.settings.s3_region:
            config["region"] = self.settings.s3_region
        if self.settings.s3_access_key_id:
            config["access_key_id"] = self.settings.s3_access_key_id
        if self.settings.s3_secret_access_key:
            config["secret_access_key"] = self.settings.s3_secret_access_key.get_secret_value()
        return config

    def keep(self, key: str, file: Path) -> None:
        """Keep a file; a large one goes in several parts."""
        import obstore

        with told():
            obstore.put(self.store, key, file)

    def fetch(self, key: str, into: Path) -> None:
        """Bring an object into a file."""
        import obstore

        with told(), into.open("wb") as file:
            for chunk in obstore.get(self.store, key).stream(CHUNK_BYTES):
                file.write(chunk)
