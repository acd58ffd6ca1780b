"""No key, token or password stands in a file of the project. Every exception is named with its reason."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PATTERNS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "Fernet key": re.compile(r"(?<![A-Za-z0-9_+/=-])(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Z])[A-Za-z0-9_-]{43}=(?!=)"),
    "sealed token": re.compile(r"(?<![A-Za-z0-9])gAAAAA[A-Za-z0-9_-]{60,}"),
    "signed token": re.compile(r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "Telegram token": re.compile(r"(?<![A-Za-z0-9])\d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    "platform token": re.compile(r"(?<![A-Za-z0-9])(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,}|xox[abprs]-[\w-]{20,}|sk-[A-Za-z0-9]{32,}|pypi-[\w-]{40,})"),
    "password in an address": re.compile(r"\b(?:https?|postgres(?:ql)?|redis|rediss|smtps?|amqp)://[^\s/:@\"'`<>{}|\\]+:([^\s/@\"'`<>{}|\\]+)@"),
    "assigned secret": re.compile(r"(?i)\b(?:secret_key|api_?key|access_?token|passwd|password)\b\s*[=:]\s*[\"']([A-Za-z0-9+/_.~-]{16,})[\"']"),
}  # fmt: skip
# What looks like one and is none.
ALLOWED = {
    "password": "the word itself, in the example of ZHIWEN_SMTP_URL",
    "secret-word": "stands in tests that look whether a password is repeated",
    "p%40": "stands in the test of how an address is read",
    "123456789:TEST_token-for-a-local-bot-api-only": "the token of the Bot API that the tests start themselves",
    "geheim": "stands in tests that look whether a password is repeated",
}
SKIPPED = ("zhiwen-encoder/tokenizer.json", ".safetensors", ".png", ".jpg", ".otf", ".woff2", ".pdf", ".gz")


def project_files() -> list[Path]:
    """What is in the repository or would be added to it; in an unpacked archive everything but what is built."""
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0:
        names = [name for name in done.stdout.decode().split("\0") if name]
    else:
        built = (".venv", ".venv-tools", "var", "models", ".rasa", "test-output")
        names = [p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*") if p.is_file() and p.relative_to(ROOT).parts[0] not in built]
    return [ROOT / name for name in names if not name.endswith(SKIPPED) and (ROOT / name).is_file()]


def secrets_in(text: str) -> list[tuple[str, int]]:
    """What kinds of secret stand in which lines."""
    found = []
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            value = match[match.lastindex or 0]
            if value not in ALLOWED and not value.startswith(("$", "%")):
                found.append((kind, text.count("\n", 0, match.start()) + 1))
    return found


def test_no_file_of_the_project_holds_a_secret() -> None:
    files = project_files()
    assert len(files) > 500
    found = []
    for path in files:
        text = path.read_bytes().decode("ascii", errors="ignore")  # most of the text is Chinese, no secret is
        found += [f"{path.relative_to(ROOT)}:{line} looks like a {kind}" for kind, line in secrets_in(text)]
    assert found == []


def test_no_key_file_or_database_is_tracked() -> None:
    named = [p.relative_to(ROOT).as_posix() for p in project_files()]
    assert [name for name in named if re.search(r"(^|/)(secret\.key|\.env|id_rsa|.*\.(pem|p12|db|sqlite|tar))$", name)] == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN " + "PRIVATE KEY-----",
        "key = '" + "Zm9vYmFyMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY" + "='",
        "token: " + "123456789:" + "AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr",
        "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJ3ZWIteCJ9" + ".abcdefghijklmnop",
        "postgresql://zhiwen:" + "hunter2" + "@db/zhiwen",
        'API_KEY = "' + "abcdEFGH12345678" + '"',
        "gh" + "p_" + "a" * 36,
    ],
)
def test_a_secret_would_be_found(text: str) -> None:
    assert len(secrets_in(text)) >= 1


def test_examples_and_hashes_are_no_secrets() -> None:
    assert secrets_in("smtp://user:password@mail.example.gov.cn:587") == []
    assert secrets_in("    --hash=sha256:59bb03251907983d1603d27c3087ddb1e93299ea2163adcdba37899a4fb12ffb") == []
    assert secrets_in("ZHIWEN_DATABASE_URL=postgresql://zhiwen:$PASSWORD@db/zhiwen") == []
