"""Numbers in words become digits: "one and a half meters" is read as "1.5 meters"."""

import re

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES = {word: value for value, word in enumerate(_ONES.split())}
TENS = {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)}
SMALL = "|".join(sorted(ONES, key=len, reverse=True))
FRACTIONS = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fourth": 0.25, "fifth": 0.2, "tenth": 0.1}
SIGNS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
MARKS = str.maketrans({"′": "'", "’": "'", "″": '"', "”": '"', "“": '"', "–": "-", "—": "-", "−": "-", "\u00a0": " "})
UNIT_WORD = r"(?:milli|centi|deci|kilo)?met(?:er|re)s?|inch(?:es)?|foot|feet|yards?|[mcdk]?m|ft|in|yd"
NUMBER = r"\d+(?:\.\d+)?|\.\d+"


def in_digits(text: str) -> str:
    """Return a text in lower case with its numbers in digits and its quotation marks, dashes and primes made plain."""
    text = text.lower().translate(MARKS)
    for sign, plain in SIGNS.items():
        text = text.replace(sign, f" {plain}")
    # Thousands before decimals: "1,200 mm" is 1200, "1,2 m" is 1.2; "(412, 305)" has a space and stays.
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<=\d),(?=\d{1,2}(?!\d))", ".", text)
    text = re.sub(r"\b(\d+)[\s-]+(\d+)/([1-9]\d*)", lambda m: _plain(int(m[1]) + int(m[2]) / int(m[3])), text)
    text = re.sub(r"\b(\d+)/([1-9]\d*)", lambda m: _plain(int(m[1]) / int(m[2])), text)
    return _parts(_words(text))


def _words(text: str) -> str:
    """Turn "twenty-five", "one hundred and ten", "two point five" and "a dozen" into digits."""
    tens = "|".join(TENS)
    text = re.sub(
        rf"\b({tens})(?:[\s-]+({'|'.join(list(ONES)[1:10])}))?\b",
        lambda m: str(TENS[m[1]] + (ONES[m[2]] if m[2] else 0)),
        text,
    )
    text = re.sub(rf"\b({SMALL})\b", lambda m: str(ONES[m[1]]), text)
    text = re.sub(
        r"\b(a|\d+)\s+hundred(?:\s+(?:and\s+)?(\d{1,2}))?\b",
        lambda m: str(100 * _count(m[1]) + int(m[2] or 0)),
        text,
    )
    text = re.sub(r"\b(\d+)\s+point\s+((?:\d\s+)*\d)\b", lambda m: f"{m[1]}.{re.sub(' +', '', m[2])}", text)
    text = re.sub(r"\b(a|\d+)\s+dozen\b", lambda m: str(12 * _count(m[1])), text)
    return re.sub(r"\ba\s+(?:couple|pair)\s+(?:of\s+)?", "2 ", text)


def _parts(text: str) -> str:
    """Turn halves and quarters into digits, before and behind the unit."""
    part = "|".join(FRACTIONS)
    # "2 and a half meters"
    text = re.sub(rf"\b({NUMBER})\s+and\s+(?:a|1)\s+({part})\b", lambda m: _plain(float(m[1]) + FRACTIONS[m[2]]), text)
    # "a meter and a half", "2 meters and a half"
    text = re.sub(
        rf"\b(an?|{NUMBER})\s+({UNIT_WORD})\s+and\s+(?:a|1)\s+({part})\b",
        lambda m: f"{_plain(_number(m[1]) + FRACTIONS[m[3]])} {m[2]}",
        text,
    )
    # "three quarters of a meter", "2 thirds of a meter", "half a meter", "a quarter of a meter", "half meter"
    text = re.sub(
        rf"\b(?:(an?|{NUMBER})\s+)?({part})s?\s+(?:of\s+)?(?:an?\s+)?({UNIT_WORD})\b",
        lambda m: f"{_plain((_number(m[1]) if m[1] else 1) * FRACTIONS[m[2]])} {m[3]}",
        text,
    )
    # "a meter", "an inch": only before a unit that is a word, because "a m" and "a in" are none.
    return re.sub(r"\ban?\s+((?:milli|centi)?met(?:er|re)|inch|foot|yard)\b", r"1 \1", text)


def _number(text: str) -> float:
    return 1.0 if text in ("a", "an") else float(text)


def _count(text: str) -> int:
    return 1 if text == "a" else int(text)


def _plain(value: float) -> str:
    return f"{value:.6g}"
