"""What every named part of the settings is."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A named part of the settings; a misspelt key in it stops the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)
