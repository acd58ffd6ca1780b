"""Normalising what people type: width, script, case, numerals, greetings; sentences and questions."""

from __future__ import annotations

import functools
import re
import unicodedata

from opencc import OpenCC

_MONGOLIAN = range(0x1800, 0x18B0)
_KEPT_FORMAT = {0x180B, 0x180C, 0x180D, 0x180E, 0x180F, 0x200C, 0x200D, 0x202F}
_SPACES = re.compile(r"[^\S\n\u202f]+")  # U+202F joins Mongolian suffixes; elsewhere `clean` has dropped it
_NOT_WORD = re.compile(r"[^\w]+")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")

# Openings and padding that carry no meaning; removed from the ends only, since 你好 may be a brand.
_GREETING = re.compile(
    r"^(?:(?:你们?好呀?|您好|大家好|各位好?|老师们?好?|律师好?|请问一?下?|想请问一?下?|想问一?下|我想问一?下?|问一?下|"
    r"麻烦问一?下?|请教一?下?|咨询一?下?|我想咨询一?下?|我想了解一?下?|有人知道吗|求助|急|在吗|hi|hello|hey|excuse me|"
    r"please|dear all)[\s,，。.!！:：~～、]*)+",
    re.I,
)
_CLOSING = re.compile(
    r"(?:[\s,，。.!！~～]*(?:谢谢您?你?|多谢|感谢|先谢了?|求解答?|求指教|急急急|急|在线等|请指教|望解答|麻烦了|"
    r"thanks?(?: you)?|thank you(?: very much)?)[\s,，。.!！~～]*)+$",
    re.I,
)
_QUESTION = re.compile(
    r"[?？]|吗|呢|么$|怎么|怎样|如何|什么|多少|几[年天个月日]|哪[些个里种儿]?|谁|能不能|可不可以|可以.{0,8}不|会不会|是不是|"
    r"要不要|算不算|有没有|是否|能否|可否|咋|为何|为什么|需要.*吗|\b(?:how|what|when|where|who|which|can|could|should|do|does|is|are|may)\b",
    re.I,
)


@functools.cache
def _traditional() -> OpenCC:
    return OpenCC("t2s")


def clean(text: str) -> str:
    """Drop what must not travel further: control, bidi and zero-width characters.

    U+180B–180F, U+200C/D and U+202F stay between Mongolian letters, where they are part of the spelling.
    New lines and tabs become single spaces or new lines.
    """
    kept = []
    for index, char in enumerate(text):
        point = ord(char)
        if char in "\n\t\r":
            kept.append("\n" if char == "\n" else " ")
        elif point in _KEPT_FORMAT:
            near = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
            if any(ord(c) in _MONGOLIAN for c in near):
                kept.append(char)
        elif unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            kept.append(char)
    return _SPACES.sub(" ", "".join(kept)).strip()


@functools.lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """Half-width, simplified, lower-case, single spaces; punctuation kept."""
    folded = unicodedata.normalize("NFKC", text)
    if _CJK.search(folded):
        folded = _traditional().convert(folded)
    return _SPACES.sub(" ", folded.lower()).strip()


def bare(text: str) -> str:
    """Normalised text without punctuation: words of Latin letters keep one space between them."""
    return _NOT_WORD.sub(" ", normalise(text)).replace("_", " ").strip()


def strip_padding(text: str) -> str:
    """Without greetings at the start and thanks at the end; the text itself when nothing else is left."""
    stripped = _CLOSING.sub("", _GREETING.sub("", text.strip())).strip()
    return stripped or text.strip()


def sentences(text: str) -> list[str]:
    """Sentences with their closing marks."""
    return [match[0].strip() for match in _SENTENCE.finditer(text) if match[0].strip(" 。！？!?；;\n")]


def is_question(text: str) -> bool:
    """Whether a sentence asks something, by mark or by question word."""
    return bool(_QUESTION.search(text))


def language_of(text: str) -> str:
    """'zh', 'en' or 'mn' (Mongolian in either script) by the letters that prevail; 'zh' when there are none."""
    mongolian = sum(ord(c) in _MONGOLIAN for c in text) + len(_CYRILLIC.findall(text))
    chinese, latin = len(_CJK.findall(text)), len(_LATIN.findall(text))
    if mongolian > chinese and mongolian > latin / 2:
        return "mn"
    # A Chinese character says about as much as three or four Latin letters.
    return "en" if latin >= 3 and latin > 4 * chinese else "zh"
