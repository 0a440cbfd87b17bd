"""The rules of the house that no single room can keep: contracts, docs, doors, sizes."""

import ast
import importlib.util
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import documents
from samoey.api.app import build_api
from samoey.cli.main import VERBS
from samoey.kit.settings import Settings

SERVER = Path(documents.__file__).parent
ROOT = SERVER.parent
SOURCE = SERVER / "samoey"
ROOMS = sorted(
    path.name for path in (SOURCE / "domains").iterdir() if (path / "__init__.py").exists()
)


@pytest.fixture(scope="module", autouse=True)
def _everything_loaded() -> None:
    documents.load_everything()


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


# ---- docs ----


def test_every_setting_has_a_description_and_a_heading() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    for name, field in documents.fields_of(Settings):
        assert field.description, name
        assert f"## {name}\n" in page


def test_every_event_and_every_problem_has_a_heading_and_a_sentence() -> None:
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")

    assert documents.events()
    assert documents.problems()
    for event in documents.events():
        assert f"### {event.name}\n" in page
        assert event.__doc__
    for problem in documents.problems():
        assert f"### {problem.slug()}\n" in page
        assert problem.__doc__


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_page_and_stands_on_the_map(room: str) -> None:
    assert (ROOT / "docs" / f"{room}.md").is_file()
    assert f"`{room}`" in (ROOT / "docs" / "map.md").read_text(encoding="utf-8")


def test_every_verb_of_the_command_line_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")

    for verb in VERBS:
        assert f"## samoey {verb}\n" in page


def test_links_between_the_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

    for page in pages:
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


# ---- doors ----


def test_every_route_names_its_problems_and_says_what_it_does() -> None:
    paths = build_api().openapi()["paths"]

    assert len(paths) > 20
    for path, methods in paths.items():
        for method, operation in methods.items():
            assert operation.get("description") or operation.get("summary"), f"{method} {path}"
            told = [code for code in operation["responses"] if int(code) >= 400]
            assert told, f"{method} {path} names no problem"


def test_every_event_has_its_own_name_and_a_schema() -> None:
    names = [event.name for event in documents.events()]

    assert len(names) == len(set(names))
    for event in documents.events():
        room, _, fact = event.name.partition(".")
        assert room in ROOMS, event.name
        assert re.fullmatch(r"[a-z_]+", fact), event.name
        assert event.model_json_schema()["type"] == "object"


def test_two_problems_never_share_a_name() -> None:
    slugs = [problem.slug() for problem in documents.problems()]

    assert len(slugs) == len(set(slugs))


# ---- the unit of work ----


COMMITS = re.compile(r"\b(db|session|sessions|connection)\.(commit|begin)$")


def test_nobody_commits_but_the_unit_of_work() -> None:
    committing = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path, tree in modules()
        if "domains" in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and COMMITS.search(ast.unparse(node.func))
    ]

    assert committing == []


# What may be awaited inside `tools.work`: data. These reach the network, a process or the clock.
WORLD = re.compile(r"(tools\.(git|models|bus)\b|asyncio\.(sleep|to_thread|create_subprocess))")


def world_inside_work(tree: ast.Module) -> list[int]:
    """The lines that wait for the world while a transaction is open."""
    found = []
    for block in ast.walk(tree):
        if not isinstance(block, ast.AsyncWith):
            continue
        if not any(".work(" in ast.unparse(item.context_expr) for item in block.items):
            continue
        found += [
            inner.lineno
            for statement in block.body
            for inner in ast.walk(statement)
            if isinstance(inner, ast.Await) and WORLD.search(ast.unparse(inner.value))
        ]
    return found


def test_inside_a_unit_of_work_only_data_is_awaited() -> None:
    waiting = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path, tree in modules()
        for line in world_inside_work(tree)
    ]

    assert waiting == []


def test_that_check_sees_a_trespass() -> None:
    trespass = """
    async def answer(tools, actor):
        async with tools.work(actor) as ctx:
            await tools.git.resolve(x, y)
    """

    assert world_inside_work(ast.parse(textwrap.dedent(trespass))) == [4]


def test_a_verb_takes_a_context_or_tools_and_never_both() -> None:
    both = [
        f"{path.relative_to(SOURCE)}:{node.name}"
        for path, tree in modules()
        if path.name == "service.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and {"ctx", "tools"} <= {arg.arg for arg in node.args.args}
    ]

    assert both == []


# ---- sizes and shapes ----


def test_files_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in [*SOURCE.rglob("*.py"), *(SERVER / "tests").rglob("*.py")]
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }

    assert long == {}


def test_functions_stay_short() -> None:
    long = [
        f"{path.relative_to(SOURCE)}:{node.name}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > 50
    ]

    assert long == []


def test_no_folder_is_an_attic() -> None:
    attics = {"utils", "common", "helpers", "core", "shared", "misc", "util", "helper"}

    assert [p for p in SOURCE.rglob("*") if p.stem in attics] == []


def test_tests_never_patch_our_own_code() -> None:
    patched = re.compile(r"(mock\.patch|mocker\.|monkeypatch\.setattr\(\s*[\"']?samoey)")
    here = Path(__file__)

    guilty = [
        path.name
        for path in (SERVER / "tests").rglob("*.py")
        if path != here and patched.search(path.read_text(encoding="utf-8"))
    ]

    assert guilty == []


# ---- import contracts: each is seen to catch what it is there for ----

TRESPASSES = {
    "One way": ("kit/seeded.py", "import samoey.domains.chat.service\n"),
    "Inside a room": ("domains/models/schemas.py", "import samoey.domains.models.service\n"),
    "Rooms visit": ("domains/chat/seeded.py", "import samoey.domains.repositories.tables\n"),
    "No circles": ("domains/identity/seeded.py", "import samoey.domains.workspaces.service\n"),
    "The outside world": ("domains/chat/seeded.py", "import redis\n"),
    # Also by way of another module.
    "The hot path": ("api/relay/app.py", "import samoey.kit.db\n"),
}


@pytest.mark.slow
@pytest.mark.parametrize("contract", sorted(TRESPASSES))
def test_a_seeded_trespass_is_reported(contract: str, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "server"
    shutil.copytree(SERVER, copy, ignore=shutil.ignore_patterns(".*", "tests", "__pycache__"))
    place, line = TRESPASSES[contract]
    with (copy / "samoey" / place).open("a", encoding="utf-8") as file:
        file.write(line)

    told = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout

    broken = [line for line in told.splitlines() if "BROKEN" in line]
    assert any(name.startswith(contract) for name in broken), told


# ---- what is heavy ----


def test_nothing_of_ours_loads_torch_but_the_process_of_a_model() -> None:
    apart = SOURCE / "adapters" / "checkpoints" / "engine"
    importing = {
        path.relative_to(SOURCE).as_posix()
        for path, tree in modules()
        for node in ast.walk(tree)
        if not path.is_relative_to(apart) and _heavy(node)
    }
    entered = {
        path.relative_to(SOURCE).as_posix()
        for path, tree in modules()
        for node in ast.walk(tree)
        if not path.is_relative_to(apart)
        and isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("samoey.adapters.checkpoints.engine")
    }

    assert importing == set()
    assert entered == {"adapters/checkpoints/child.py"}
    assert importlib.util.find_spec("torch") is None, "torch has a lock and a place of its own"


def _heavy(node: ast.AST) -> bool:
    names = (
        [it.name for it in node.names]
        if isinstance(node, ast.Import)
        else [node.module or ""]
        if isinstance(node, ast.ImportFrom)
        else []
    )
    return any(name.partition(".")[0] in {"torch", "transformers", "peft"} for name in names)
