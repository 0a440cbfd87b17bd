"""How far lines bear out what a sentence says of them."""

from dataclasses import dataclass, field

import pytest

from samoey.domains.knowledge.citing.bearing import Bearing

OPENING = '''\
def open_session(self, app, request):
    """Load the session from its cookie; a bad signature gives an empty one."""
    value = request.cookies.get(self.get_cookie_name(app))
    try:
        return self.session_class(self.signer.loads(value))
    except BadSignature:
        return self.session_class()
'''
SAVING = '''\
def save_session(self, app, session, response):
    """Write the session's cookie, unless nothing was modified."""
    if session.modified:
        response.set_cookie(self.get_cookie_name(app), self.signer.dumps(session))
'''


@dataclass
class Rare:
    """An index in which every word is as rare as another, but for those that are given."""

    frequencies: dict[str, int] = field(default_factory=dict)
    size: int = 500

    def frequency(self, _field: str, word: str) -> int:
        return self.frequencies.get(word, 2)


def support(sentence: str, *lines: str, names: tuple[str, ...] = (), around: str = "") -> float:
    told = Bearing([Rare()]).support(sentence, names, lines, around=around)  # type: ignore[list-item]  # all that it asks of a snapshot
    assert told is not None
    return told


def test_words_that_stand_in_the_lines_are_borne_out_and_others_are_not() -> None:
    true = "`open_session` gives an empty session when the signature of the cookie is bad."
    false = "`open_session` downloads the session over HTTPS and encrypts it with a password."

    assert support(true, OPENING, names=("open_session",)) > 0.9
    assert support(false, OPENING, names=("open_session",)) < 0.4


def test_the_same_words_are_borne_out_elsewhere_by_less() -> None:
    said = "An empty session is given when the signature is bad."

    assert support(said, OPENING) > support(said, SAVING) + 0.2


def test_words_must_stand_close_together() -> None:
    said = "A bad signature gives an empty session, and the modified session is written."
    near, far = OPENING + SAVING, OPENING + "\n" * 40 + SAVING

    assert support(said, near) > support(said, far)
    assert support(said, OPENING, SAVING) == support(said, near)


def test_the_path_and_the_definition_speak_too() -> None:
    said = "Blueprints of the shop are registered here when it starts up."

    assert support(said, "x = 1", around="shop/blueprints.py registered") > support(said, "x = 1")


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    said = "The session and the kubernetes deployment are empty."
    rare, common = Rare({"kubernet": 0}), Rare({"kubernet": 400})

    told = [Bearing([each]).support(said, (), [OPENING], around="") for each in (rare, common)]  # type: ignore[list-item]  # as above

    assert told[0] is not None
    assert told[1] is not None
    assert told[0] < told[1]


@pytest.mark.parametrize(
    "said",
    [
        "Die Sitzung wird geladen, sobald der Keks richtig unterschrieben wurde.",
        "La session est vide quand la signature du cookie ne convient pas.",
        "セッションは署名が正しいときだけ読み込まれます。",
        "It adds one.",
    ],
)
def test_what_cannot_be_told_is_not_judged(said: str) -> None:
    assert Bearing([]).support(said, (), [OPENING], around="") is None


def test_signs_are_known_by_their_names_and_odd_forms_by_the_usual_one() -> None:
    said = "The dotted name is written and cut at its last dot, then sent."

    assert support(said, 'send(dotted.rpartition(".")[0])  # cut the name, write') > 0.9


def test_what_code_does_to_the_world_must_be_shown_by_it_in_one_word_or_another() -> None:
    false = "The session is loaded from its cookie by a thread of its own."
    true = "The session is loaded from its cookie by a task that it awaits."
    shown = OPENING.replace("def", "async def") + "    await gather(loading)\n"

    assert support(false, OPENING) < support(true, OPENING)
    assert support(false, OPENING) < support(false, shown) - 0.2


def test_an_identifier_is_one_word_however_code_writes_it() -> None:
    said = "An address of IPv4 is compared with the others here."

    assert support(said, "if is_ipv4_address(other): compare(address)") > 0.9
    assert support(said, "if is_ip(address): compare(other)") < 0.9


@pytest.mark.parametrize("lines", ["", "\n" * 10_000, "x" * 200_000, "\0"])
def test_odd_lines_bear_out_nothing(lines: str) -> None:
    assert support("The session is loaded from the signed cookie.", lines) < 0.5
