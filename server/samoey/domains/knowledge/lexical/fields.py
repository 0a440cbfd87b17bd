"""The fields of an index, and a chunk as a document of it."""

from functools import cache

import msgspec
import tantivy

from samoey.domains.knowledge.lexical.words import Words
from samoey.domains.knowledge.parse.chunks import Chunk

# What a word weighs by where it stands; each field has its own BM25.
WEIGHTS = {"body": 1.0, "name": 1.0, "path": 0.5}


class Passage(msgspec.Struct, array_like=True, frozen=True):
    """What an index gives back of a chunk."""

    path: str
    language: str | None
    name: str | None
    kind: str
    start: int
    end: int
    text: str


decode = msgspec.msgpack.Decoder(Passage).decode
encode = msgspec.msgpack.Encoder().encode


@cache
def schema() -> tantivy.Schema:
    """Words come split already, so fields split at spaces only; `file` and `language` filter."""
    builder = tantivy.SchemaBuilder()
    for field in WEIGHTS:
        # The words of a text are kept, so that they are not split again when its bucket is remade.
        builder.add_text_field(
            field, stored=field == "body", tokenizer_name="whitespace", index_option="freq"
        )
    for field in ("file", "language"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("passage", stored=True)
    return builder.build()


def passage(path: str, language: str | None, chunk: Chunk) -> Passage:
    return Passage(path, language, chunk.name, chunk.kind, chunk.start, chunk.end, chunk.text)


def document(found: Passage, body: str, words: Words) -> tantivy.Document:
    """Make a passage findable by the words of its text (`body`), its name and its path."""
    made = tantivy.Document()
    made.add_text("body", body)
    if found.name:
        made.add_text("name", words.line(found.name))
    made.add_text("path", words.path(found.path))
    made.add_text("file", found.path)
    if found.language:
        made.add_text("language", found.language)
    made.add_bytes("passage", encode(found))
    return made
