"""Sealing, on real files."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samoey.kit.secrets import SealBroken, Sealer, SealingKeyBroken


def test_what_is_sealed_is_unreadable_and_opens_again(tmp_path: Path) -> None:
    sealer = Sealer.from_home(tmp_path)

    sealed = sealer.seal("glpat-secret", about="repository:1")

    assert b"glpat" not in sealed
    assert sealer.unseal(sealed, about="repository:1") == "glpat-secret"
    assert Sealer.from_home(tmp_path).unseal(sealed, about="repository:1") == "glpat-secret"


def test_the_same_secret_never_looks_the_same_twice(tmp_path: Path) -> None:
    sealer = Sealer.from_home(tmp_path)

    assert sealer.seal("one", about="a") != sealer.seal("one", about="a")


def test_a_seal_opens_only_for_what_it_is_about(tmp_path: Path) -> None:
    sealer = Sealer.from_home(tmp_path)
    sealed = sealer.seal("one", about="repository:1")

    with pytest.raises(SealBroken):
        sealer.unseal(sealed, about="repository:2")


@pytest.mark.parametrize("position", [0, 5, -1])
def test_altered_bytes_do_not_open(tmp_path: Path, position: int) -> None:
    sealer = Sealer.from_home(tmp_path)
    sealed = bytearray(sealer.seal("one", about="a"))
    sealed[position] ^= 1

    with pytest.raises(SealBroken):
        sealer.unseal(bytes(sealed), about="a")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01short"])
def test_too_few_bytes_do_not_open(tmp_path: Path, sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        Sealer.from_home(tmp_path).unseal(sealed, about="a")


def test_another_homes_key_does_not_open(tmp_path: Path) -> None:
    sealed = Sealer.from_home(tmp_path / "one").seal("x", about="a")

    with pytest.raises(SealBroken):
        Sealer.from_home(tmp_path / "two").unseal(sealed, about="a")


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    Sealer.from_home(tmp_path / "home")

    key = tmp_path / "home" / Sealer.key_file
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [path.name for path in key.parent.iterdir()] == [key.name]


def test_many_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        sealers = list(pool.map(lambda _: Sealer.from_home(tmp_path), range(64)))

    sealed = sealers[0].seal("x", about="a")
    assert {sealer.unseal(sealed, about="a") for sealer in sealers} == {"x"}


def test_a_broken_key_file_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / Sealer.key_file).write_bytes(b"half")

    with pytest.raises(SealingKeyBroken):
        Sealer.from_home(tmp_path)
    assert (tmp_path / Sealer.key_file).read_bytes() == b"half"
