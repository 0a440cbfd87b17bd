import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samoey.domains.knowledge.parse.chunks import Chunk, Cut, NotText, cut, split
from samoey.domains.knowledge.parse.grammars import GRAMMARS
from samoey.domains.knowledge.parse.symbols import outline
from samoey.domains.knowledge.parse.windows import CHARACTERS, LINES
from samoey.kit.languages import language_of

# Path -> source, and what must be seen in it: name, kind, first and last line.
Seen = tuple[str, str, int, int]
EXAMPLES: dict[str, tuple[str, list[Seen]]] = {
    "a.py": (
        (
            "import os\n\n# about f\n@cache\ndef f(x):\n    def g(): pass\n    return g\n\n"
            "class A(B):\n    x = 1\n    async def m(self): pass\n"
        ),
        [
            ("f", "function", 3, 7),
            ("f.g", "function", 6, 6),
            ("A", "class", 9, 11),
            ("A.m", "method", 11, 11),
        ],
    ),
    "a.ts": (
        (
            "export interface I { a: string }\n/** doc */\nexport class A<T> {\n  f = () => 1\n"
            "  m(x: number): string { return '' }\n}\nexport const go = async () => {}\n"
            "abstract class Q { abstract z(): void }\n"
        ),
        [
            ("I", "interface", 1, 1),
            ("A", "class", 2, 6),
            ("A.f", "method", 4, 4),
            ("A.m", "method", 5, 5),
            ("go", "function", 7, 7),
            ("Q", "class", 8, 8),
            ("Q.z", "method", 8, 8),
        ],
    ),
    "a.tsx": ("export function App() {\n  return <div/>\n}\n", [("App", "function", 1, 3)]),
    "a.js": (
        "function a(){}\nclass B { c(){} }\nmodule.exports.e = function () {}\n",
        [
            ("a", "function", 1, 1),
            ("B", "class", 2, 2),
            ("B.c", "method", 2, 2),
            ("module.exports.e", "function", 3, 3),
        ],
    ),
    "A.java": (
        "package x;\n/** doc */\n@Deprecated\nclass A {\n  A() {}\n  int m() { return 1; }\n}\n",
        [("A", "class", 2, 7), ("A.A", "method", 5, 5), ("A.m", "method", 6, 6)],
    ),
    "a.go": (
        "package a\n\n// F does\nfunc F() {}\n\ntype T struct{}\n\nfunc (t *T) M() {}\n",
        [("F", "function", 3, 4), ("T", "type", 6, 6), ("T.M", "method", 8, 8)],
    ),
    "a.rs": (
        "/// doc\n#[derive(Debug)]\npub struct P;\nimpl P {\n  pub fn new() -> Self { P }\n}\n",
        [("P", "struct", 1, 3), ("P", "impl", 4, 6), ("P::new", "method", 5, 5)],
    ),
    "a.c": (
        (
            "#define MAX(a,b) a\nstruct S { int y; };\n/* doc */\nint f(int a) { return a; }\n"
            "char *g(void) { return 0; }\n"
        ),
        [
            ("MAX", "macro", 1, 1),
            ("S", "struct", 2, 2),
            ("f", "function", 3, 4),
            ("g", "function", 5, 5),
        ],
    ),
    "a.cpp": (
        (
            "namespace n {\nclass A { int m() const { return 1; } };\n}\n"
            "int n::A::q() { return 2; }\ntemplate <typename T>\nT id(T x) { return x; }\n"
        ),
        [
            ("n", "namespace", 1, 3),
            ("n::A", "class", 2, 2),
            ("n::A::m", "method", 2, 2),
            ("n::A::q", "function", 4, 4),
            ("id", "function", 5, 6),
        ],
    ),
    "a.cs": (
        "namespace N {\n class A { public int M() { return 1; } int P { get; set; } }\n}\n",
        [
            ("N", "namespace", 1, 3),
            ("N.A", "class", 2, 2),
            ("N.A.M", "method", 2, 2),
            ("N.A.P", "property", 2, 2),
        ],
    ),
    "a.rb": (
        "module M\n  class A\n    # doc\n    def f; end\n    def self.g; end\n  end\nend\n",
        [
            ("M", "module", 1, 7),
            ("M::A", "class", 2, 6),
            ("M::A::f", "method", 3, 4),
            ("M::A::g", "method", 5, 5),
        ],
    ),
    "a.php": (
        "<?php\nfunction f() {}\nclass A { public function m() {} }\n",
        [("f", "function", 2, 2), ("A", "class", 3, 3), ("A::m", "method", 3, 3)],
    ),
    "a.sh": ("# doc\nf() { echo; }\n", [("f", "function", 1, 2)]),
    "a.sql": (
        "CREATE TABLE public.users (id int);\nCREATE VIEW v AS SELECT 1;\n",
        [("public.users", "table", 1, 1), ("v", "view", 2, 2)],
    ),
    "a.html": ('<body>\n<div id="main">x</div>\n</body>\n', [("main", "element", 2, 2)]),
    "a.css": (".a, .b { color: red }\n", [(".a, .b", "rule", 1, 1)]),
    "a.json": (
        '{"name": "x",\n "deps": {"a": 1}}\n',
        [("name", "key", 1, 1), ("deps", "key", 2, 2)],
    ),
    "a.yaml": ("a:\n  b: 1\nc: 2\n", [("a", "key", 1, 2), ("c", "key", 3, 3)]),
    "a.toml": (
        "[t.x]\na = 1\n[[y]]\nb = 2\n",
        [("t.x", "table", 1, 2), ("y", "table", 3, 4)],
    ),
    "a.md": (
        "intro\n\n# Title\n\ntext\n\n## Sub\n\n```\n# not\n```\n",
        [("Title", "section", 3, 11), ("Title / Sub", "section", 7, 11)],
    ),
    "a.rst": (
        "Title\n=====\n\ntext\n\nSub\n---\n\nmore\n",
        [("Title", "section", 1, 9), ("Title / Sub", "section", 6, 9)],
    ),
}


MARKDOWN: dict[str, list[Seen]] = {
    "Title\n=====\n\ntext\n\nSub\n---\n\nmore\n\n### Deep\n\nOther\n---\nend\n": [
        ("Title", "section", 1, 15),
        ("Title / Sub", "section", 6, 12),
        ("Title / Sub / Deep", "section", 11, 12),
        ("Title / Other", "section", 13, 15),
    ],
    "# Top\n\nTwo\nlines\n---\n\nNext\n=\n": [
        ("Top", "section", 1, 6),
        ("Top / Two lines", "section", 3, 6),
        ("Next", "section", 7, 8),
    ],
    # Front matter, breaks, lists, tables, quotes and code hold dashes that underline nothing.
    "---\ntitle: x\n\ntags: y\n---\n\nHead\n---\n": [("Head", "section", 7, 8)],
    "---\r\ntitle: x\r\n---\r\ntext\r\n": [],
    "+++\ntitle = 1\n+++\n\ntext\n": [],
    "text\n\n---\n\n- item\n---\n\n|a|b|\n|-|-|\n\n> quoted\n> ---\n\n```\ncode\n---\n```\n": [],
    "#\n\ntext\n": [],
}


@pytest.mark.parametrize("source", MARKDOWN)
def test_titles_of_markdown_are_told_by_signs_before_or_a_line_below(source: str) -> None:
    found = outline(source.encode(), "markdown")
    parts = cut("a.md", source.encode())

    assert [(each.name, each.kind, each.start, each.end) for each in found] == MARKDOWN[source]
    assert_whole(source.replace("\r", ""), parts)


def test_a_long_section_under_an_underlined_title_is_cut_at_those_within() -> None:
    source = "Title\n=====\n\n" + "".join(
        f"Part {n}\n---\n\n" + "word\n" * 20 + "\n" for n in range(9)
    )

    parts = cut("a.md", source.encode())

    names = [chunk.name for chunk in parts.chunks]
    assert names == ["Title", *(f"Title / Part {n}" for n in range(9))]


def covered(parts: Cut) -> set[int]:
    return {line for chunk in parts.chunks for line in range(chunk.start, chunk.end + 1)}


def assert_whole(source: str, parts: Cut) -> None:
    """Each line with a word on it is in a chunk, and each chunk is what stands in its lines."""
    lines = split(source)
    worded = {number for number, line in enumerate(lines, 1) if re.search(r"[^\W_]", line)}
    assert worded <= covered(parts)
    for chunk in parts.chunks:
        assert chunk.text in "\n".join(lines[chunk.start - 1 : chunk.end])


def test_every_language_has_an_example() -> None:
    assert {language_of(path) for path in EXAMPLES} == {*GRAMMARS, "rst"}


@pytest.mark.parametrize("path", EXAMPLES)
def test_definitions_are_found_with_their_names_and_lines(path: str) -> None:
    source, expected = EXAMPLES[path]

    found = outline(source.encode(), language_of(path))

    assert [(each.name, each.kind, each.start, each.end) for each in found] == expected


@pytest.mark.parametrize("path", EXAMPLES)
def test_the_chunks_of_a_file_cover_it(path: str) -> None:
    source, _ = EXAMPLES[path]

    parts = cut(path, source.encode())

    assert not parts.windowed
    assert_whole(source, parts)


def test_a_long_class_is_cut_at_its_methods_and_keeps_its_head() -> None:
    methods = "\n".join(f"    def m{n}(self):\n        return {n}\n" for n in range(12))
    source = f'class Long:\n    """What it is for."""\n\n    limit = 3\n\n{methods}'

    chunks = cut("a.py", source.encode()).chunks

    assert chunks[0] == Chunk(
        "Long", "class", 1, 5, 'class Long:\n    """What it is for."""\n\n    limit = 3\n'
    )
    assert [chunk.name for chunk in chunks[1:]] == [f"Long.m{n}" for n in range(12)]


def test_a_long_function_is_cut_into_passages_that_keep_its_name() -> None:
    body = "".join(f"    x = {n}\n" for n in range(200))
    source = f"def f():\n{body}"

    parts = cut("a.py", source.encode())

    assert {chunk.name for chunk in parts.chunks} == {"f"}
    assert all(chunk.end - chunk.start < LINES for chunk in parts.chunks)
    assert_whole(source, parts)


def test_a_file_that_does_not_parse_is_cut_into_windows_and_says_so() -> None:
    source = ")}{ ]] <<< def class ((( \n" * 100

    parts = cut("a.py", source.encode())

    assert parts.windowed
    assert parts.language == "python"
    assert_whole(source, parts)


def test_one_slip_in_a_file_costs_no_definition() -> None:
    source = "def f(:\n    return 1\n\n" + "".join(
        f"def g{n}():\n    return {n}\n\n" for n in range(9)
    )

    names = [each.name for each in outline(source.encode(), "python")]

    assert {f"g{n}" for n in range(9)} <= set(names)


def test_text_of_an_unknown_language_is_cut_into_windows() -> None:
    parts = cut("notes.xyz", b"line one\nline two\n")

    assert (parts.language, parts.windowed) == (None, True)
    assert parts.chunks == [Chunk(None, "window", 1, 2, "line one\nline two")]


@pytest.mark.parametrize("blob", [b"\x7fELF\0\0\1", b"\x89PNG\r\n\0", bytes(range(128, 256)) * 9])
def test_what_is_binary_is_no_text(blob: bytes) -> None:
    with pytest.raises(NotText):
        cut("a.py", blob)


def test_invalid_utf_8_is_read_with_marks_and_counted_as_windowed() -> None:
    parts = cut("a.py", b"# gr\xfc\xdfe\ndef f():\n    return 1\n")

    assert parts.windowed
    assert "gr��e" in parts.chunks[0].text


def test_a_text_in_utf_16_is_read() -> None:
    parts = cut("a.py", "def größe():\n    return 1\n".encode("utf-16"))

    assert parts.chunks[0].name == "größe"


def test_a_late_nul_never_reaches_the_database() -> None:
    parts = cut("a.txt", b"word\n" * 3000 + b"x\0y\n")

    assert not any("\0" in chunk.text for chunk in parts.chunks)


@pytest.mark.parametrize("blob", [b"", b"\n\n\n", b"\xef\xbb\xbf", b"}\n{\n"])
def test_a_file_without_a_word_gives_nothing(blob: bytes) -> None:
    assert cut("a.py", blob).chunks == []


def test_a_line_longer_than_a_passage_is_cut_into_pieces_that_stand_in_it() -> None:
    source = "let a=" + ";".join(f"b{n}=1" for n in range(5000))

    parts = cut("a.min.js", source.encode())

    assert all(len(chunk.text) <= CHARACTERS for chunk in parts.chunks)
    assert_whole(source, parts)


def test_lines_that_end_with_carriage_returns_are_counted_as_editors_do() -> None:
    parts = cut("a.py", b"def f():\r\n    return 1\r\n\r\ndef g():\r\n    return 2\r\n")

    assert [(chunk.name, chunk.start, chunk.end) for chunk in parts.chunks] == [
        ("f", 1, 2),
        ("g", 4, 5),
    ]
    assert "\r" not in parts.chunks[0].text


def test_nesting_that_only_a_machine_writes_is_no_trouble() -> None:
    deep = 3000
    source = "".join(f"function f{n}(){{\n" for n in range(deep)) + "}\n" * deep

    parts = cut("a.js", source.encode())

    assert_whole(source, parts)


def test_a_parser_that_takes_too_long_is_given_up() -> None:
    noise = b"\xb6a(\xc7[{".decode("latin-1").encode() * 200_000

    begin = time.process_time()
    outline(noise, "cpp")

    assert time.process_time() - begin < 30


def test_equal_passages_have_one_digest() -> None:
    one, other = Chunk("a", "function", 1, 2, "x = 1"), Chunk(None, "window", 7, 8, "x = 1")

    assert one.digest == other.digest
    assert one.digest != Chunk("a", "function", 1, 2, "x = 2").digest


PIECES = st.sampled_from(
    ["def f():", "    return 1", "class A:", "    def m(self):", "        x", "", ")", "# word",
     "function f() {", "}", "# Title", "word", "=====", "```", "[table]", "a: 1", '{"k": 1}']
)  # fmt: skip


@given(
    path=st.sampled_from(sorted(EXAMPLES)),
    lines=st.lists(PIECES, max_size=150),
)
def test_whatever_a_file_holds_its_chunks_cover_it(path: str, lines: list[str]) -> None:
    source = "\n".join(lines)

    assert_whole(source, cut(path, source.encode()))
