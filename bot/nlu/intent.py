"""The intent classifier: TF-IDF over character n-grams and a logistic regression; a gate for bare facts.

Measured against Rasa's own pipelines in docs/performance.md: as accurate on short Chinese sentences, and a
parse costs about two milliseconds.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from knowledge.themes import load_themes, theme_of

ASK = "ask"
INFORM = "inform"
SMALLTALK = frozenset({"greet", "thanks", "goodbye", "help", "affirm", "deny", "continue", "cancel"})
_FILE = "classifier.joblib"
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

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Pipeline | None = None) -> None:
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
            return cls(config, model_storage, resource, joblib.load(folder / _FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the examples and store the model."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        texts = [_prepared(e.get(TEXT), self._config["reads"]) for e in examples]
        self._model = make_pipeline(
            TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, dtype=np.float32),
            LogisticRegression(C=self._config["inverse_regularisation"], max_iter=400, class_weight="balanced"),
        )
        self._model.fit(texts, [e.get(INTENT) for e in examples])
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / _FILE)
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
        shares = self._model.predict_proba([prepared])[0]
        ranked = sorted(zip(self._model.classes_, map(float, shares), strict=True), key=lambda item: -item[1])
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
