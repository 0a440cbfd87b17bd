"""What a bucket holds beside words: taken over from the one before, it is what is made afresh."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from samoey.domains.knowledge.exact.inverting import read
from samoey.domains.knowledge.exact.part import Trigrams
from samoey.domains.knowledge.exact.postings import BITMAP, Postings, Spoiled
from samoey.domains.knowledge.lexical.parts import Part
from samoey.domains.knowledge.parse.chunks import cut
from samoey.domains.knowledge.symbols.part import Symbols

Files = dict[str, bytes]


def code(seed: int) -> bytes:
    """A file that defines and refers to some names, of which others know some."""
    said = random.Random(seed)
    lines = [f"import module_{said.randrange(9)}", "class Ünder(Base):"]
    for number in range(said.randrange(1, 6)):
        lines += [
            f"    def method_{number}_{said.randrange(20)}(self):",
            f"        return other_{said.randrange(30)}({said.randrange(10**6)})",
        ]
    return "\n".join(lines).encode()


def made(part: Part, files: Files, before: Path | None = None, kept: Files | None = None) -> bytes:
    part.begin(before)
    for path in sorted(files):
        if kept is not None and kept.get(path) == files[path]:
            part.keep(path)
        else:
            part.add(path, files[path], cut(path, files[path]))
    return part.finish()


@pytest.mark.parametrize("make", [Trigrams, Symbols])
@pytest.mark.parametrize("many", [0, 1, 7, 90, 300])
def test_a_bucket_built_upon_the_one_before_is_the_one_made_afresh(
    make: Callable[[], Part], many: int, tmp_path: Path
) -> None:
    old = {f"a/{number}.py": code(number) for number in range(many)}
    new = {path: content for path, content in old.items() if not path.endswith("3.py")}
    new |= {f"b/{number}.py": code(-number) for number in range(1, 4)}
    new |= {"a/1.py": b"changed = True\n", "empty.py": b"", "notes.txt": b"no code, \xc3\xbc\n"}
    before = tmp_path / "before"
    before.write_bytes(made(make(), old))

    assert made(make(), new, before, old) == made(make(), new)


def test_trigrams_are_read_as_they_were_written_also_where_bitmaps_hold_them() -> None:
    files = {
        f"{number:03}.txt": b"all of them" + bytes([97 + number % 26]) for number in range(300)
    }
    files["299.txt"] += b" but only this"

    content = made(Trigrams(), files)

    _, pairs = read(content)
    of_all = {int(pair) & 0xFFFFFFFF for pair in pairs if int(pair) >> 32 == int.from_bytes(b"all")}
    assert of_all == set(range(300))
    postings = Postings(content)
    assert postings.width == 2
    assert postings.files(int.from_bytes(b"all")) == (1 << 300) - 1
    assert postings.files(int.from_bytes(b"nly")) == 1 << 299
    assert BITMAP in content


@pytest.mark.parametrize("broken", [b"", b"SXT1", b"x" * 100])
def test_what_is_no_file_of_trigrams_is_known_as_such(broken: bytes) -> None:
    with pytest.raises(Spoiled):
        read(broken)


def test_a_file_of_trigrams_that_was_cut_off_or_turned_is_known_as_such() -> None:
    whole = made(Trigrams(), {f"{number}.py": code(number) for number in range(20)})
    for length in range(0, len(whole), 97):
        with pytest.raises(Spoiled):
            read(whole[:length])
    said = random.Random(1)
    for _ in range(300):
        turned = bytearray(whole)
        turned[said.randrange(len(whole))] ^= 1 << said.randrange(8)
        # A wrong bit may stay unknown; it never ends the process or asks for all of its memory.
        try:
            read(bytes(turned))
        except Spoiled:
            continue
