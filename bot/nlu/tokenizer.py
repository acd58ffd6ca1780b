"""A tokenizer for Chinese: single Chinese characters, runs of Latin letters and digits."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?|[^\sA-Za-z\d]")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class CharacterTokenizer(Tokenizer):
    """Splits text into characters and Latin or digit runs."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No intent is split; nothing else to set."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens with their places in the text."""
        text = message.get(attribute)
        tokens = [Token(match[0], match.start()) for match in _TOKEN.finditer(text)]
        return tokens or [Token(text or " ", 0)]
