"""What stands around a passage in its file."""

from typing import Any

from samoey.domains.chat.context.around import set_in
from samoey.domains.chat.context.parts import Passage
from samoey.domains.knowledge.parse.chunks import cut
from samoey.domains.knowledge.service import FileAround
from samoey.domains.knowledge.symbols.facts import facts_of
from samoey.domains.knowledge.symbols.surrounding import file
from samoey.kit.ids import new_id
from samoey.kit.ports.models import Source

REPOSITORY = new_id()
TYPED = """\
import { open,
  close } from './gate'
import fs from 'fs'

export class Lock {
  constructor(private gate: string) {}

  enter(
    boat: Boat,
  ): void {
    open(this.gate)
    this.water += boat.size
  }

  leave(): void {
    close(this.gate)
  }
}
"""


def read(path: str, text: str) -> FileAround:
    return file(facts_of(path, cut(path, text.encode())), text.split("\n"))


def passage(of: FileAround, start: int, end: int, **changes: Any) -> Passage:
    text = "\n".join(of.lines[start - 1 : end])
    source = Source("", "motor", of.path, start, end, "c" * 40, text)
    return Passage(REPOSITORY, source, **changes)


def around(shown: Passage) -> list[tuple[int, str]]:
    return [(line.number, line.why) for line in shown.around]


def test_a_method_comes_with_the_line_of_its_type_and_the_imports_it_uses() -> None:
    lock = read("lock.ts", TYPED)

    assert around(set_in(passage(lock, 8, 13), lock)) == [
        (1, "imports"),
        (2, "imports"),
        (5, "encloses"),
    ]


def test_a_type_that_was_named_shows_where_its_members_begin() -> None:
    lock = read("lock.ts", TYPED)

    named = set_in(passage(lock, 5, 6, why="named"), lock)
    found = set_in(passage(lock, 5, 6), lock)

    assert [line for line in around(named) if line[1] == "members"] == [
        (8, "members"),
        (15, "members"),
    ]
    assert "members" not in dict(around(found)).values()


def test_a_part_of_a_function_is_shown_whole_unless_that_is_long() -> None:
    def long(lines: int) -> FileAround:
        body = "".join(f"    step({number})\n" for number in range(lines))
        return read("a.py", f"def run(\n    one,\n):\n{body}")

    short, much = long(70), long(200)

    assert set_in(passage(short, 30, 60), short).source.start == 1
    assert set_in(passage(short, 30, 60), short).source.symbol == "run"
    kept = set_in(passage(much, 30, 60), much)
    assert (kept.source.start, kept.source.end) == (30, 60)
    # Its head ends where its brackets do.
    assert around(kept) == [(1, "encloses"), (2, "encloses"), (3, "encloses")]


def test_imports_in_another_function_are_that_functions_own() -> None:
    text = "def one():\n    import math\n    return math.pi\n\n\ndef two():\n    return math.tau\n"
    code = read("a.py", text)

    assert around(set_in(passage(code, 6, 7), code)) == []
