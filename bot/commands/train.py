"""`zhiwen train`: the dialogue model; with --encoder the sentence encoder, re-ranker and calibration."""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from desk.settings import ROOT

INPUTS = ("config.yml", "domain.yml", "bot/training", "bot/nlu", "requirements/runtime.txt")


def register(subparsers: Any) -> None:
    command = subparsers.add_parser("train", help="train the dialogue model (skipped when nothing changed)")
    command.add_argument("--force", action="store_true", help="train although nothing changed")
    command.add_argument("--encoder", action="store_true", help="train the sentence encoder instead (minutes)")
    command.add_argument("--calibration", action="store_true", help="fit re-ranker, calibrator and thresholds on the benchmark's calibration half")
    command.add_argument("--steps", type=int, default=None, help="training steps of the encoder")
    command.set_defaults(run=run)


def fingerprint() -> str:
    """Names what the dialogue model is trained from."""
    digest = hashlib.sha256()
    for name in INPUTS:
        path = ROOT / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def trained_model() -> Path:
    """Where the model of the present inputs stands, or will stand."""
    from bot.agent import MODELS

    return MODELS / f"zhiwen-{fingerprint()}.tar.gz"


def train_dialogue(force: bool = False) -> Path:
    """Train the Rasa model unless one from the same inputs is there; a killed training leaves nothing that is used."""
    from bot.preparing import only_one

    final = trained_model()
    if final.exists() and not force:
        os.utime(final)
        return final
    with only_one(final.parent / ".training", lambda line: print(line, file=sys.stderr)):
        if force or not final.exists():
            for left in final.parent.glob(".draft-*"):  # of a training that was killed
                shutil.rmtree(left, ignore_errors=True)
            _train(final)
    for old in final.parent.glob("zhiwen-*.tar.gz"):
        if old != final:
            old.unlink(missing_ok=True)
    return final


def _train(final: Path) -> None:
    from bot.agent import quiet_libraries

    quiet_libraries()
    from rasa.model_training import train
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    with tempfile.TemporaryDirectory(dir=final.parent, prefix=".draft-") as scratch:
        result = train(
            domain=str(ROOT / "domain.yml"),
            config=str(ROOT / "config.yml"),
            training_files=[str(ROOT / "bot" / "training")],
            output=scratch,
            fixed_model_name="draft",
            force_training=True,
        )
        if result.code != 0 or result.model is None:
            raise SystemExit("zhiwen: training the dialogue model failed; see the lines above")
        Path(result.model).replace(final)


def run(arguments: argparse.Namespace) -> int:
    if arguments.encoder:
        return _encoder(arguments)
    if arguments.calibration:
        return _calibration(arguments)
    print("training the dialogue model …", flush=True)
    print(f"dialogue model: {train_dialogue(arguments.force).relative_to(ROOT)}")
    return 0


def _encoder(arguments: argparse.Namespace) -> int:
    import dataclasses

    from tqdm import tqdm

    from knowledge.corpus import load_corpus
    from knowledge.lexicon import load_lexicon
    from knowledge.training.encoder import Recipe
    from knowledge.training.pipeline import train_encoder

    recipe = Recipe() if arguments.steps is None else dataclasses.replace(Recipe(), steps=arguments.steps)
    with tqdm(total=recipe.steps, unit="step", file=sys.stderr) as bar:
        encoder = train_encoder(load_corpus().require_clean(), load_lexicon(), recipe, progress=lambda step, loss: bar.update())
    print(f"encoder: {encoder.name}, {encoder.dimension} dimensions")
    return _calibration(arguments)


def _calibration(arguments: argparse.Namespace) -> int:
    from bot.commands.eval import BENCHMARK
    from knowledge.corpus import load_corpus
    from knowledge.encoder import OWN_MODEL, StaticEncoder
    from knowledge.evaluation import read_labelled
    from knowledge.lexicon import load_lexicon
    from knowledge.training.pipeline import calibrate

    lexicon = load_lexicon()
    questions = read_labelled(sorted(BENCHMARK.glob("benchmark_*.jsonl")))
    half = [q for q in questions if q.half == "calibration" and q.kind not in ("uncovered", "school")]
    figures = calibrate(load_corpus(), StaticEncoder(OWN_MODEL, lexicon), lexicon, half, lambda s: print(f"… {s}", file=sys.stderr))
    for name, value in figures.items():
        print(f"{name}: {value:.4f}")
    return 0
