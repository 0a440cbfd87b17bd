"""What an operator can change of indexing and searching."""

from pydantic import Field

from samoey.kit.sections import Section


class KnowledgeSettings(Section):
    """What is indexed of the repositories, and how it is searched."""

    largest_file_kb: float = Field(
        1000, gt=0, description="Largest file that is indexed, in kilobytes; others are counted."
    )
    open_mib: int = Field(
        256,
        ge=1,
        description="Memory that the open indexes of a process may take, in mebibytes; beyond it "
        "the least used ones are closed. One of 1,000 passages takes about 0.03.",
    )
    patience_s: float = Field(
        1,
        ge=0,
        description="Seconds that a search waits for indexes that are not open yet; then it "
        "answers from the others, and says so.",
    )
    exact_mib: int = Field(
        96,
        ge=1,
        description="Memory that exact search may take for its indexes, in mebibytes; of source "
        "it needs about a seventh, and reads what does not fit again each time.",
    )
    open_symbols_mib: int = Field(
        64,
        ge=1,
        description="Memory that the open tables of symbols of a process may take, in mebibytes; "
        "beyond it the least used ones are closed.",
    )
    exact_search_s: float = Field(
        5, gt=0, description="Longest time of an exact search; what it found by then is given."
    )
    vectors: bool = Field(
        True, description="Whether code is searched by meaning too, where a model is installed."
    )
    vector_lanes: int = Field(
        2,
        ge=1,
        description="Repositories whose vectors are made at once where Chroma is a server.",
    )
    question_s: float = Field(
        1.5,
        gt=0,
        description="Seconds that a search waits for its question's vector; then words answer.",
    )
