"""Which language a text is in, and the sentences of the knowledge base itself (`phrases.toml` files)."""

import os
import re
from functools import cache
from importlib import import_module

from knowledge import prebuilt
from knowledge.model import Language, Text

_HAN = r"[㐀-鿿豈-﫿\U00020000-\U0002fa1f]"
"""Compiled when a text needs it (9 ms): most codes do not."""


def detect(text: str) -> Language | None:
    """The language whose script the words are in: any Han character makes it Chinese, else Latin letters English.

    None where the text has no word to tell by (a bare code).
    """
    if not text.isascii() and re.search(_HAN, text):
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
    folder = os.path.dirname(str(import_module(package).__file__))
    path = os.path.join(folder, "phrases", f"{name}.toml")

    def parse() -> dict[str, Text]:
        import tomllib  # loaded where TOML is read

        with open(path, "rb") as file:
            return {key: Text(**value) for key, value in tomllib.load(file).items()}

    return Sentences(prebuilt.kept(f"phrases-{package}-{name}", [path], dict[str, Text], parse))
