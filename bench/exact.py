"""How long somebody waits for the first hits of an exact search over twenty repositories.

The repositories are the text files of published packages, by version: about 450 MB. Each is
committed, fetched into a mirror as the product does it, and indexed by its trigrams; of a snapshot
only what exact search reads is made. What is timed is the service's verb, without the question to
the database who may read what. ripgrep counts the same lines over checkouts of the same files.

`python bench/exact.py` merges its figures into results/knowledge.json.
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

from house import HERE, ROOT, print_table, written
from samoey.adapters.git.system import SystemGit
from samoey.domains.knowledge.exact import service
from samoey.domains.knowledge.exact.looking import Place
from samoey.domains.knowledge.exact.part import Trigrams
from samoey.domains.knowledge.exact.postings import SUFFIX
from samoey.domains.knowledge.exact.schemas import ExactOut, ExactQuery
from samoey.domains.knowledge.lexical import shelf
from samoey.domains.knowledge.lexical.build import bucket_count, bucket_of
from samoey.domains.knowledge.lexical.orders import Order
from samoey.domains.knowledge.lexical.parts import write
from samoey.domains.knowledge.parse.chunks import Cut, NotText, decode
from samoey.kit.knowledge_settings import KnowledgeSettings
from samoey.kit.languages import language_of
from samoey.kit.ports.git import Remote
from samoey.kit.settings import RepositorySettings

RESULTS = HERE / "results" / "knowledge.json"
DOWNLOADS = ROOT / ".build" / "packages"
PACKAGES = [
    "bokeh==3.9.2",
    "django==5.2.19",
    "faker==40.63.0",
    "google-api-python-client==2.202.0",
    "jupyterlab==4.6.6",
    "kubernetes==37.0.2",
    "matplotlib==3.11.2",
    "mypy==2.4.1",
    "networkx==3.6.1",
    "numpy==2.4.6",
    "pandas==3.1.1",
    "plotly==7.1.0",
    "scikit-learn==1.9.1",
    "scipy==1.17.1",
    "sphinx==9.0.4",
    "sqlalchemy==2.1.9",
    "statsmodels==0.15.0",
    "sympy==1.14.0",
    "transformers==5.24.0",
    "twisted==26.10.0",
]
# The same files everywhere, on whatever machine this runs.
PLATFORM = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_27_x86_64")
PLATFORM += ("manylinux_2_24_x86_64", "manylinux_2_28_x86_64", "any")
LARGEST = 1_000_000
# As large as the product makes them.
BUCKET_BYTES = next(each.default for each in fields(Order) if each.name == "bucket_bytes")
FIRST = 100
ROUNDS = 15
COUNTING_S = 120.0
GOALS = {"regex_p50_ms": ("<=", 60.0), "exact_index_share": ("<=", 0.35)}


@dataclass(frozen=True)
class Asked:
    """A pattern with a name, and how ripgrep is asked for the same."""

    name: str
    text: str
    case: bool = True
    flags: tuple[str, ...] = ()


ASKED = (
    Asked("rare", r"class \w*UserCreationForm\("),
    Asked("common", r"return \w+"),
    Asked("three letters", r"nan"),
    Asked("no literal", r"\b\d{4}-\d{2}-\d{2}\b"),
    Asked("no literal, rare", r"\b[a-z]{2}\d{4}[a-z]\b"),
    Asked("alternation", r"(?:TODO|FIXME|XXX)\b"),
    Asked("case-insensitive", r"deprecated since \w+", case=False, flags=("-i",)),
    Asked("multi-line", r"except \w+:\n\s+pass\n", flags=("-U",)),
    Asked("between", r"def .*timeout.*=\s*None"),
    Asked("nowhere", r"zyzzogeton_\w+"),
)


def measure() -> dict[str, float]:
    """The figures of exact search."""
    with tempfile.TemporaryDirectory(prefix="samoey-exact-") as folder:
        return asyncio.run(measured(Path(folder)))


async def measured(folder: Path) -> dict[str, float]:
    began = time.perf_counter()
    with closing(SystemGit(RepositorySettings(), folder / "home")) as git:
        made = [await repository(git, folder, wheel) for wheel in sorted(downloaded())]
        places = [each.place for each in made]
        source, index = (
            sum(each.source for each in made),
            sum(each.index for each in made),
        )
        indexing_s = sum(each.indexing_s for each in made)
        note(
            f"{len(made)} repositories, {sum(each.files for each in made):,} files,"
            f" {source / 1e6:.0f} MB; index {index / 1e6:.0f} MB, made in {indexing_s:.0f} s;"
            f" all of it ready after {time.perf_counter() - began:.0f} s"
        )
        tools = SimpleNamespace(
            git=git,
            settings=SimpleNamespace(knowledge=KnowledgeSettings(exact_search_s=COUNTING_S)),
        )
        before = memory_mb()
        waited: list[float] = []
        for asked in ASKED:
            waited += await told(tools, places, asked, folder / "source")
        held = memory_mb() - before
    return {
        "regex_p50_ms": statistics.median(waited),
        "regex_p95_ms": statistics.quantiles(waited, n=20)[-1],
        "exact_index_share": index / source,
        "exact_index_mb_per_s": source / 1e6 / indexing_s,
        "exact_search_mb": held,
    }


def downloaded() -> Iterator[Path]:
    """The packages' wheels, which are kept for the next time."""
    DOWNLOADS.mkdir(parents=True, exist_ok=True)
    platforms = [word for each in PLATFORM for word in ("--platform", each)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary", ":all:", "--python-version", "3.11", *platforms]
    subprocess.run([*command, "--dest", str(DOWNLOADS), *PACKAGES], check=True)
    for package in PACKAGES:
        name, _, version = package.partition("==")
        (wheel,) = DOWNLOADS.glob(f"{name.replace('-', '_')}-{version}-*.whl")
        yield wheel


@dataclass(frozen=True)
class Made:
    """A repository that was made, and how large its source and its index are."""

    place: Place
    files: int
    source: int
    index: int
    indexing_s: float


async def repository(git: SystemGit, folder: Path, wheel: Path) -> Made:
    name = wheel.name.partition("-")[0]
    source, mirror = (
        folder / "source" / name,
        folder / "home" / "mirrors" / f"{name}.git",
    )
    unpack(wheel, source)
    commit = committed(source)
    await git.fetch(mirror, Remote(str(source)))
    shutil.rmtree(source / ".git")
    shelf_folder = folder / "home" / "indexes" / name
    began = time.perf_counter()
    files, size, index = await indexed(git, mirror, commit, shelf_folder)
    spent = time.perf_counter() - began
    note(f"{name}: {files:,} files, {size / 1e6:.1f} MB, index {index / size:.1%}")
    known = uuid5(UUID(int=0), name)
    return Made(
        Place(known, name, commit, shelf_folder / commit, mirror),
        files,
        size,
        index,
        spent,
    )


def unpack(wheel: Path, folder: Path) -> None:
    """Write the text files of a wheel: the same that would be indexed."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if entry.is_dir() or entry.file_size > LARGEST:
                continue
            content = archive.read(entry)
            try:
                decode(content)
            except NotText:
                continue
            path = folder / entry.filename
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def committed(folder: Path) -> str:
    known = [
        "-c",
        "user.name=Bench",
        "-c",
        "user.email=bench@example.org",
        "-c",
        "gc.auto=0",
    ]
    known += ["-c", "core.autocrlf=false"]
    git = ["git", "-C", str(folder), *known]
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "-A", "-f"],
        ["commit", "-q", "-m", "all"],
    ):
        subprocess.run([*git, *words], check=True, capture_output=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return head.stdout.strip()


async def indexed(git: SystemGit, mirror: Path, commit: str, folder: Path) -> tuple[int, int, int]:
    """Make what exact search reads of a snapshot; gives how many files, and bytes of both."""
    files = sorted(await git.files(mirror, commit), key=lambda each: each.path)
    total = sum(file.size for file in files)
    count = bucket_count(total, BUCKET_BYTES, None)
    contents = dict(git.blobs_sync(mirror, (file.blob for file in files)))
    buckets: dict[int, shelf.Bucket] = {}
    index = 0
    with shelf.unfinished(folder, commit) as place:
        for key in range(count):
            part = Trigrams()
            part.begin(None)
            entries = {}
            for file in (each for each in files if bucket_of(each.path, count) == key):
                content = contents[file.blob]
                cut = Cut(language_of(file.path, content[:8000]), [], windowed=False)
                part.add(file.path, content, cut)
                entries[file.path] = shelf.FileEntry(file.blob, "parsed", 0, file.size)
            told = part.finish()
            index += len(told)
            buckets[key] = shelf.Bucket([], entries, {SUFFIX: write(place, SUFFIX, told)})
        shelf.finish(place, shelf.Manifest(shelf.FORMAT, commit, count, buckets), {})
    return len(files), total, index


async def told(tools: Any, places: list[Place], asked: Asked, source: Path) -> list[float]:
    """Ask for the first hits some times, then for the count, and ripgrep for the same."""
    waited = []
    for _ in range(ROUNDS):
        first = await search(tools, places, asked, limit=FIRST)
        waited.append(first.took_ms)
    counted = await search(tools, places, asked, limit=1, count=True)
    totals = counted.totals
    line = (
        f"{asked.name:18} first {len(first.hits):3}: p50 {statistics.median(waited):7.1f} ms,"
        f" slowest {max(waited):7.1f};"
        f" all {totals.hits:9,} in {totals.files:6,} files, {totals.repositories:2} repositories:"
        f" {counted.took_ms / 1000:6.2f} s{'' if totals.exact else ' (not whole)'}"
    )
    print(line + ripgrep(asked, source), file=sys.stderr, flush=True)
    return waited


async def search(tools: Any, places: list[Place], asked: Asked, **wish: Any) -> ExactOut:
    query = ExactQuery(text=asked.text, regex=True, case=asked.case, **wish)
    found, lost = await service.search(tools, places, query)
    assert not lost
    return found


def ripgrep(asked: Asked, source: Path) -> str:
    """What ripgrep counts over the checkouts, and how long it takes for that."""
    program = shutil.which("rg")
    if program is None:
        return "; ripgrep is not installed"
    plain = ["--no-config", "-uu", "--crlf", "--no-unicode", "--count", "--no-filename"]
    began = time.perf_counter()
    done = subprocess.run(
        [program, *plain, *asked.flags, "-e", asked.text, str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    counts = [int(count) for count in done.stdout.split()]
    took = time.perf_counter() - began
    return f"; ripgrep {sum(counts):9,} in {len(counts):6,}: {took:6.2f} s"


def memory_mb() -> float:
    """What this process holds for itself alone, in memory that is its own."""
    told = Path(f"/proc/{os.getpid()}/smaps_rollup").read_text()
    anonymous = next(line for line in told.splitlines() if line.startswith("Anonymous:"))
    return int(anonymous.split()[1]) / 1000


def note(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    figures = measure()
    print_table(figures, GOALS)
    written(figures, RESULTS)
    print(json.dumps(figures, indent=2))
