"""Sentence encoders. The only file that knows sentence_transformers.

The project's own encoder is a sentence-transformers `StaticEmbedding` model over the n-gram features of
`knowledge.features`. For such a model serving needs neither torch nor sentence_transformers: a text's vector is
the mean of its features' rows, normalised, which `StaticEncoder` computes with numpy (a test holds both equal).
Any other sentence-transformers model, by name or folder, is used as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge.errors import EncoderError
from knowledge.features import features
from knowledge.lexicon import Lexicon

Vectors = npt.NDArray[np.float32]
OWN_MODEL = Path(__file__).with_name("models") / "zhiwen-encoder"
MARKER = "zhiwen.json"  # in the folder of the project's own model: features, checksum, how it was made


class Encoder(Protocol):
    """Texts to unit vectors of shape (n, dimension), float32."""

    name: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors: ...


def feature_text(text: str, lexicon: Lexicon) -> str:
    """What the project's own sentence-transformers model is fed: features parted by spaces."""
    return " ".join(features(text, lexicon))


def checksum(folder: Path) -> str:
    """SHA-256 over the model's weights and vocabulary."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.name in ("model.safetensors", "tokenizer.json"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


class StaticEncoder:
    """The project's own encoder without torch."""

    def __init__(self, folder: Path, lexicon: Lexicon) -> None:
        from safetensors.numpy import load_file

        self.name = f"own:{folder.name}"
        marker = folder / MARKER
        if not marker.exists():
            raise EncoderError(f"{folder} holds no {MARKER}: run `zhiwen train --encoder` or restore the shipped model")
        expected = json.loads(marker.read_text(encoding="utf-8"))["sha256"]
        if checksum(folder) != expected:
            raise EncoderError(f"{folder} does not match its checksum: restore it from the repository or train it again")
        static = next(folder.glob("*/model.safetensors"), folder / "model.safetensors")
        weights = load_file(static)["embedding.weight"]
        vocabulary = json.loads(static.with_name("tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
        self._rows: dict[str, int] = vocabulary
        self._weights = weights  # half precision, as stored: only the rows of a text are widened
        self._unknown = vocabulary["[UNK]"]
        self._lexicon = lexicon
        self.dimension = int(self._weights.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dimension)."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for index, text in enumerate(texts):
            rows = [self._rows.get(feature, self._unknown) for feature in features(text, self._lexicon)]
            vectors[index] = self._weights[rows or [self._unknown]].astype(np.float32).mean(axis=0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        result: Vectors = vectors / np.maximum(norms, 1e-12)
        return result


class SentenceTransformerEncoder:
    """Any sentence-transformers model by name or folder (the slower, general way)."""

    def __init__(self, name_or_folder: str, lexicon: Lexicon) -> None:
        try:
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(name_or_folder, device="cpu", local_files_only=Path(name_or_folder).is_dir())
        except (OSError, ValueError, ImportError) as error:
            raise EncoderError(
                f"ZHIWEN_EMBEDDING_MODEL={name_or_folder!r} cannot be loaded ({type(error).__name__}): "
                "give the folder of a saved sentence-transformers model, or a name that this machine can fetch"
            ) from error
        self.name = name_or_folder
        self._own = (Path(name_or_folder) / MARKER).exists()
        self._lexicon = lexicon
        dimension = self._model.get_embedding_dimension()
        self.dimension = int(dimension or self.encode(["a"]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dimension)."""
        fed = [feature_text(text, self._lexicon) for text in texts] if self._own else list(texts)
        vectors = self._model.encode(fed, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def open_encoder(setting: str | None, lexicon: Lexicon) -> Encoder:
    """The encoder that a setting names; the project's own when it is None.

    Raises EncoderError when the model is missing, damaged or cannot be loaded.
    """
    folder = OWN_MODEL if setting is None else Path(setting)
    if setting is None or (folder / MARKER).exists():
        return StaticEncoder(folder, lexicon)
    return SentenceTransformerEncoder(setting, lexicon)
