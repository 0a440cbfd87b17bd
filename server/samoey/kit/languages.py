"""The language of a file, told by its name, or by its first line when the name has no ending."""

import re
from pathlib import PurePosixPath

# Ending -> language, as people write it in a filter. Only those in `grammars.GRAMMARS` are parsed.
ENDINGS = {
    "py": "python", "pyi": "python", "pyw": "python",
    "ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "tsx",
    "js": "javascript", "mjs": "javascript", "cjs": "javascript", "jsx": "javascript",
    "java": "java", "go": "go", "rs": "rust",
    "c": "c", "h": "c",
    "cc": "cpp", "cpp": "cpp", "cxx": "cpp", "hh": "cpp", "hpp": "cpp", "hxx": "cpp", "ipp": "cpp",
    "cs": "csharp", "rb": "ruby", "rake": "ruby", "gemspec": "ruby",
    "php": "php", "phtml": "php",
    "sh": "bash", "bash": "bash", "zsh": "bash", "ksh": "bash",
    "sql": "sql", "html": "html", "htm": "html", "xhtml": "html", "css": "css",
    "json": "json", "jsonc": "json", "webmanifest": "json",
    "yaml": "yaml", "yml": "yaml", "toml": "toml",
    "md": "markdown", "markdown": "markdown", "mdx": "markdown",
    "rst": "rst", "adoc": "asciidoc", "txt": "text",
    "kt": "kotlin", "kts": "kotlin", "swift": "swift", "scala": "scala", "lua": "lua", "pl": "perl",
    "pm": "perl", "r": "r", "jl": "julia", "hs": "haskell", "ml": "ocaml", "ex": "elixir",
    "exs": "elixir", "erl": "erlang", "clj": "clojure", "dart": "dart", "vue": "vue",
    "svelte": "svelte", "scss": "scss", "less": "less", "xml": "xml", "proto": "protobuf",
    "graphql": "graphql", "tf": "terraform", "ini": "ini", "cfg": "ini", "m": "objective-c",
    "asm": "assembly", "s": "assembly", "zig": "zig", "nim": "nim", "ps1": "powershell",
    "ipynb": "jupyter",
}  # fmt: skip
NAMES = {
    "dockerfile": "dockerfile", "makefile": "make", "gnumakefile": "make", "rakefile": "ruby",
    "gemfile": "ruby", "jenkinsfile": "groovy", "cmakelists.txt": "cmake", ".bashrc": "bash",
    ".profile": "bash", "cargo.lock": "toml", "poetry.lock": "toml", "uv.lock": "toml",
    "pipfile": "toml", "composer.lock": "json", ".prettierrc": "json", ".eslintrc": "json",
}  # fmt: skip
INTERPRETERS = {
    "python": "python", "bash": "bash", "sh": "bash", "zsh": "bash", "node": "javascript",
    "deno": "typescript", "ruby": "ruby", "php": "php", "perl": "perl",
}  # fmt: skip

SHEBANG = re.compile(rb"#!\s*\S*?/?(?:env\s+(?:-S\s+)?)?([A-Za-z]+)[\d.]*(?:\s|$)")
CPP_HEADER = re.compile(
    rb"^\s*(?:class\s+\w+|namespace\b|template\s*<|using\s+\w+|public:|private:)", re.MULTILINE
)


def language_of(path: str, head: bytes = b"") -> str | None:
    """Name the language of a file, or say None when nothing tells it."""
    name = PurePosixPath(path).name.lower()
    if name in NAMES:
        return NAMES[name]
    _, dot, ending = name.rpartition(".")
    language = ENDINGS.get(ending) if dot else None
    if language == "c" and ending == "h" and CPP_HEADER.search(head):
        return "cpp"
    if language is None and (shebang := SHEBANG.match(head)):
        return INTERPRETERS.get(shebang[1].decode("ascii"))
    return language
