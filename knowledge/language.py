"""Which language a text is in, and the sentences of the knowledge base itself (`phrases.toml` files)."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from knowledge.model import Language, Text

_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0002fa1f]")


def detect(text: str) -> Language | None:
    """The language whose script the words are in: any Han character makes it Chinese, else Latin letters English.

    None where the text has no word to tell by (a bare code).
    """
    if _HAN.search(text):
        return "zh"
    return "en" if re.search(r"[A-Za-z]{3,}", text) else None


class Sentences:
    """The sentences of one `phrases.toml`, by key; every key has both languages."""

    def __init__(self, texts: dict[str, Text]) -> None:
        self._texts = texts

    def say(self, language: Language, key: str, /, **fields: object) -> str:
        """The sentence `key` in `language` with its {fields} filled in. KeyError for an unknown key or field."""
        return self._texts[key].get(language).format(**fields)

    def items(self) -> list[tuple[str, Text]]:
        return list(self._texts.items())


@cache
def sentences(name: str, package: str = "knowledge") -> Sentences:
    """The sentences of `phrases/NAME.toml` in `package`: a table per key with `en` and `zh`."""
    raw = tomllib.loads((files(package) / "phrases" / f"{name}.toml").read_text("utf-8"))
    return Sentences({key: Text(**value) for key, value in raw.items()})
