"""What a checkpoint knows beside its weights: its tokens, its template, its own wishes."""

from collections.abc import Sequence
from typing import Any

from jinja2 import TemplateError

from samoey.adapters.checkpoints.engine.loading import Loaded
from samoey.adapters.checkpoints.writing import Defaults, NoTemplate


class Words:
    """What every writer says and reads in the same way."""

    def __init__(self, loaded: Loaded) -> None:
        self._tokenizer = loaded.tokenizer
        self.context_tokens = loaded.context_tokens
        self.vocabulary = int(loaded.model.config.get_text_config().vocab_size)
        wishes = loaded.model.generation_config
        self.ends = _ends(wishes, loaded.tokenizer)
        self.defaults = _defaults(wishes)

    def prompt_of(self, messages: list[dict[str, str]]) -> list[int]:
        """A conversation by the checkpoint's template."""
        if not self._tokenizer.chat_template:
            raise NoTemplate(
                "This model has no chat template: it was not taught to hold a conversation. Ask it "
                "by /v1/completions."
            )
        try:
            text = self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True
            )
        except TemplateError as error:
            raise NoTemplate(f"The model's chat template does not take this: {error}") from None
        return self._ids(text, special=False)

    def tokens_of(self, text: str) -> list[int]:
        """A text as the model was taught to read one."""
        return self._ids(text, special=True)

    def text_of(self, tokens: Sequence[int]) -> str:
        """Tokens as text."""
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=True))

    def _ids(self, text: str, *, special: bool) -> list[int]:
        # The tokenizer refuses halves of characters, which JSON allows.
        whole = text.encode(errors="replace").decode()
        return list(self._tokenizer(whole, add_special_tokens=special)["input_ids"])


def _ends(wishes: Any, tokenizer: Any) -> frozenset[int]:
    told = wishes.eos_token_id
    listed = told if isinstance(told, list) else [told]
    return frozenset(int(it) for it in (*listed, tokenizer.eos_token_id) if it is not None)


def _defaults(wishes: Any) -> Defaults:
    if not wishes.do_sample:
        return Defaults()
    temperature, top_p, top_k = wishes.temperature, wishes.top_p, wishes.top_k
    return Defaults(
        1.0 if temperature is None else float(temperature),
        1.0 if top_p is None else float(top_p),
        int(top_k) if top_k else None,
    )
