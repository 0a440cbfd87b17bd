"""Makes tiny models with random weights, for the tests; run by the Python that has torch.

`llama` writes, `bert` makes vectors, `lora` is an adapter for `llama`, `odd` writes in a way that
shares no steps.
"""

import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    BertConfig,
    BertModel,
    LlamaConfig,
    LlamaForCausalLM,
    MambaConfig,
    MambaForCausalLM,
    PreTrainedTokenizerFast,
)

SAID = "The quick brown fox reads the code, and answers with citations: every line of it. " * 50
TEMPLATE = (
    "{% for one in messages %}<|{{ one.role }}|>{{ one.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def words() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "</s>", "<|user|>", "<|assistant|>", "<|system|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([SAID], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    fast.chat_template = TEMPLATE
    return fast


def main(into: Path) -> None:
    torch.manual_seed(7)
    fast = words()
    size = len(fast)
    ends = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    llama = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=size,
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=512,
            **ends,
        )
    )
    bert = BertModel(
        BertConfig(
            vocab_size=size,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=128,
        )
    )
    odd = MambaForCausalLM(
        MambaConfig(vocab_size=size, hidden_size=32, num_hidden_layers=2, state_size=8, **ends)
    )
    for name, model in (("llama", llama), ("bert", bert), ("odd", odd)):
        model.save_pretrained(into / name)
        fast.save_pretrained(into / name)
    how = LoraConfig(
        r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False, task_type="CAUSAL_LM"
    )
    get_peft_model(llama, how).save_pretrained(into / "lora")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
