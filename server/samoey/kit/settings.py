"""Everything an operator can change, and nothing else.

Read once, where a process starts; the rest of the code receives values, never the environment.
The tree is frozen: what started is what runs. Every field has a description and works by default.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from samoey.kit.knowledge_settings import KnowledgeSettings
from samoey.kit.known_providers import ProviderVariables
from samoey.kit.object_settings import BucketVariables
from samoey.kit.sections import Section
from samoey.kit.starting import HANDLES

ENV_FILE_VARIABLE = "SAMOEY_ENV_FILE"


def data_folder() -> Path:
    """Where an installation lives when nobody says otherwise: the XDG data folder."""
    chosen = os.environ.get("XDG_DATA_HOME")
    base = Path(chosen) if chosen else Path.home() / ".local" / "share"
    return base / "samoey"


def _database_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        message = "must begin with postgresql://"
        raise ValueError(message)
    return SecretStr(url.get_secret_value().replace("postgres://", "postgresql://", 1))


def _redis_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        message = "must begin with redis://, rediss:// or unix://"
        raise ValueError(message)
    return url


def _chroma_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("http://", "https://")):
        message = "must begin with http:// or https://"
        raise ValueError(message)
    return url


# pydantic's own PostgresDsn refuses a socket's `?host=`, and its RedisDsn refuses `unix://`.
# All of them carry passwords, so all are secrets.
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
RedisUrl = Annotated[SecretStr, AfterValidator(_redis_url)]
ChromaUrl = Annotated[SecretStr, AfterValidator(_chroma_url)]


class ServerSettings(Section):
    """How the web door listens."""

    host: str = Field("127.0.0.1", description="Address that `serve` listens on.")
    port: int = Field(8600, ge=0, le=65535, description="Port that `serve` listens on.")
    public_url: str | None = Field(
        None, description="How people reach this server; none makes it from host and port."
    )
    trusted_proxies: str = Field(
        "127.0.0.1", description="Addresses whose X-Forwarded-* headers are believed."
    )
    max_body_mb: float = Field(2.0, gt=0, description="Largest request body, in megabytes.")
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token that /metrics asks for; none leaves it open."
    )
    web_root: Path | None = Field(
        None, description="Folder of the built web application; none finds the one in the package."
    )


class LogSettings(Section):
    """What the processes say about themselves."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest level that is written."
    )
    format: Literal["json", "text"] = Field(
        "json", description="`json` for machines, `text` for a person at a terminal."
    )


class DatabaseSettings(Section):
    """How a process uses PostgreSQL."""

    pool_size: int = Field(5, ge=1, description="Connections that a process keeps open.")


class JobSettings(Section):
    """How background work is done."""

    concurrency: int = Field(4, ge=1, description="Jobs that one worker runs at the same time.")
    heartbeat_s: float = Field(5, gt=0, description="Seconds between a worker's signs of life.")
    stalled_after_s: float = Field(
        20, gt=0, description="Seconds without a sign of life until a worker's jobs run elsewhere."
    )
    retry_wait_s: float = Field(
        3, ge=0, description="Seconds before the second attempt; doubles with each further one."
    )
    keep_days: int = Field(7, ge=0, description="Days that finished jobs are kept.")


class ModelSettings(Section):
    """How language models are asked."""

    default: str | None = Field(
        None,
        description="Alias that answers when a person chose none: `extractive`, `openai`, or "
        "`openai:<name>`; none takes the connected endpoint, else `extractive`.",
    )
    local_only: bool = Field(
        False, description="Refuse every model endpoint that lies outside the own network."
    )
    private_addresses: bool = Field(
        True,
        description="Whether admins may connect model servers in private networks, where Ollama "
        "and vLLM mostly live; addresses in the environment may always lie there.",
    )
    connect_s: float = Field(10, gt=0, description="Seconds to reach a model endpoint.")
    without_ledger: Literal["closed", "open"] = Field(
        "closed",
        description="What becomes of keys with budgets and limits while Redis is away: `closed` "
        "refuses them, `open` lets them through and counts what they spent later.",
    )
    usage_days: int = Field(
        90, ge=1, description="Days that single requests are kept; their sums by the hour stay."
    )
    usage_journal_mb: int = Field(
        64,
        ge=8,
        description="Most usage that a process keeps on its disk while PostgreSQL is away, in "
        "megabytes; what comes after that is lost, and counted.",
    )
    prices: Path | None = Field(
        None,
        description="File of prices that go before those in the package, in the same form; what an "
        "admin writes down for a deployment goes before both.",
    )
    cache_hours: float = Field(
        24, gt=0, description="Hours that answers of aliases with a cache are told again."
    )
    cache_mib: float = Field(
        64,
        gt=0,
        description="Megabytes of such answers that a workspace keeps in Redis; the oldest go "
        "first.",
    )
    embedder_threads: int = Field(
        2, ge=1, description="Cores that the embedding model of a process uses at the most."
    )
    checkpoint_folders: tuple[Path, ...] = Field(
        (),
        description="Folders of this server below which admins may name models for `transformers` "
        "to run; none means `checkpoints` in the home.",
    )
    checkpoint_python: Path | None = Field(
        None,
        description="Python that runs those models, where the extra `local` is installed apart; "
        "none means the one that runs Samoey.",
    )
    checkpoint_threads: int | None = Field(
        None, ge=1, description="Cores that such a model uses at the most; none means all."
    )
    first_word_s: float = Field(120, gt=0, description="Seconds until a model's first word.")
    max_body_mb: float = Field(
        32, gt=0, description="Largest request that a program may send to a model, in megabytes."
    )
    next_word_s: float = Field(60, gt=0, description="Seconds of silence between two words.")
    responses_kept_hours: float = Field(
        72,
        gt=0,
        description="Hours that answers of /v1/responses are kept for programs that come back to "
        "them; they lie in Redis.",
    )
    responses_kept_mib: float = Field(
        16,
        gt=0,
        description="Megabytes of such answers that one key may keep; the oldest go first.",
    )


class ChatSettings(Section):
    """How conversations are held and answered."""

    message_max_bytes: int = Field(32_000, ge=100, description="Largest message, in bytes.")
    prompt_tokens: int = Field(
        12_000, ge=500, description="Most tokens of code and history in one prompt, estimated."
    )
    sources: int = Field(
        12, ge=1, le=50, description="Most passages that one answer takes from the search."
    )
    answer_s: float = Field(600, gt=0, description="Seconds after which an answer is given up.")
    live_queue: int = Field(
        1_000, ge=10, description="Messages kept for a slow live reader before it is sent away."
    )


class IdentitySettings(Section):
    """How people sign in, and for how long."""

    access_minutes: float = Field(
        15, gt=0, description="Minutes that an access token is good; then it is refreshed."
    )
    session_days: float = Field(
        30, gt=0, description="Days without a visit until a session ends by itself."
    )
    session_limit_days: float = Field(
        180, gt=0, description="Days until a session ends however often it is used."
    )
    refresh_grace_s: float = Field(
        10,
        ge=0,
        description="Seconds that a used refresh token still works, for two tabs at once.",
    )
    ticket_s: float = Field(30, gt=0, description="Seconds that a ticket for /live is good.")
    setup_hours: float = Field(24, gt=0, description="Hours that a set-up link is good.")
    reset_hours: float = Field(24, gt=0, description="Hours that a password link is good.")
    invitation_days: float = Field(7, gt=0, description="Days that an invitation is good.")
    attempts_per_email: int = Field(
        20, ge=1, description="Sign-ins tried with one e-mail address in a window."
    )
    attempts_per_address: int = Field(
        200, ge=1, description="Sign-ins and links tried from one network address in a window."
    )
    attempts_window_s: int = Field(900, ge=1, description="Length of that window, in seconds.")
    password_memory_kib: int = Field(
        65536, ge=8, description="Memory of one argon2id hash, in KiB; more is safer and slower."
    )
    password_passes: int = Field(3, ge=1, description="Passes of argon2id over that memory.")
    password_lanes: int = Field(4, ge=1, description="Lanes of argon2id.")


class RepositorySettings(Section):
    """What may be fetched, and how much of it."""

    local_paths: Literal["owner", "admin", "nobody"] = Field(
        "owner", description="Who may connect folders of the server: the lowest role, or nobody."
    )
    private_addresses: bool = Field(
        False, description="Whether git servers in private networks may be fetched from."
    )
    plain_http: bool = Field(False, description="Whether http:// addresses are fetched from.")
    trust_first_host_key: bool = Field(
        False,
        description="Whether an SSH server's key is taken as it is shown the first time, then "
        "pinned; otherwise the person who connects the repository must give it.",
    )
    ca_file: Path | None = Field(
        None, description="PEM file of the authorities that git trusts; none is the system's."
    )
    max_mb: float = Field(2000, gt=0, description="Largest repository, in megabytes on disk.")
    max_file_mb: float = Field(
        20, gt=0, description="Largest file that is taken from a folder, in megabytes."
    )
    fetch_timeout_s: float = Field(1800, gt=0, description="Seconds that one fetch may take.")
    shown_kb: float = Field(1000, gt=0, description="Largest file shown as text, in kilobytes.")


def _absolute(path: Path) -> Path:
    """The same place from wherever the process stands later."""
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:
        message = f"there is no such person: {path}"
        raise ValueError(message) from error


# Everything that lies in the home is found by joining to this.
Home = Annotated[Path, AfterValidator(_absolute)]


class Settings(BucketVariables, ProviderVariables):
    """The whole tree."""

    model_config = SettingsConfigDict(
        env_prefix="SAMOEY_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        populate_by_name=True,
    )

    home: Home = Field(
        default_factory=data_folder, description="Where everything of this installation lives."
    )
    database_url: DatabaseUrl | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_DATABASE_URL", "DATABASE_URL"),
        description="PostgreSQL 15 or newer; none starts the embedded one.",
    )
    redis_url: RedisUrl | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_REDIS_URL", "REDIS_URL"),
        description="Redis 7 or Valkey; none starts the embedded one.",
    )
    redis_prefix: str = Field(
        "samoey:", description="Begins every key, so that installations may share one Redis."
    )
    chroma_url: ChromaUrl | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_CHROMA_URL", "CHROMA_URL"),
        description="Chroma server that keeps vectors, as http://host:8000; none keeps them in the "
        "home folder.",
    )
    secret_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="Signs sessions; none makes one and keeps it in the home folder.",
    )
    openai_api_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_OPENAI_API_KEY", "OPENAI_API_KEY"),
        description="Key of an OpenAI-compatible model endpoint; connects it.",
    )
    openai_base_url: str | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_OPENAI_BASE_URL", "OPENAI_BASE_URL"),
        description="Address of that endpoint, mostly ending in /v1; none means OpenAI itself.",
    )
    openai_model: str | None = Field(
        None,
        validation_alias=AliasChoices("SAMOEY_OPENAI_MODEL", "OPENAI_MODEL"),
        description="Model that answers there; none takes a fitting one that the endpoint lists.",
    )
    server: ServerSettings = ServerSettings()
    log: LogSettings = LogSettings()
    database: DatabaseSettings = DatabaseSettings()
    jobs: JobSettings = JobSettings()
    repositories: RepositorySettings = RepositorySettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    identity: IdentitySettings = IdentitySettings()
    models: ModelSettings = ModelSettings()
    chat: ChatSettings = ChatSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings calls by these names
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        return init_settings, env_settings, dotenv_settings


def read_settings(*, home: Path | None = None) -> Settings:
    """Read the tree for a process that starts now.

    The file is the one that `SAMOEY_ENV_FILE` names, else `.env` in the home folder: never the
    one of the folder a person happens to stand in, which belongs to another program.

    Raises:
        pydantic.ValidationError: a value does not fit, or a key is unknown.
    """
    chosen = _absolute(home or Path(os.environ.get("SAMOEY_HOME") or data_folder()))
    file = Path(os.environ.get(ENV_FILE_VARIABLE) or chosen / ".env")
    found = file if file.is_file() else None
    return Settings(_env_file=found) if home is None else Settings(_env_file=found, home=home)


def unknown_names(environment: dict[str, str]) -> list[str]:
    """The `SAMOEY_*` variables that no setting answers to: most likely misspelt."""
    known = {ENV_FILE_VARIABLE, *HANDLES}
    for name, field in Settings.model_fields.items():
        known.add(f"SAMOEY_{name.upper()}")
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, Section):
            known.update(f"SAMOEY_{name}__{key}".upper() for key in annotation.model_fields)
    return sorted(name for name in environment if name.startswith("SAMOEY_") and name not in known)
