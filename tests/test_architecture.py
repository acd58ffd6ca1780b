"""The house stands as docs/architecture.md says: imports are parsed, a forbidden arrow fails."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {"bot": 5, "actions": 4, "desk": 3, "storage": 2, "knowledge": 1, "casework": 1, "outreach": 1}
# Which library may be imported where: a folder (ends with /) or one file.
OWNERS = {
    "rasa": ("bot/",),
    "rasa_sdk": ("actions/", "bot/"),
    "telegram": ("bot/channels/telegram.py",),  # telegram_*.py know its data only as our own
    "sentence_transformers": ("knowledge/encoder.py", "knowledge/training/"),
    "faiss": ("knowledge/vectors.py",),
    "bm25s": ("knowledge/lexical.py",),
    "limits": ("bot/channels/limits.py",),
    "sqlalchemy": ("storage/", "bot/tracker_store.py"),  # Rasa's SQL tracker store is SQLAlchemy's
}
# Writes defaults for libraries before they are imported; reads nothing.
WRITES_ENVIRONMENT = "bot/agent.py"
# Chinese in Python that is no sentence to a user: how users speak. Each with its reason.
CHINESE_ALLOWED = {
    "bot/channels/sanitise.py": "stands in the user's own text where an ID or bank card number stood",
    "desk/consultation_desk.py": "words heard in messages (电话咨询, 打电话)",
    "bot/commands/": "place names as examples in the officers' English help",
    "desk/hearing.py": "words and numerals heard in messages",
    "desk/pledge_hearing.py": "words and numerals heard in messages",
    "desk/pledge_words.py": "the name of a source",
    "desk/container.py": "示例运营单位, the marked sample name of the operator in demo mode",
    "casework/": "words and patterns heard in messages; sentences stand in its data files",
}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_REGEX = re.compile(r"\(\?|\[\^?|\\[dswb]|\.\{|\|")


def sources() -> list[Path]:
    return [p for room in FLOORS if (ROOT / room).is_dir() for p in sorted((ROOT / room).rglob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every imported module with its line, also inside functions and for type checking only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in line {node.lineno} hides its room"
            yield node.module or "", node.lineno


def arrows(name: str, text: str) -> list[str]:
    """The forbidden imports of one file."""
    room, found = name.split("/")[0], []
    for module, line in imported(ast.parse(text)):
        top = module.split(".")[0]
        if top in FLOORS and top != room and FLOORS[top] >= FLOORS[room]:
            found.append(f"{name}:{line} imports {module}: {room} stands on floor {FLOORS[room]}, {top} on {FLOORS[top]}")
        owners = OWNERS.get(top)
        if owners and not any(name == owner or (owner.endswith("/") and name.startswith(owner)) for owner in owners):
            found.append(f"{name}:{line} imports {module}, which belongs to {', '.join(owners)}")
        if top in ("tests", "benchmarks"):
            found.append(f"{name}:{line} imports {module}")
    return found


def test_no_room_imports_sideways_or_up_and_every_library_stays_in_its_file() -> None:
    assert [problem for path in sources() for problem in arrows(name_of(path), path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("knowledge/x.py", "from casework.cases import Case"),
        ("casework/x.py", "import storage"),
        ("desk/x.py", "def f():\n    from actions.turn import say"),
        ("desk/x.py", "import rasa_sdk"),
        ("actions/x.py", "from rasa.core.agent import Agent"),
        ("knowledge/cards.py", "import faiss"),
        ("bot/channels/chat.py", "from telegram import Bot"),
    ],
)
def test_a_forbidden_arrow_is_found(name: str, text: str) -> None:
    assert len(arrows(name, text)) == 1


def test_actions_has_no_folders_because_rasa_sdk_imports_them_without_their_prefix() -> None:
    assert [p.name for p in (ROOT / "actions").iterdir() if p.is_dir() and p.name != "__pycache__"] == []


def test_only_the_settings_read_the_environment() -> None:
    found = []
    for path in sources():
        name = name_of(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "putenv")):
                continue
            found.append(name)
    assert set(found) - {WRITES_ENVIRONMENT} == {"desk/settings.py"}


def test_the_one_file_that_touches_the_environment_besides_only_sets_defaults() -> None:
    tree = ast.parse((ROOT / WRITES_ENVIRONMENT).read_text(encoding="utf-8"))
    uses = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Attribute) and n.value.attr == "environ"]
    assert {n.attr for n in uses} == {"setdefault"}


def test_no_requirements_file_names_a_registry() -> None:
    found = []
    for path in (ROOT / "requirements").iterdir():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if path.suffix in (".txt", ".in") and re.search(r"https?://|--(?:extra-)?index-url|--find-links|pypi\.org|pythonhosted", line):
                found.append(f"{path.name}:{number} {line}")
    assert found == []


def test_locked_requirements_are_pinned_and_hashed() -> None:
    for name in ("runtime.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        entries = [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.lstrip().startswith(("#", "-"))]
        assert entries
        assert [e.split()[0] for e in entries if "==" not in e or "--hash=sha256:" not in e] == []


def chinese_constants(text: str) -> list[tuple[int, str]]:
    """Strings with four or more Chinese characters that are neither docstring nor regular expression, with their lines."""
    tree = ast.parse(text)
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                skipped.add(id(first.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            if node.func.value.id == "re":
                skipped |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in skipped
        and len(_CHINESE.findall(node.value)) >= 4
        and not _REGEX.search(node.value)
    ]


def allowed(name: str) -> bool:
    return any(name == owner or (owner.endswith("/") and name.startswith(owner)) for owner in CHINESE_ALLOWED)


def test_no_sentence_for_users_stands_in_python() -> None:
    found = [
        f"{name_of(path)}:{line} {value!r}: put it into domain.yml or a data file"
        for path in sources()
        if path.parts[len(ROOT.parts)] in ("bot", "actions", "desk", "casework") and not allowed(name_of(path))
        for line, value in chinese_constants(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_allow_list_is_not_a_back_door() -> None:
    """Even in an allowed file no constant is a sentence: nothing addresses the user or ends like a sentence."""
    found = [
        f"{name_of(path)}:{line} {value!r}"
        for path in sources()
        if allowed(name_of(path))
        for line, value in chinese_constants(path.read_text(encoding="utf-8"))
        if re.search(r"您|(?<!申)请(?!求)|[。！？]\s*$", value)
    ]
    assert found == []


def test_a_sentence_in_python_is_found_and_a_pattern_is_not() -> None:
    assert chinese_constants('x = "请告诉我您的电话"') == [(1, "请告诉我您的电话")]
    assert chinese_constants('"""说明文字不算。"""\nimport re\nx = re.compile(r"商标专利版权")') == []


def test_every_package_says_what_it_is() -> None:
    found = [name_of(p) for p in sources() if p.name == "__init__.py" and not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert found == []
