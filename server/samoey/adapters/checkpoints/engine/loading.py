"""Loads a checkpoint by transformers; nothing else of Samoey imports torch."""

import logging
import warnings
from pathlib import Path
from typing import Any

import torch
import transformers

from samoey.adapters.checkpoints.orders import CannotLoad, Order
from samoey.kit.ports.upstreams import USUAL_CONTEXT, Checkpoint


class Loaded:
    """A model in memory with its words; how much text it takes, and on what it runs."""

    def __init__(self, order: Order, *, causal: bool) -> None:
        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
        if order.threads:
            torch.set_num_threads(order.threads)
        self.device = _device(order.checkpoint)
        self.model = _model(order, self.device, causal=causal)
        self.tokenizer: Any = transformers.AutoTokenizer.from_pretrained(
            order.folder, local_files_only=True, trust_remote_code=False
        )
        self.context_tokens = _context(order, self.model.config)
        self.name = Path(order.folder).name


def is_causal(folder: str) -> bool:
    """Whether a checkpoint was made to go on from a text."""
    config = _config(folder)
    return any(str(name).endswith("ForCausalLM") for name in config.architectures or ())


def _config(folder: str) -> Any:
    return transformers.AutoConfig.from_pretrained(
        folder, local_files_only=True, trust_remote_code=False
    )


def _device(checkpoint: Checkpoint) -> "torch.device":
    there = torch.cuda.is_available()
    if checkpoint.device == "cuda" and not there:
        raise CannotLoad("There is no GPU here that torch can use. Let it run on the CPU.")
    device = "cuda" if there and checkpoint.device != "cpu" else "cpu"
    if device == "cpu" and checkpoint.quantization == "int4":
        raise CannotLoad("4 bits need a GPU. A CPU runs a model in 8 bits (int8), or whole.")
    return torch.device(device)


def _model(order: Order, device: "torch.device", *, causal: bool) -> Any:
    kind = transformers.AutoModelForCausalLM if causal else transformers.AutoModel
    checkpoint = order.checkpoint
    small = checkpoint.quantization != "none"
    how: dict[str, Any] = {"dtype": _dtype(order, device)}
    if small and device.type == "cuda":
        how |= {"quantization_config": _bits(checkpoint), "device_map": {"": 0}}
    # The form that holds no programs, from this disk, without anybody's own code.
    model = kind.from_pretrained(
        order.folder, use_safetensors=True, local_files_only=True, trust_remote_code=False, **how
    )
    if order.adapter is not None:
        model = _adapted(model, order.adapter, device, merge=not small or device.type == "cpu")
    model.eval()
    model.requires_grad_(requires_grad=False)
    if small and device.type == "cpu":
        return _dynamic(model)
    return model if small else model.to(device)


def _dtype(order: Order, device: "torch.device") -> Any:
    asked = order.checkpoint.dtype
    if device.type == "cpu" and order.checkpoint.quantization == "int8":
        return torch.float32
    if asked != "auto":
        return getattr(torch, asked)
    if device.type == "cuda" and order.checkpoint.quantization == "int8":
        # What bitsandbytes computes 8 bits with; another kind is cast in every layer, and logged.
        return torch.float16
    saved = getattr(_config(order.folder), "dtype", None)
    # Halves of that kind are computed on a CPU one by one.
    return torch.float32 if device.type == "cpu" and saved == torch.float16 else "auto"


def _bits(checkpoint: Checkpoint) -> Any:
    if checkpoint.quantization == "int8":
        return transformers.BitsAndBytesConfig(load_in_8bit=True)
    return transformers.BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16
    )


def _adapted(model: Any, adapter: str, device: "torch.device", *, merge: bool) -> Any:
    import peft

    with warnings.catch_warnings():
        # An adapter of another model changes nothing, and peft only warns of that.
        warnings.filterwarnings("error", message=".*missing adapter keys.*")
        try:
            adapted = peft.PeftModel.from_pretrained(model, adapter, torch_device=str(device))
        except (UserWarning, ValueError, RuntimeError, KeyError) as error:
            reason = str(error).splitlines()[0][:300]
            raise CannotLoad(f"The adapter does not fit the model: {reason}") from error
    return adapted.merge_and_unload() if merge else adapted


def _dynamic(model: Any) -> Any:
    """Weights in 8 bits, numbers that come and go as they are: what a CPU does well."""
    from torch.ao.quantization import quantize_dynamic

    with warnings.catch_warnings():
        # It is to go one day; the lock holds a torch that has it.
        warnings.simplefilter("ignore")
        return quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8, inplace=True)


def _context(order: Order, config: Any) -> int:
    most = getattr(config.get_text_config(), "max_position_embeddings", None) or USUAL_CONTEXT
    return int(min(order.context_tokens or USUAL_CONTEXT, most))
