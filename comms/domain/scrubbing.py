"""What no log line may hold, taken out of it: telephone and identity numbers, secrets, places of people. For lines that
a machine writes; `comms.journal.masking` is for what people say."""

import re

HIDDEN = "＊＊＊"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"(?i)(pass(?:word|wd)?|secret|api[_-]?key|private[_-]?key|authorization|bearer|(?:refresh|device)?[_-]?token"
            r"|口令|密码|密钥)(['\"]?\s*[=:：]\s*|\s+)(['\"]?)[^\s'\",;&)}]{3,}"
        ),
        rf"\1\2\3{HIDDEN}",
    ),
    (re.compile(r"(://)[^\s/@:]+:[^\s/@]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), HIDDEN),
    (re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9A-Za-z])"), HIDDEN),
    (re.compile(r"(?<![0-9.])(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9.])"), HIDDEN),
    (re.compile(r"(?<![0-9.])0[0-9]{2,3}[ -]?[0-9]{7,8}(?![0-9.])"), HIDDEN),
    (re.compile(r"-?[0-9]{1,3}\.[0-9]{4,}(\s*[,;/ ]\s*(?:lon\w*\W+)?)-?[0-9]{1,3}\.[0-9]{4,}"), rf"{HIDDEN}\1{HIDDEN}"),
    (re.compile(r"(?i)\b(lat|lon|latitude|longitude)(['\"]?\s*[=:]\s*)-?[0-9]{1,3}\.[0-9]+"), rf"\1\2{HIDDEN}"),
    (re.compile(r"(?<![0-9A-Za-z_-])(?=[0-9A-Za-z_-]*[0-9])(?=[0-9A-Za-z_-]*[A-Za-z])[0-9A-Za-z_-]{32,}"), HIDDEN),
)
"""The last: what is long, with letters and figures, is a token or a digest, and no log needs either whole."""


def scrub(words: str) -> str:
    for pattern, said in _RULES:
        words = pattern.sub(said, words)
    return words
