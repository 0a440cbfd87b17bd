"""Snapshots travel through the object store whole or not at all, and old ones are swept."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from samoey.adapters.objects import DirectoryObjects, open_objects
from samoey.domains.knowledge.lexical import shelf
from samoey.domains.knowledge.lexical.reading import Snapshot
from samoey.domains.knowledge.storing.cache import trim, trim_now_and_then
from samoey.domains.knowledge.storing.snapshots import (
    Listed,
    Listing,
    SnapshotLost,
    StoredSnapshots,
    write_listing,
)
from samoey.kit.ports.objects import Objects, ObjectStoreAway
from samoey.kit.settings import Settings
from tests.ceph import S3
from tests.domains.knowledge.shelves import Bench, source
from tests.domains.knowledge.stores import Breaking

FILES = {"a.py": source("parse_config"), "b.py": source("write_report"), "c.md": "# Hello\n"}
HOUR = timedelta(hours=1)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "shelf", bucket_bytes=30)


@pytest.fixture(params=["directory", pytest.param("bucket", marks=pytest.mark.s3)])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "directory":
        return DirectoryObjects(tmp_path / "objects")
    s3: S3 = request.getfixturevalue("s3")
    given = {"s3_endpoint": s3.endpoint, "s3_access_key_id": s3.key, "home": tmp_path}
    secret = SecretStr(s3.secret)
    return open_objects(
        Settings.model_validate(
            given | {"s3_secret_access_key": secret, "s3_bucket": s3.new_bucket()}
        )
    )


@pytest.fixture
def stored(objects: Objects) -> StoredSnapshots:
    return StoredSnapshots(objects, "repository")


def found(folder: Path) -> list[str]:
    return [each.passage.path for each in Snapshot.open(folder).search(["valu"], 9)]


def names(stored: StoredSnapshots) -> list[str]:
    listed = stored.objects.list(stored.snapshots)
    return sorted(each.key.rpartition("/")[2] for each in listed)


def test_what_one_machine_publishes_another_brings_and_it_answers_the_same(
    bench: Bench, stored: StoredSnapshots, tmp_path: Path
) -> None:
    bench.build("one", FILES)
    stored.publish(bench.folder / "one")

    elsewhere = tmp_path / "elsewhere" / "one"
    stored.bring(elsewhere)
    stored.bring(elsewhere)

    assert found(elsewhere) == found(bench.folder / "one") == ["a.py", "b.py"]
    assert shelf.load(elsewhere) == shelf.load(bench.folder / "one")
    assert sorted(each.name for each in elsewhere.parent.iterdir()) == ["one"]


def test_only_what_is_not_there_yet_is_kept_of_the_next_snapshot(
    bench: Bench, stored: StoredSnapshots, tmp_path: Path
) -> None:
    bench.build("one", FILES)
    first = stored.publish(bench.folder / "one")
    bench.build("two", FILES | {"a.py": source("parse_other")}, previous="one")
    second = stored.publish(bench.folder / "two", previous="one")
    again = stored.publish(bench.folder / "two", previous="one")

    stored.bring(tmp_path / "elsewhere" / "two")

    assert second < first
    assert again <= second
    assert found(tmp_path / "elsewhere" / "two") == ["a.py", "b.py"]


def test_a_snapshot_that_stands_beside_lends_its_files(
    bench: Bench, stored: StoredSnapshots, tmp_path: Path
) -> None:
    bench.build("one", FILES)
    stored.publish(bench.folder / "one")
    bench.build("two", FILES | {"a.py": source("parse_other")}, previous="one")
    stored.publish(bench.folder / "two", previous="one")
    elsewhere = tmp_path / "elsewhere"
    stored.bring(elsewhere / "one")
    damaged = next((elsewhere / "one").glob("*.store"))
    damaged.unlink()
    damaged.write_bytes(b"damaged")

    stored.bring(elsewhere / "two")

    assert found(elsewhere / "two") == ["a.py", "b.py"]


def test_a_directory_on_the_same_disk_holds_things_once(bench: Bench, tmp_path: Path) -> None:
    stored = StoredSnapshots(DirectoryObjects(tmp_path / "objects"), "repository")
    bench.build("one", FILES)
    stored.publish(bench.folder / "one")
    stored.bring(tmp_path / "elsewhere" / "one")

    # Several empty parts of an index are one object.
    files = [each.stat() for each in (bench.folder / "one").iterdir() if each.name[0] != "."]
    assert sum(each.st_size for each in files if each.st_nlink < 3) < 2_000
    assert sum(each.st_size for each in files if each.st_nlink == 3) > 2_000


@pytest.mark.parametrize("loss", ["gone", "damaged", "cut"])
def test_a_snapshot_of_which_something_is_lost_is_not_brought(
    bench: Bench, stored: StoredSnapshots, tmp_path: Path, loss: str
) -> None:
    bench.build("one", FILES)
    stored.publish(bench.folder / "one")
    listing = stored.listing("one")
    assert listing is not None
    victim = next(file for name, file in listing.files.items() if name.endswith(".store"))
    stored.objects.delete([stored.key(victim)])
    if loss != "gone":
        content = b"x" * (victim.size if loss == "damaged" else victim.size - 1)
        stored.objects.put(stored.key(victim), content)

    with pytest.raises(SnapshotLost):
        stored.bring(tmp_path / "elsewhere" / "one")

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_was_lost_is_kept_again_when_the_snapshot_is_published_again(
    bench: Bench, stored: StoredSnapshots, tmp_path: Path
) -> None:
    bench.build("one", FILES)
    stored.publish(bench.folder / "one")
    stored.objects.delete([each.key for each in stored.objects.list(stored.files)][:3])

    kept = stored.publish(bench.folder / "one", previous="one")
    stored.bring(tmp_path / "elsewhere" / "one")

    assert kept == 3


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", ".hidden", "a/b"])
def test_a_listing_that_names_places_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    stored = StoredSnapshots(DirectoryObjects(tmp_path / "objects"), "repository")
    stored.objects.put(f"{stored.files}/abc", b"evil")
    listing = Listing({name: Listed("abc", 4)})
    stored.objects.put(f"{stored.snapshots}/one", write_listing(listing))

    with pytest.raises(SnapshotLost):
        stored.bring(tmp_path / "deep" / "elsewhere" / "one")

    assert not list(tmp_path.rglob("outside"))


def test_a_listing_that_is_none_counts_as_lost(stored: StoredSnapshots, tmp_path: Path) -> None:
    stored.objects.put(f"{stored.snapshots}/one", b"{")

    with pytest.raises(SnapshotLost):
        stored.bring(tmp_path / "one")
    with pytest.raises(SnapshotLost):
        stored.bring(tmp_path / "two")


def test_two_who_publish_the_same_commit_disturb_neither_each_other_nor_a_reader(
    stored: StoredSnapshots, tmp_path: Path
) -> None:
    workers = [Bench(tmp_path / name) for name in ("x", "y")]
    for each in workers:
        each.build("one", FILES)
    stored.publish(workers[0].folder / "one")
    before = stored.listing("one")
    stored.publish(workers[1].folder / "one")

    stored.bring(tmp_path / "elsewhere" / "one")

    assert found(tmp_path / "elsewhere" / "one") == ["a.py", "b.py"]
    assert before is not None
    there = {each.key for each in stored.objects.list(stored.files)}
    assert {stored.key(each) for each in before.files.values()} <= there


def test_an_old_snapshot_is_swept_when_nobody_can_be_about_to_open_it(
    bench: Bench, stored: StoredSnapshots, tmp_path: Path
) -> None:
    bench.build("one", FILES)
    stored.publish(bench.folder / "one")
    bench.build("two", FILES | {"a.py": source("parse_other")}, previous="one")
    stored.publish(bench.folder / "two", previous="one")
    now = datetime.now(UTC)

    early = stored.sweep("two", now=now, grace=HOUR)
    stored.bring(tmp_path / "late" / "one")
    late = stored.sweep("two", now=now + 2 * HOUR, grace=HOUR)
    stored.bring(tmp_path / "elsewhere" / "two")

    assert early == 0
    assert late > 1
    assert names(stored) == ["two"]
    assert found(tmp_path / "late" / "one") == found(tmp_path / "elsewhere" / "two")
    assert stored.sweep("two", now=now + 2 * HOUR, grace=HOUR) == 0


def test_what_a_killed_publisher_left_is_swept_later_and_nothing_else(
    bench: Bench, stored: StoredSnapshots, tmp_path: Path
) -> None:
    bench.build("one", FILES)
    stored.publish(bench.folder / "one")
    stored.objects.put(f"{stored.files}/{'0' * 64}", b"left behind")
    now = datetime.now(UTC)

    young = stored.sweep("one", now=now, grace=HOUR)
    old = stored.sweep("one", now=now + 2 * HOUR, grace=HOUR)

    assert (young, old) == (0, 1)
    stored.bring(tmp_path / "elsewhere" / "one")


def test_a_sweep_that_cannot_read_everything_removes_nothing(bench: Bench, tmp_path: Path) -> None:
    breaking = Breaking(DirectoryObjects(tmp_path / "objects"))
    stored = StoredSnapshots(breaking, "repository")
    bench.build("one", FILES)
    stored.publish(bench.folder / "one")
    before = len(breaking.list("indexes"))
    breaking.broken = {"get"}

    with pytest.raises(ObjectStoreAway):
        stored.sweep("one", now=datetime.now(UTC) + 9 * HOUR, grace=HOUR)

    assert len(breaking.list("indexes")) == before


def test_what_is_removed_of_one_repository_leaves_the_others(
    bench: Bench, objects: Objects
) -> None:
    bench.build("one", FILES)
    mine, others = (StoredSnapshots(objects, name) for name in ("mine", "mine-too"))
    mine.publish(bench.folder / "one")
    others.publish(bench.folder / "one")

    mine.remove()

    assert objects.list(mine.everything) == []
    assert names(others) == ["one"]


def shelf_with(folder: Path, size: int, age_s: float) -> None:
    (folder / "snapshot").mkdir(parents=True)
    (folder / "snapshot" / "file").write_bytes(b"x" * size)
    used = time.time() - age_s
    os.utime(folder / "snapshot", (used, used))


def test_a_machine_keeps_the_repositories_that_were_asked_for_last(tmp_path: Path) -> None:
    for name, age_s in (("old", 9000), ("older", 10_000), ("recent", 500), ("now", 0)):
        shelf_with(tmp_path / name, 1000, age_s)

    removed = trim(tmp_path, most_bytes=2500)

    assert removed == ["older", "old"]
    assert not (tmp_path / "old" / "snapshot").exists()
    assert (tmp_path / "recent" / "snapshot" / "file").exists()
    assert trim(tmp_path, most_bytes=0) == ["recent"]


def test_what_the_store_holds_on_the_same_disk_counts_for_nothing(tmp_path: Path) -> None:
    shelf_with(tmp_path / "shelves" / "linked", 1000, 9000)
    os.link(tmp_path / "shelves" / "linked" / "snapshot" / "file", tmp_path / "object")

    assert trim(tmp_path / "shelves", most_bytes=0) == []


def test_a_machine_looks_at_its_files_only_now_and_then(tmp_path: Path) -> None:
    shelf_with(tmp_path / "one", 1000, 9000)

    assert trim_now_and_then(tmp_path, most_bytes=0) == ["one"]
    shelf_with(tmp_path / "one", 1000, 9000)
    assert trim_now_and_then(tmp_path, most_bytes=0) == []
