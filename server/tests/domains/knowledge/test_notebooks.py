"""The cells of notebooks, as passages that lead to their lines."""

import json
from typing import Any

import pytest

from samoey.domains.knowledge.parse.chunks import cut, split


def notebook(*cells: dict[str, Any], indent: int | None = 1) -> bytes:
    whole = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=indent, sort_keys=True).encode()


def code(*lines: str, printed: str = "") -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": [printed]}]
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {},
        "outputs": outputs if printed else [],
        "source": [*(f"{line}\n" for line in lines[:-1]), *lines[-1:]],
    }


def prose(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


TRAINING = notebook(
    code("import numpy as np"),
    prose("# Training\n\nThe model learns."),
    code("def fit(model):", "    return model.train()", printed="loss 0.25 " * 500),
    code(),
    code('say("ünï")', "fit(None)"),
)


def test_each_cell_is_a_passage_with_its_lines_in_the_file_and_no_output() -> None:
    found = cut("train.ipynb", TRAINING)

    lines = split(TRAINING.decode())
    assert [chunk.name for chunk in found.chunks] == [
        "cell 1",
        "Training / cell 2",
        "Training / cell 3",
        "Training / cell 5",
    ]
    assert {chunk.kind for chunk in found.chunks} == {"cell"}
    for chunk in found.chunks:
        assert chunk.text == "\n".join(lines[chunk.start - 1 : chunk.end])
    assert "def fit(model)" in found.chunks[2].text
    assert "loss" not in "".join(chunk.text for chunk in found.chunks)
    assert (found.language, found.windowed) == ("jupyter", False)


@pytest.mark.parametrize(
    "content",
    [
        notebook(code("a = 1"), code("b = 2"), indent=None),
        b'{"cells": {}}',
        b'{"cells": [1, null, {"cell_type": 3}]',
        b"not json at all",
        b"[1, 2, 3]",
        b'{"cells": "' + b"[" * 5_000,
    ],
)
def test_what_is_no_notebook_with_lines_is_cut_as_other_text(content: bytes) -> None:
    found = cut("odd.ipynb", content)

    assert found.windowed
    assert "".join(chunk.text for chunk in found.chunks) == content.decode()


def test_a_long_cell_is_several_passages() -> None:
    found = cut("long.ipynb", notebook(code(*(f"step({n})" for n in range(200)))))

    assert len(found.chunks) > 2
    assert {chunk.name for chunk in found.chunks} == {"cell 1"}
