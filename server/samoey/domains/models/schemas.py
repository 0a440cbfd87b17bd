"""How models look from outside."""

from pydantic import BaseModel, Field


class ModelOut(BaseModel):
    """A model that may be chosen."""

    id: str = Field(description="What to send as `model` to choose it.")
    provider: str = Field(
        description="Where it runs: `openai` for compatible endpoints, `builtin`."
    )
    connected: bool = Field(description="Whether it answers now.")
    is_default: bool
    detail: str = Field(description="In plain words: what it is, or what to do so that it answers.")
