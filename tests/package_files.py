"""What the tests of the package as a whole read: its files and declarations. Knows no behaviour."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import tomllib
from typing import Any

import yaml

DOMAIN = "cem_sgcp"
ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "custom_components" / DOMAIN


def read_json(path: Path) -> Any:
    """Return the content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def manifest() -> dict[str, Any]:
    """Return manifest.json."""
    return read_json(PACKAGE / "manifest.json")


def project() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def translations(language: str = "en") -> dict[str, Any]:
    """Return the translations of one language."""
    return read_json(PACKAGE / "translations" / f"{language}.json")


def languages() -> list[str]:
    """Return the languages that have translations, English excepted."""
    return sorted(path.stem for path in (PACKAGE / "translations").glob("*.json") if path.stem != "en")


def sources() -> list[Path]:
    """Return the Python files of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def flatten(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the leaves of nested mappings, each with its dotted path."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def imports(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (module, names) of each import that runs; blocks for type checkers only are left out."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            skipped.update(child for statement in node.body for child in ast.walk(statement))
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), tuple(alias.name for alias in node.names)


def keywords(name: str) -> Iterator[tuple[Path, str]]:
    """Yield (file, text) of every `name="text"` in a call of the package."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == name and isinstance(node.value, ast.Constant):
                yield path, node.value.value
