"""How an explained route looks from outside."""

from pydantic import BaseModel, ConfigDict, Field


class CandidateOut(BaseModel):
    """A deployment behind a name: whether it would be asked, in which place, and why."""

    model_config = ConfigDict(from_attributes=True)

    deployment_id: str
    provider: str
    model: str
    asked: bool = Field(description="Whether it is asked; others are told with why not.")
    reason: str
    breaker: str = Field(description="`closed`, `open` after failures, or `half-open`.")
    first_ms: float | None = Field(description="Until its first token, on average of late.")
    in_hand: int = Field(description="Requests that it answers now.")


class ExplainOut(BaseModel):
    """Who would be asked for a model, the first choice first."""

    model: str
    candidates: list[CandidateOut]
