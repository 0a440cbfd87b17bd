"""Images and documents inside a message, in both vendors' words."""

from typing import Any

from samoey.domains.models.gateway.dialects.errors import UnsupportedParameter

_IMAGES = {"image/jpeg", "image/png", "image/gif", "image/webp"}
_PDF = "application/pdf"


def image_block(part: dict[str, Any]) -> dict[str, Any]:
    """`image_url` as Anthropic's block: the picture itself, or where it lies."""
    image = part["image_url"]
    url: str = image["url"] if isinstance(image, dict) else image
    if not url.startswith("data:"):
        return {"type": "image", "source": {"type": "url", "url": url}}
    media, data = _inline(url, "messages.content.image_url")
    if media not in _IMAGES:
        raise UnsupportedParameter(
            f"An image of type {media} cannot be shown to this model; "
            f"it takes {', '.join(sorted(_IMAGES))}.",
            param="messages.content.image_url",
        )
    return {"type": "image", "source": {"type": "base64", "media_type": media, "data": data}}


def document_block(part: dict[str, Any]) -> dict[str, Any]:
    """`file` as Anthropic's block; only what comes along can be handed on."""
    file = part["file"]
    data = file.get("file_data")
    if not data:
        raise UnsupportedParameter(
            "A file that was uploaded to another vendor is not there for this model; "
            "send it as file_data.",
            param="messages.content.file",
        )
    media, content = _inline(data, "messages.content.file") if ":" in data else (_PDF, data)
    if media != _PDF:
        raise UnsupportedParameter(
            f"This model reads {_PDF}, not {media}.", param="messages.content.file"
        )
    source = {"type": "base64", "media_type": media, "data": content}
    block: dict[str, Any] = {"type": "document", "source": source}
    if file.get("filename"):
        block["title"] = file["filename"]
    return block


def _inline(url: str, param: str) -> tuple[str, str]:
    head, comma, data = url.partition(",")
    media, *marks = head.removeprefix("data:").split(";")
    if not comma or "base64" not in marks:
        raise UnsupportedParameter("A data: URL must hold base64.", param=param)
    # A common slip that Anthropic, unlike others, does not forgive.
    return "image/jpeg" if media == "image/jpg" else media, data


def image_part(block: dict[str, Any]) -> dict[str, Any]:
    """An image block as `image_url`."""
    source = block["source"]
    match source["type"]:
        case "base64":
            url = f"data:{source['media_type']};base64,{source['data']}"
        case "url":
            url = source["url"]
        case other:
            raise UnsupportedParameter(
                f"An image given as {other} lies with another vendor; send it as base64 or url.",
                param="messages.content.source",
            )
    return {"type": "image_url", "image_url": {"url": url}}


def document_part(block: dict[str, Any]) -> dict[str, Any]:
    """A document block as a file, or as the text that it is."""
    source = block["source"]
    match source["type"]:
        case "text":
            return {"type": "text", "text": source["data"]}
        case "base64":
            file = {
                "filename": block.get("title") or "document.pdf",
                "file_data": f"data:{source['media_type']};base64,{source['data']}",
            }
            return {"type": "file", "file": file}
        case other:
            raise UnsupportedParameter(
                f"A document given as {other} cannot be handed to this model; send base64 or text.",
                param="messages.content.source",
            )
