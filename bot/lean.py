"""Rasa without the libraries that serving never calls.

Importing Rasa's agent imports TensorFlow, Keras, scikit-learn and the clients of a dozen messengers: 4 to 12 seconds
and 330 MB (docs/performance.md). A model of rules and our own classifier calls none of them. So while Rasa is imported
these names stand for inert classes that can be mentioned, subclassed and used as decorators, and that raise when
anything calls them. Afterwards the names are free again: whoever imports such a library later gets the real one.

Only a model whose every component is known to need none of them is served this way (`can_be_lean`); any other gets
the whole of Rasa. tests/bot/test_lean.py holds both ways equal.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import json
import sys
import tarfile
from abc import ABCMeta
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

ABSENT = frozenset(
    "tensorflow tensorflow_addons tensorflow_hub tensorflow_text keras jax sklearn skops sklearn_crfsuite "  # other components
    "aiogram slack_sdk webexteamssdk twilio fbmessenger mattermostwrapper rocketchat_API "  # messengers' clients
    "boto3 botocore pymongo pydot questionary matplotlib".split()  # other stores, drawings of stories, questions on the terminal
)
# Components that were read and need none of these: whole modules, or packages that end in a dot.
LEAN_COMPONENTS = (
    "bot.nlu.",
    "rasa.core.policies.ensemble",
    "rasa.core.policies.rule_policy",
    "rasa.graph_components.",
    "rasa.nlu.classifiers.regex_message_handler",
)
_IMPORTED = (  # what loading an agent with these components imports
    "rasa.core.agent",
    "rasa.core.lock_store",
    "rasa.core.tracker_store",
    "rasa.core.policies.ensemble",
    "rasa.core.policies.rule_policy",
    "rasa.engine.recipes.default_recipe",
    "rasa.engine.recipes.default_components",
    "rasa.graph_components.validators.default_recipe_validator",
    "rasa.graph_components.validators.finetuning_validator",
    "rasa.nlu.classifiers.regex_message_handler",
    "rasa.utils.common",
    "rasa.utils.log_utils",
)


class AbsentLibraryError(RuntimeError):
    """Something called a library that this process does without."""


class _Inert(ABCMeta):
    """The type of everything in an absent library."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _inert(f"{cls.__module__}.{cls.__qualname__}", name)
        type.__setattr__(cls, name, found)
        return found

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        if "__absent__" not in vars(cls) or (arguments and not _decorated(arguments)):
            raise AbsentLibraryError(f"{cls.__module__}.{cls.__qualname__} was called, but serving runs without it: `zhiwen serve --whole-rasa`")
        return arguments[0] if arguments else lambda decorated: decorated


def _decorated(arguments: Sequence[Any]) -> bool:
    return len(arguments) == 1 and (isinstance(arguments[0], type) or hasattr(arguments[0], "__code__"))


def _inert(module: str, name: str) -> Any:
    return _Inert(name, (), {"__module__": module, "__absent__": True})


class _InertModule(ModuleType):
    __path__: list[str] = []  # noqa: RUF012  (a package, so that its submodules are looked for)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _inert(self.__name__, name)
        setattr(self, name, found)
        return found


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self) -> None:
        self._names = ABSENT - {name.partition(".")[0] for name in sys.modules}  # what is loaded stays whole

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in self._names:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _InertModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


@contextmanager
def absent() -> Iterator[None]:
    """While it lasts, imports of absent libraries that are not loaded yet give inert modules."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name, module in sys.modules.items() if isinstance(module, _InertModule)]:
            del sys.modules[name]


def can_be_lean(model: Path) -> bool:
    """Whether every component that the trained model runs is known to need none of the absent libraries."""
    with tarfile.open(model) as archive:
        described = archive.extractfile("metadata.json")
        assert described is not None, f"{model.name} is no Rasa model"
        nodes = json.load(described)["predict_schema"]["nodes"].values()
    return all(str(node["uses"]).startswith(LEAN_COMPONENTS) for node in nodes)


def rasa_is_imported() -> bool:
    """Whether it is too late to choose how much of Rasa is imported."""
    return "rasa.core.agent" in sys.modules


def import_lean_rasa() -> None:
    """Import what serving needs of Rasa, without the absent libraries."""
    with absent():
        for name in _IMPORTED:
            importlib.import_module(name)
