"""Contrastive training of the project's own encoder: a sentence-transformers StaticEmbedding over n-grams.

Two phrasings of one card attract, phrasings of other cards in the batch repel (InfoNCE, van den Oord et al. 2018;
the loss is sentence-transformers' MultipleNegativesRankingLoss with in-batch masks for sister cards).
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from knowledge.encoder import MARKER, checksum
from knowledge.features import features
from knowledge.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the encoder is trained. Chosen by experiment (docs/retrieval.md)."""

    dimension: int = 192
    vocabulary: int = 60_000
    minimum_count: int = 2
    steps: int = 1800
    batch: int = 384
    learning_rate: float = 0.015
    temperature: float = 0.1
    dropout: float = 0.5
    distraction: float = 0.3  # share of texts to which a sentence of another field is added
    seed: int = 7


Progress = Callable[[int, float], None]


def build_vocabulary(texts: Sequence[str], lexicon: Lexicon, recipe: Recipe) -> dict[str, int]:
    """Features met at least `minimum_count` times, most frequent first; row 0 is [UNK]."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(features(text, lexicon)))
    kept = [feature for feature, count in counts.most_common(recipe.vocabulary) if count >= recipe.minimum_count]
    return {"[UNK]": 0} | {feature: row for row, feature in enumerate(kept, 1)}


def _bag(
    rows: Sequence[npt.NDArray[Any]], dropout: float, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Flat feature rows and offsets for an EmbeddingBag; a share of the features is dropped."""
    lengths = np.array([len(r) for r in rows])
    flat = np.concatenate(rows)
    kept = rng.random(len(flat)) >= dropout
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    counts = np.add.reduceat(kept, starts)
    offsets = np.concatenate(([0], np.cumsum(counts)[:-1]))
    return torch.from_numpy(flat[kept]), torch.from_numpy(offsets)


def train(
    examples: Sequence[tuple[str, str]],
    lexicon: Lexicon,
    recipe: Recipe,
    progress: Progress | None = None,
    distractors: Sequence[str] = (),
) -> tuple[dict[str, int], npt.NDArray[Any]]:
    """Train on (label, text) pairs; return the vocabulary and the weights, shape (rows, dimension), float32."""
    rng = random.Random(recipe.seed)
    torch.set_num_threads(1)  # measured on two busy cores: 4.1 steps a second with one thread, 1.0 with two that wait for each other
    torch.manual_seed(recipe.seed)
    vocabulary = build_vocabulary([text for _, text in examples], lexicon, recipe)
    noise = np.random.default_rng(recipe.seed)
    by_label: dict[str, list[npt.NDArray[Any]]] = defaultdict(list)
    document_counts: Counter[int] = Counter()
    for label, text in examples:
        rows = [vocabulary[f] for f in features(text, lexicon) if f in vocabulary] or [0]
        by_label[label].append(np.array(rows, dtype=np.int64))
        document_counts.update(set(rows))
    idf = torch.tensor(
        [np.log((len(examples) + 1) / (document_counts.get(row, 0) + 1)) for row in range(len(vocabulary))], dtype=torch.float32
    )
    bag = torch.nn.EmbeddingBag(len(vocabulary), recipe.dimension, mode="mean")
    with torch.no_grad():
        bag.weight.normal_(0, 0.1).mul_(idf.unsqueeze(1) / idf.mean())
    # Measured: dense and fused beats SparseAdam at this size, whose gradients must be sorted first.
    optimiser = torch.optim.Adam(bag.parameters(), lr=recipe.learning_rate, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=recipe.learning_rate, total_steps=recipe.steps, cycle_momentum=False, pct_start=0.15
    )
    labels = [label for label, texts in by_label.items() if len(texts) > 1]
    strangers = [np.array([vocabulary.get(f, 0) for f in features(text, lexicon)] or [0], dtype=np.int64) for text in distractors]

    def heard(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A text as people type it: sometimes beside something that has nothing to do with it."""
        if strangers and rng.random() < recipe.distraction:
            return np.concatenate((rows, rng.choice(strangers)))
        return rows

    target = torch.arange(min(recipe.batch, len(labels)))
    for step in range(recipe.steps):
        chosen = rng.sample(labels, len(target))
        pairs = [rng.sample(by_label[label], 2) for label in chosen]
        left, right = (
            torch.nn.functional.normalize(bag(*_bag([heard(pair[side]) for pair in pairs], recipe.dropout, noise)), dim=1) for side in (0, 1)
        )
        scores = left @ right.T / recipe.temperature
        loss = (torch.nn.functional.cross_entropy(scores, target) + torch.nn.functional.cross_entropy(scores.T, target)) / 2
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if progress is not None:
            progress(step + 1, float(loss.detach()))
    return vocabulary, bag.weight.detach().numpy()


def save(folder: Path, vocabulary: dict[str, int], weights: npt.NDArray[Any], about: dict[str, object]) -> None:
    """Write a sentence-transformers model folder (half precision) with its checksum and how it was made."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, StaticEmbedding

    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    static = StaticEmbedding(tokenizer, embedding_weights=weights)
    model = SentenceTransformer(modules=[static, Normalize()], device="cpu").half()
    model.save(str(folder), create_model_card=False)
    (folder / "1_Normalize").mkdir(exist_ok=True)  # without a file of its own, git would lose the folder
    (folder / "1_Normalize" / ".gitkeep").touch()
    about = {**about, "dimension": int(weights.shape[1]), "rows": len(vocabulary), "sha256": checksum(folder)}
    (folder / MARKER).write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
