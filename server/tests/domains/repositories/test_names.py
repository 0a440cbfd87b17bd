"""Files whose names hold what names rarely hold: found, cited, listed and read all the same."""

import shutil
from pathlib import Path

import pytest

from tests.author import Author
from tests.domains.chat.talk import Talk
from tests.domains.repositories.door import PLACE
from tests.domains.repositories.steps import connect
from tests.house.processes import RunningHouse

NAMES = {
    "newline": b"new\nline.py",
    "folder": b"fol\nder/inside.py",
    "dash": b"-rf.py",
    "dashes": b"--option/-x.py",
    "tab": b"tab\there.py",
    "escape": b"\x1b[31mred.py",
    "latin": b"caf\xe9.py",
    "quoted": b'"quo\\ted".py',
    "colon": b":(glob)star*.py",
    "turned": "\u202eyp.py".encode(),
    "spaced": b" space .py",
}


@pytest.mark.parametrize("kind", ["local", "folder"])
async def test_files_of_any_name_are_indexed_listed_read_and_cited(
    house: RunningHouse, tmp_path: Path, kind: str
) -> None:
    ada = await house.make.user()
    author = Author(tmp_path / "odd")
    for word, name in NAMES.items():
        author.write(name, f"def odd_{word}():\n    return '{word}'\n")
    author.commit()
    if kind == "folder":
        shutil.rmtree(tmp_path / "odd" / ".git")
    place = f"{PLACE}/{(await connect(house, ada, tmp_path / 'odd')).id}"
    await house.drain()

    async with house.client() as http:
        http.headers.update(ada.headers)
        for word in NAMES:
            asked: dict[str, str | int] = {"q": f"odd_{word}", "limit": 1}
            [hit] = (await http.get("/api/v1/knowledge/search", params=asked)).json()["hits"]
            read = await http.get(f"{place}/file", params={"path": hit["path"]})
            folder = hit["path"].rpartition("/")[0]
            tree = await http.get(f"{place}/tree", params={"path": folder})
            answer = await (await Talk.begin(house, ada)).ask(f"odd_{word}")

            assert read.json()["text"].startswith(f"def odd_{word}"), read.text
            assert hit["path"] in [entry["path"] for entry in tree.json()["entries"]]
            assert answer.status == "done"
            assert answer.citations[0].path == hit["path"]
