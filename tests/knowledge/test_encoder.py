from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from knowledge.encoder import MARKER, OWN_MODEL, StaticEncoder, checksum, feature_text, open_encoder
from knowledge.errors import EncoderError
from knowledge.lexicon import Lexicon

TEXTS = ["发明专利保护多少年？", "转利年费怎么交", "How long does a patent last?", "商标 trademark 2024", "天", "", "⚠️😀", "我的图片被别人拿去卖了，怎么办" * 5]
SMALL = 1 / 2048  # half of float16's spacing at 1: the rounding error of one stored number between 0.5 and 1


def test_vectors_are_unit_float32_of_one_dimension(encoder: StaticEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_what_sounds_alike_is_near(encoder: StaticEncoder) -> None:
    wrong, right, other = encoder.encode(["转利年费怎么交", "专利年费怎么交", "离婚财产怎么分"])
    assert wrong @ right > 0.7 > other @ right


@pytest.fixture(scope="module")
def own_model() -> object:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(OWN_MODEL), device="cpu", local_files_only=True)


def test_numpy_computes_what_sentence_transformers_computes(encoder: StaticEncoder, lexicon: Lexicon, own_model: object) -> None:
    """The model is stored in half precision. Computed in float32 both agree to 1e-5 (what remains is the order of
    additions). Loaded as it is stored, sentence_transformers also adds up in half precision; then each component of a
    unit vector differs by at most about one rounding of a float16, 5e-4."""
    fed = [feature_text(text, lexicon) for text in TEXTS if feature_text(text, lexicon)]
    ours = encoder.encode([text for text in TEXTS if feature_text(text, lexicon)])
    stored = np.asarray(own_model.encode(fed, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)  # type: ignore[attr-defined]
    assert np.abs(ours - stored).max() <= SMALL
    single = own_model.float().encode(fed, normalize_embeddings=True, show_progress_bar=False)  # type: ignore[attr-defined]
    assert np.abs(ours - single).max() <= 1e-5


def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OWN_MODEL, tmp_path / "copy"))


def test_a_changed_model_is_refused(tmp_path: Path, lexicon: Lexicon) -> None:
    folder = copied(tmp_path)
    weights = next(folder.rglob("model.safetensors"))
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    with pytest.raises(EncoderError, match="does not match its checksum"):
        StaticEncoder(folder, lexicon)


def test_a_folder_without_its_marker_is_refused(tmp_path: Path, lexicon: Lexicon) -> None:
    with pytest.raises(EncoderError, match=MARKER):
        StaticEncoder(tmp_path, lexicon)


def test_the_shipped_marker_tells_how_the_model_was_made() -> None:
    about = json.loads((OWN_MODEL / MARKER).read_text(encoding="utf-8"))
    assert about["sha256"] == checksum(OWN_MODEL)
    weights = load_file(next(OWN_MODEL.rglob("model.safetensors")))["embedding.weight"]
    assert weights.dtype == np.float16
    assert (about["rows"], about["dimension"]) == weights.shape


def test_the_setting_names_the_own_model_by_folder_too(tmp_path: Path, lexicon: Lexicon) -> None:
    opened = open_encoder(str(copied(tmp_path)), lexicon)
    assert isinstance(opened, StaticEncoder)
    assert np.allclose(opened.encode(TEXTS), open_encoder(None, lexicon).encode(TEXTS))


def test_any_sentence_transformers_model_is_accepted(tmp_path: Path, lexicon: Lexicon) -> None:
    """A real transformer, small and untrained: four-letter vocabulary, one layer, saved to disk."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    raw, saved = tmp_path / "bert", tmp_path / "saved"
    raw.mkdir()
    (raw / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"专利商标保护年限abc"]), encoding="utf-8")
    BertTokenizerFast(str(raw / "vocab.txt")).save_pretrained(raw)
    config = BertConfig(vocab_size=17, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    BertModel(config).save_pretrained(raw)
    words = Transformer(str(raw))
    SentenceTransformer(modules=[words, Pooling(words.get_word_embedding_dimension())], device="cpu").save(str(saved))

    encoder = open_encoder(str(saved), lexicon)
    vectors = encoder.encode(["专利保护", "商标"])
    assert (vectors.shape, encoder.dimension, encoder.name) == ((2, 16), 16, str(saved))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_model_that_is_not_there_is_named_with_the_remedy(tmp_path: Path, lexicon: Lexicon) -> None:
    with pytest.raises(EncoderError, match="give the folder of a saved sentence-transformers model"):
        open_encoder(str(tmp_path), lexicon)
