import pytest
from hypothesis import given
from hypothesis import strategies as st

from samoey.domains.knowledge.lexical.words import LONGEST, Words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("getHTTPResponse", "get http respons gethttpresponse"),
        ("parse_config", "pars config parseconfig"),
        ("MAX_SIZE2", "max size 2 maxsize2"),
        ("__init__", "init"),
        ("Flask.wsgi_app", "flask wsgi app wsgiapp"),
        ("how is the configuration parsed?", "configur pars"),
        ("std::vector<int> AND (", "std vector int"),
        ("🚀 !!! ::", ""),
        ("", ""),
        ("größe naïve_name", "größe naïv name"),
        ("検索エンジン", "検索 索エ エン ンジ ジン"),
    ],
)
def test_text_becomes_words(text: str, words: str) -> None:
    assert Words().line(text).split() == words.split()


def test_question_and_code_meet_in_the_same_words() -> None:
    words = Words()

    asked = set(words.line("how are signed cookies loaded?").split())
    written = set(words.line("def load_signed_cookie(self): ...").split())

    assert {"sign", "cooki", "load"} <= asked & written


def test_data_is_no_word() -> None:
    assert Words().line("x = '" + "A" * (LONGEST + 1) + "'").split() == ["x"]


@given(st.text())
def test_no_text_breaks_it_and_the_same_text_gives_the_same_words(text: str) -> None:
    words = Words()

    assert words.line(text) == words.line(text) == Words().line(text)
