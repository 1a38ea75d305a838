"""Where a line may end: a small part of UAX #14, kinsoku (JIS X 4051) for Japanese and Chinese, clusters for Thai.

No dictionary is used. Thai, Lao, Khmer and Myanmar break at zero width spaces (U+200B) where the text has any, and
between character clusters where it has none; both may be given, so good copy has them between words. Japanese and
Chinese break between most characters, but at zero width spaces first where the text has any. Korean breaks at spaces.
Soft hyphens (U+00AD) break long words, and show a hyphen where they do.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

ZWSP, WORD_JOINER, SOFT_HYPHEN = "\u200b", "\u2060", "\u00ad"
_JOINERS = "\u200d\u2060\ufeff\u00a0\u202f\u2007\u2011"
_SPACES = " \t\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000"
_AFTER_DASH = "\u2010\u2012\u2013\u2014"
_NOT_FIRST = (  # closing marks, small kana, length and repetition marks: none may begin a line
    "!%),.:;?]}¢°·’”»›…‥。、，．・：；？！）］｝〉》」』】〕〗〙｠〟々〻ゝゞヽヾー～〜‼⁇⁈⁉"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ％"
)
_NOT_FIRST_EVEN_AFTER_SPACE = "!?:;»›"  # French sets a space before them, which must not break
_NOT_LAST = "([{‘“«‹（［｛〈《「『【〔〖〘｟〝$£¥€＄￡￥"
_NOT_LAST_EVEN_BEFORE_SPACE = "«‹"
_IDEOGRAPHIC = (
    (0x2E80, 0x303F), (0x3041, 0x30FF), (0x3105, 0x312F), (0x3190, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F), (0xFF01, 0xFF9F), (0xFFE0, 0xFFE6), (0x1F300, 0x1FAFF), (0x20000, 0x3FFFF),
)  # fmt: skip
_COMPLEX = ((0x0E01, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))  # Thai and Lao, Myanmar, Khmer
_SENTENCE = ".!?:;…؟।。"
_PHRASE_ENDS = "、。，．！？：；」』）】〉》…"
_INSIDE_PHRASE = {("hiragana", "hiragana"): 0.7, ("han", "hiragana"): 1.0, ("katakana", "hiragana"): 1.0}
_LEADING_VOWELS = "เแโใไເແໂໃໄ"
_TRAILING = "ะาำๅๆฯະາຳໆຯ๚๛"
_STACKERS = "\u1039\u17d2"  # what follows them is written below what precedes them


@dataclass(frozen=True, slots=True)
class Break:
    """A line may end before index `at`. `cost`: how unwelcome that is, from 0 (a sentence ends) to 1 (inside a phrase).
    `weak`: inside a word, for want of a better place; `hyphen`: and shows one.
    """

    at: int
    cost: float = 0.1
    weak: bool = False
    hyphen: bool = False


def line_breaks(text: str) -> tuple[Break, ...]:
    """Every place inside `text` (one paragraph, no line feeds) where a line may end, in order."""
    told = ZWSP in text
    return tuple(found for i in range(1, len(text)) if (found := _between(text, i, told=told)))


def cluster_starts(text: str) -> list[int]:
    """Indices where a user-perceived character begins (the needful part of UAX #29)."""
    return [i for i in range(len(text)) if i == 0 or not _joined(text, i)]


def is_space(character: str) -> bool:
    """A space at which lines break, and which does not show at a line's end."""
    return character in _SPACES or character == ZWSP


def _between(text: str, i: int, *, told: bool) -> Break | None:
    before, after = text[i - 1], text[i]
    if after in _JOINERS or before in _JOINERS or _joined(text, i) or is_space(after):
        return None
    if before == SOFT_HYPHEN:
        return Break(i, cost=1.0, weak=True, hyphen=True)
    if before == ZWSP:
        return Break(i)
    if before in _SPACES:
        return None if _held_by_punctuation(text, i) else Break(i, _after_word(text[:i].rstrip()))
    return _without_space(text, i, told=told)


def _after_word(text: str) -> float:
    """How unwelcome a break after this word is: one after a short word (an article, a preposition, "to") leaves it
    hanging, in scripts with capitals and small letters.
    """
    if text[-1:] in _SENTENCE:
        return 0.0
    words = text.split()
    word = words[-1] if words else ""
    hanging = len(word) <= 2 and word.isalpha() and word.lower() != word.upper()
    return 1.0 if hanging else 0.1


def _held_by_punctuation(text: str, i: int) -> bool:
    last = text[:i].rstrip(_SPACES)[-1:]
    return text[i] in _NOT_FIRST_EVEN_AFTER_SPACE or (last != "" and last in _NOT_LAST_EVEN_BEFORE_SPACE)


def _without_space(text: str, i: int, *, told: bool) -> Break | None:
    before, after = _base(text, i), text[i]
    if after in _NOT_FIRST or before in _NOT_LAST or (before == after and after in "—―"):
        return None
    if _within(before, _IDEOGRAPHIC) or _within(after, _IDEOGRAPHIC):
        cost, weak = _phrase(before, after)
        return Break(i, cost, weak=weak or told)
    if _within(before, _COMPLEX) and _within(after, _COMPLEX):
        return None if told or after in _TRAILING else Break(i, cost=1.0, weak=True)
    if before in _AFTER_DASH or (before == "-" and i > 1 and text[i - 2].isalpha() and after.isalpha()):
        return Break(i)
    return None


def _phrase(before: str, after: str) -> tuple[float, bool]:
    """How unwelcome a break between two East Asian characters is, and whether it splits a word, without a dictionary:
    Japanese phrases mostly end in hiragana and begin with another script; a katakana stretch is a word.
    """
    kinds = _kind(before), _kind(after)
    if kinds == ("katakana", "katakana"):
        return 1.0, True
    if before in _PHRASE_ENDS:
        return 0.0, False
    return _INSIDE_PHRASE.get(kinds, 0.2), False


def _kind(character: str) -> str:
    code = ord(character)
    if 0x3041 <= code <= 0x309F:
        return "hiragana"
    return "katakana" if 0x30A0 <= code <= 0x30FF or 0xFF66 <= code <= 0xFF9F else "han"


def _base(text: str, i: int) -> str:
    """The character before `i`, its marks passed over."""
    while i > 1 and unicodedata.category(text[i - 1])[0] == "M":
        i -= 1
    return text[i - 1]


def _joined(text: str, i: int) -> bool:
    before, after = text[i - 1], text[i]
    if (
        unicodedata.category(after)[0] == "M"
        or after in "\u200c\u200d\u0e33\u0eb3"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    ):
        return True
    if before in _LEADING_VOWELS or before in _STACKERS:
        return True
    if before == "\u200d" and unicodedata.category(after) == "So":
        return True
    return _regional(after) and _regional(before) and _flags_before(text, i) % 2 == 1


def _regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flags_before(text: str, i: int) -> int:
    count = 0
    while count < i and _regional(text[i - 1 - count]):
        count += 1
    return count


def _within(character: str, blocks: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= ord(character) <= high for low, high in blocks)
