"""How usage looks from outside."""

from enum import StrEnum

from pydantic import BaseModel, Field


class By(StrEnum):
    """What usage is summed up by."""

    DAY = "day"
    MODEL = "model"
    KEY = "key"
    PERSON = "person"


class UsageOut(BaseModel):
    """What was used in one bucket."""

    bucket: str | None = Field(
        description="The day (UTC), the model that was asked for, or the id of the key or person; "
        "none is what was asked without a key, in the product itself."
    )
    label: str | None = Field(description="What a person calls the bucket.")
    requests: int
    errors: int = Field(description="How many of the requests had no answer.")
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = Field(description="How many of the prompt's tokens the vendor had kept.")
    cost_micro: int = Field(description="Cost in millionths of a dollar.")
    p50_ms: int | None = Field(description="Half of the answers took no longer, within an eighth.")
    p95_ms: int | None = Field(description="19 in 20 answers took no longer, within an eighth.")
    first_ms: int | None = Field(description="Mean time to the first token of streamed answers.")
