"""One contract for a directory and a real S3: what is kept can be read, listed and removed."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from samoey.adapters.objects import DirectoryObjects, open_objects, told
from samoey.kit.object_settings import ObjectSettings
from samoey.kit.ports.objects import ObjectMissing, Objects, ObjectStoreAway
from samoey.kit.problems import DiskFull
from samoey.kit.settings import Settings
from tests.ceph import S3
from tests.doubles.loopback import in_thread

LARGE = os.urandom(1000) * 12_000


def settings(home: Path, **given: object) -> Settings:
    quick = ObjectSettings(connect_s=1, transfer_s=30, deadline_s=2)
    return Settings.model_validate({"home": home, "objects": quick} | given)


def bucket(home: Path, s3: S3, name: str | None = None, **given: object) -> Objects:
    opened: dict[str, object] = {
        "s3_bucket": s3.new_bucket() if name is None else name,
        "s3_endpoint": s3.endpoint,
        "s3_access_key_id": s3.key,
        "s3_secret_access_key": SecretStr(s3.secret),
    }
    return open_objects(settings(home, **(opened | given)))


@pytest.fixture(params=["directory", pytest.param("bucket", marks=pytest.mark.s3)])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "bucket":
        return bucket(tmp_path, request.getfixturevalue("s3"))
    return open_objects(settings(tmp_path, s3_bucket=None))


def keys(objects: Objects, prefix: str) -> list[str]:
    return sorted(each.key for each in objects.list(prefix))


def test_what_is_put_can_be_read_and_put_anew(objects: Objects) -> None:
    objects.put("indexes/a/one", b"first")
    objects.put("indexes/a/one", b"second")
    objects.put("indexes/a/empty", b"")

    assert objects.get("indexes/a/one") == b"second"
    assert objects.get("indexes/a/empty") == b""


@pytest.mark.parametrize("content", [b"", b"small", LARGE], ids=["empty", "small", "large"])
def test_a_file_comes_back_as_it_was_kept(objects: Objects, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    objects.keep("indexes/a/file", tmp_path / "file")
    objects.keep("indexes/a/file", tmp_path / "file")
    objects.fetch("indexes/a/file", tmp_path / "back")

    assert (tmp_path / "back").read_bytes() == content
    assert [each.size for each in objects.list("indexes/a")] == [len(content)]


def test_a_listing_ends_where_a_part_of_a_key_does(objects: Objects) -> None:
    for key in ("indexes/a/x", "indexes/a/y/z", "indexes/ab/x", "other"):
        objects.put(key, key.encode())

    assert keys(objects, "indexes/a") == ["indexes/a/x", "indexes/a/y/z"]
    assert keys(objects, "indexes") == ["indexes/a/x", "indexes/a/y/z", "indexes/ab/x"]
    assert keys(objects, "nothing") == []
    assert {each.size for each in objects.list("indexes/a/y")} == {len("indexes/a/y/z")}


def test_more_objects_than_one_page_shows_are_listed(objects: Objects) -> None:
    for number in range(1_050):
        objects.put(f"many/{number}", b"")

    assert len(objects.list("many")) == 1_050


def test_what_was_never_kept_is_missing_and_may_be_removed(
    objects: Objects, tmp_path: Path
) -> None:
    objects.put("a/b", b"")
    objects.delete(["a/b", "a/b", "a/c"])

    with pytest.raises(ObjectMissing):
        objects.get("a/b")
    with pytest.raises(ObjectMissing):
        objects.fetch("a/c", tmp_path / "back")
    assert objects.list("a") == []


def test_a_directory_keeps_a_file_without_a_copy(tmp_path: Path) -> None:
    objects = DirectoryObjects(tmp_path / "objects")
    (tmp_path / "file").write_bytes(b"content")

    objects.keep("a/file", tmp_path / "file")
    objects.fetch("a/file", tmp_path / "back")

    assert (tmp_path / "file").stat().st_nlink == 3
    assert not list((tmp_path / "objects" / "unfinished").iterdir())


def test_a_directory_that_cannot_be_written_is_away(tmp_path: Path) -> None:
    (tmp_path / "objects").write_text("a file where a folder should be")
    objects = DirectoryObjects(tmp_path / "objects")

    with pytest.raises(ObjectStoreAway):
        objects.put("a", b"")
    with pytest.raises(ObjectStoreAway):
        objects.keep("a", tmp_path / "objects")


def test_a_disk_without_room_is_told_as_full() -> None:
    with pytest.raises(DiskFull), told():
        raise OSError(errno.ENOSPC, "No space left on device")


class Faulty:
    """An S3 server that answers what it is told to, the last of it again and again."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, _: Any, receive: Any, send: Any) -> None:
        status, code = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        while (await receive()).get("more_body"):
            pass
        body = f"<Error><Code>{code}</Code></Error>" if code else ""
        headers = [(b"etag", b'"e"'), (b"last-modified", b"Fri, 27 Nov 2026 10:00:00 GMT")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})


@pytest.mark.parametrize(
    "answer", [(403, "QuotaExceeded"), (507, "XMinioStorageFull")], ids=["ceph", "minio"]
)
def test_a_bucket_without_room_is_told_as_full(tmp_path: Path, answer: tuple[int, str]) -> None:
    with in_thread(Faulty(answer)) as address:
        objects = bucket(tmp_path, S3(address, "key", "secret"), "bucket")

        with pytest.raises(DiskFull):
            objects.put("a", b"content")
        with pytest.raises(DiskFull):
            objects.keep("a", Path(__file__))


def test_a_server_that_stumbles_is_asked_again_within_the_deadline(tmp_path: Path) -> None:
    stumbling = Faulty((503, "SlowDown"), (500, "InternalError"), (200, ""))
    with in_thread(stumbling) as address:
        bucket(tmp_path, S3(address, "key", "secret"), "bucket").put("a", b"content")

    assert stumbling.asked == 3


@pytest.mark.s3
def test_a_wrong_secret_and_a_bucket_that_is_not_there_are_told_as_away(
    s3: S3, tmp_path: Path
) -> None:
    name = s3.new_bucket()
    wrong = bucket(tmp_path, s3, name, s3_secret_access_key=SecretStr("wrong"))
    nowhere = bucket(tmp_path, s3, "nowhere")

    for objects in (wrong, nowhere):
        with pytest.raises(ObjectStoreAway) as refused:
            objects.get("a")
        assert "wrong" not in str(refused.value)
        with pytest.raises(ObjectStoreAway):
            objects.put("a", b"")
        with pytest.raises(ObjectStoreAway):
            objects.list("a")


def test_a_bucket_whose_server_is_gone_is_away_within_the_deadline(tmp_path: Path) -> None:
    nobody = S3("http://127.0.0.1:9", "key", "secret")
    objects = bucket(tmp_path, nobody, "bucket")

    with pytest.raises(ObjectStoreAway):
        objects.get("a")
    with pytest.raises(ObjectStoreAway):
        objects.keep("a", Path(__file__))
