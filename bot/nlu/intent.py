"""The intent classifier: TF-IDF over character n-grams and a logistic regression; a gate for bare facts.

What a parse costs beside Rasa's own pipeline is measured in docs/performance.md.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.regression import NgramRegression
from knowledge.themes import load_themes, theme_of

ASK = "ask"
INFORM = "inform"
SMALLTALK = frozenset({"greet", "thanks", "goodbye", "help", "affirm", "deny", "continue", "cancel"})
_FILE = "classifier.npz"
_LONGEST_SMALLTALK = 24  # characters; a longer message says more than hello

# A message that is nothing but a number, a phone, an amount or a reference is a fact, never a command.
_BARE_FACT = re.compile(
    r"[+\d\s\-().,，.xX/:：]{1,30}|(?:zl)?\d{8,13}\.?[\dx]?|[0-9a-z]{18}|"
    r"[\d.零一二三四五六七八九十百千万亿两]+(?:元|万元|万|亿|亿元|块|w|k)?(?:人民币)?",
    re.I,
)
_DIGITS = re.compile(r"\d")


def _prepared(text: str, reads: int) -> str:
    folded = unicodedata.normalize("NFKC", text)[:reads].lower().strip()
    return _DIGITS.sub("0", folded)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramIntentClassifier(GraphComponent, IntentClassifier):
    """Sets the intent; what is not confidently transactional or small talk becomes `ask`."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: NgramRegression | None = None) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`reads`: characters looked at; thresholds in 0..1; `inverse_regularisation`: C of the regression."""
        return {"reads": 200, "inverse_regularisation": 30.0, "transactional": 0.6, "smalltalk": 0.55}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> NgramIntentClassifier:
        """A new, untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramIntentClassifier:
        """The trained component; raises FileNotFoundError when the model holds none."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, NgramRegression.load(folder / _FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the examples and store the model."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        texts = [_prepared(e.get(TEXT), self._config["reads"]) for e in examples]
        self._model = NgramRegression.train(texts, [e.get(INTENT) for e in examples], self._config["inverse_regularisation"])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / _FILE)
        return self._resource

    def _ranking(self, text: str) -> list[tuple[str, float]]:
        assert self._model is not None, "the classifier is trained before it is used"
        prepared = _prepared(text, self._config["reads"])
        if not prepared:
            return [(ASK, 1.0)]
        if _BARE_FACT.fullmatch(prepared):
            return [(INFORM, 1.0)]
        if theme_of(text, load_themes()) is not None:
            return [(ASK, 1.0)]  # a theme has its own reply: 我不想活了 must not be heard as "cancel"
        ranked = self._model.shares(prepared)
        name, share = ranked[0]
        if name in (ASK, INFORM):
            return ranked
        threshold = self._config["smalltalk" if name in SMALLTALK else "transactional"]
        too_long = name in SMALLTALK and len(prepared) > _LONGEST_SMALLTALK
        if share < threshold or too_long:
            return [(ASK, 1.0 - share), *ranked]
        return ranked

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking`."""
        for message in messages:
            if message.get(INTENT) and message.get(INTENT).get("name"):
                continue  # a button: Rasa's own syntax has set it
            ranking = [{"name": name, "confidence": share} for name, share in self._ranking(message.get(TEXT) or "")]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking[:5], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Used by `rasa test`; labels the examples in place."""
        self.process(training_data.training_examples)
        return training_data
