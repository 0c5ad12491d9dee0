"""What the package says to its user: translations, actions, icons, documentation, and that they agree with the code."""

import ast
import re
from typing import Any

from homeassistant.helpers import config_validation as cv, service
import pytest
import voluptuous as vol

from tests.package_files import (
    PACKAGE,
    ROOT,
    flatten,
    keywords,
    languages,
    read_json,
    read_yaml,
    sources,
    translations,
)

PLACEHOLDER = re.compile(r"\{(\w+)\}")
KEY = re.compile(r"(?!.*[_-]{2})[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")

# Notes to oneself and folders of one machine.
LEFTOVERS = re.compile(r"\b(?:TODO|FIXME|XXX)\b|(?<![\w.~}])/(?:home|root|Users|work)/\w")
TEXT_SUFFIXES = {".py", ".md", ".json", ".yaml", ".yml", ".toml", ".ts", ".css", ".html", ".txt", ".svg", ""}
NOT_OURS = {"node_modules", "test-results", "__pycache__", "brand"}
OTHERS = {"package-lock.json", "test_package_texts.py"}


def text(value: Any) -> str:
    """A text that Home Assistant's translation schema accepts."""
    if not isinstance(value, str):
        raise vol.Invalid("not a text")
    if not value or value != value.strip():
        raise vol.Invalid(f"empty, or with spaces at its ends: {value!r}")
    if re.search(r"<[a-zA-Z/]", value):
        raise vol.Invalid(f"HTML: {value!r}")
    if "[%key:" in value:
        raise vol.Invalid(f"a reference, which only Home Assistant's own integrations may use: {value!r}")
    if re.search(r"'\{\w+\}'", value):
        raise vol.Invalid(f"a placeholder in single quotes, which stays unfilled: {value!r}")
    if re.search(r"https?://", value):
        raise vol.Invalid(f"an address; it belongs into a placeholder: {value!r}")
    return value


def key(value: Any) -> str:
    """A key that Home Assistant's translation schema accepts."""
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise vol.Invalid(f"not a key: {value!r}")
    return value


TEXTS = {key: text}
NAMED_STATES = {vol.Optional("name"): text, vol.Optional("state"): TEXTS}
FLOW = {
    vol.Optional("flow_title"): text,
    vol.Required("step"): {
        key: {
            vol.Optional("title"): text,
            vol.Optional("description"): text,
            vol.Optional("data"): TEXTS,
            vol.Optional("data_description"): TEXTS,
            vol.Optional("menu_options"): TEXTS,
            vol.Optional("menu_option_descriptions"): TEXTS,
            vol.Optional("submit"): text,
            vol.Optional("sections"): {
                key: {
                    vol.Required("name"): text,
                    vol.Optional("description"): text,
                    vol.Optional("data"): TEXTS,
                    vol.Optional("data_description"): TEXTS,
                }
            },
        }
    },
    vol.Optional("error"): TEXTS,
    vol.Optional("abort"): TEXTS,
    vol.Optional("progress"): TEXTS,
    vol.Optional("create_entry"): TEXTS,
}
FIELDS = {key: {vol.Required("name"): text, vol.Required("description"): text}}
TRANSLATIONS = vol.Schema(
    {
        vol.Optional("title"): text,
        vol.Optional("config"): {**FLOW, vol.Optional("initiate_flow"): TEXTS},
        vol.Optional("options"): FLOW,
        vol.Optional("config_subentries"): {
            key: {**FLOW, vol.Required("entry_type"): text, vol.Required("initiate_flow"): TEXTS}
        },
        vol.Optional("entity"): {
            key: {
                key: {
                    **NAMED_STATES,
                    vol.Optional("state_attributes"): {key: NAMED_STATES},
                    vol.Optional("unit_of_measurement"): text,
                }
            }
        },
        vol.Optional("device"): {key: {vol.Required("name"): text}},
        vol.Optional("exceptions"): {key: {vol.Required("message"): text}},
        vol.Optional("issues"): {
            key: vol.Any(
                {vol.Required("title"): text, vol.Required("description"): text},
                {vol.Required("title"): text, vol.Required("fix_flow"): FLOW},
            )
        },
        vol.Optional("services"): {
            key: {
                vol.Required("name"): text,
                vol.Required("description"): text,
                vol.Optional("fields"): FIELDS,
                vol.Optional("sections"): {key: {vol.Required("name"): text, vol.Optional("description"): text}},
            }
        },
        vol.Optional("selector"): {key: {vol.Optional("options"): TEXTS, vol.Optional("fields"): FIELDS}},
        vol.Optional("system_health"): {vol.Required("info"): TEXTS},
        vol.Optional("common"): TEXTS,
    }
)

ICON = vol.All(str, vol.Match(r"mdi:[a-z0-9-]+$"))
ICONS = vol.Schema(
    {
        vol.Optional("entity"): {
            key: {
                key: {
                    vol.Optional("default"): ICON,
                    vol.Optional("state"): {key: ICON},
                    vol.Optional("range"): {str: ICON},
                    vol.Optional("state_attributes"): {
                        key: {vol.Optional("default"): ICON, vol.Optional("state"): {key: ICON}}
                    },
                }
            }
        },
        vol.Optional("services"): {key: {vol.Required("service"): ICON, vol.Optional("sections"): {key: ICON}}},
    }
)


def actions() -> dict[str, Any]:
    """Return the actions of services.yaml."""
    return read_yaml(PACKAGE / "services.yaml")


def action_fields(action: dict[str, Any] | None) -> dict[str, Any]:
    """Return the fields of an action, those in sections too."""
    fields: dict[str, Any] = {}
    for name, field in ((action or {}).get("fields") or {}).items():
        fields.update(field["fields"] if "fields" in (field or {}) else {name: field})
    return fields


@pytest.mark.parametrize("language", ["en", *languages()])
def test_translations_have_the_shape_that_home_assistant_reads(language: str) -> None:
    """Known keys only, no HTML, no references, no addresses, no stray spaces."""
    TRANSLATIONS(translations(language))


@pytest.mark.parametrize("language", languages())
def test_each_language_says_as_much_as_english(language: str) -> None:
    """The same keys, and in every text the same placeholders: a missing one would show as an error instead."""
    english, other = dict(flatten(translations())), dict(flatten(translations(language)))
    assert set(other) == set(english)
    for path, sentence in english.items():
        assert sorted(set(PLACEHOLDER.findall(other[path]))) == sorted(set(PLACEHOLDER.findall(sentence))), path


def _steps(tree: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, value in tree.items():
        if name == "step":
            found += [(f"{path}{step}", content) for step, content in value.items()]
            found += [
                (f"{path}{step}.{section}", inner)
                for step, content in value.items()
                for section, inner in content.get("sections", {}).items()
            ]
        elif isinstance(value, dict):
            found += _steps(value, f"{path}{name}.")
    return found


def test_every_field_of_every_form_is_explained() -> None:
    """A field has a label and a sentence about it, and there is no sentence about a field that is gone."""
    steps = _steps(
        {name: translations()[name] for name in ("config", "config_subentries", "options") if name in translations()}
    )
    assert len(steps) > 5
    for path, step in steps:
        assert set(step.get("data_description", {})) == set(step.get("data", {})), path


def test_actions_are_valid_and_described_in_every_place() -> None:
    """services.yaml, translations and icons speak of the same actions and the same fields."""
    described, icons = translations()["services"], read_json(PACKAGE / "icons.json")["services"]
    service._SERVICES_SCHEMA(actions())  # Home Assistant's own, selectors included
    assert set(actions()) == set(described) == set(icons)
    for name, action in actions().items():
        assert set(action_fields(action)) == set(described[name].get("fields", {})), name
        for field, content in action_fields(action).items():
            assert "selector" in content, f"{name}.{field} has no selector"
            assert set(content) <= {"selector", "required", "default", "example", "filter", "advanced"}, (
                f"{name}.{field}"
            )
        cv.slug(name)


def test_options_of_selectors_are_translated() -> None:
    """A selector with a translation key has every one of its options translated."""
    options = translations().get("selector", {})
    for name, action in actions().items():
        for field, content in action_fields(action).items():
            chosen = (content["selector"].get("select") or {}) if "select" in content["selector"] else {}
            if translation_key := chosen.get("translation_key"):
                assert set(chosen["options"]) == set(options[translation_key]["options"]), f"{name}.{field}"


def test_icons_belong_to_entities_that_are_translated() -> None:
    """Every entity has a name, an icon is one of the known ones, and none is left of an entity that is gone."""
    icons = read_json(PACKAGE / "icons.json")
    ICONS(icons)
    entities = translations()["entity"]
    for platform, by_key in icons.get("entity", {}).items():
        assert set(by_key) <= set(entities[platform]), platform
        for entity, icon in by_key.items():
            assert set(icon.get("state", {})) <= {*entities[platform][entity].get("state", {}), "on", "off"}, entity
            assert icon.get("default") not in icon.get("state", {}).values(), f"{platform}.{entity} repeats its default"


def test_every_translation_key_in_the_code_is_translated() -> None:
    """An error, a repair or an entity whose key nobody translated would show its key."""
    data = translations()
    known = {*data.get("exceptions", {}), *data.get("issues", {}), *data.get("selector", {}), *data.get("device", {})}
    known.update(name for platform in data["entity"].values() for name in platform)
    missing = {(path.name, name) for path, name in keywords("translation_key") if name not in known}
    assert not missing


def test_no_translation_is_left_of_an_error_that_is_gone() -> None:
    """Every translated error and repair stands somewhere in the code as a text."""
    strings = {
        node.value
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    translated = {*translations().get("exceptions", {}), *translations().get("issues", {})}
    assert translated - strings == set()


@pytest.mark.parametrize("name", list(actions()) if (PACKAGE / "services.yaml").exists() else [])
def test_every_action_is_documented(name: str) -> None:
    """README names every action, and one page of the documentation every field of it."""
    assert f"`cem_sgcp.{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "actions.md").read_text(encoding="utf-8")
    section = page.split(f"## `cem_sgcp.{name}`", 1)[1].split("\n## ", 1)[0]
    missing = [field for field in action_fields(actions()[name]) if f"`{field}`" not in section]
    assert not missing


def test_every_kind_of_entity_is_documented() -> None:
    """The README's tables name every translated entity."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [
        f"{platform}.{entity}: {content['name']}"
        for platform, by_key in translations()["entity"].items()
        for entity, content in by_key.items()
        if "name" in content and content["name"] not in readme
    ]
    assert not missing


def test_readme_opens_with_the_two_commands_and_its_pictures_and_links_exist() -> None:
    """What a stranger needs first comes first, and nothing points into the void."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert max(readme.index("scripts/demo"), readme.index("scripts/test")) < 1200
    assert readme.index("scripts/demo") < readme.index("scripts/test")
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for target in [*re.findall(r"\]\(([^)#\s]+)", text), *re.findall(r'\b(?:src|srcset)="([^"]+)"', text)]:
            if not target.startswith(("http", "mailto:")):
                assert (page.parent / target).exists(), f"{page.name} points to {target}"


def test_the_matrix_names_tests_that_exist_and_every_conformance_row_that_is_tested() -> None:
    """A story is shown by a test that is there, and no row of the conformance table is shown in secret."""
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    known = {name for text in sources.values() for name in re.findall(r"def (test_\w+)", text)}
    known.update(path.name for path in sources)
    page = (ROOT / "docs" / "story-matrix.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(test_[\w.]+)`", page)) - known == set()
    tested = {f"CT-{number}" for name in known if (number := "".join(re.findall(r"^test_ct(\d+)_", name)))}
    assert tested - set(re.findall(r"\| (CT-\d+) \|", page)) == set()


def test_nothing_is_left_of_the_making() -> None:
    """No note to oneself, and no folder that only one machine has."""
    found = []
    for folder, folders, files in ROOT.walk():
        folders[:] = [
            name for name in folders if name not in NOT_OURS and (name[0] != "." or name in {".github", ".ci"})
        ]
        for name in files:
            path = folder / name
            if path.suffix not in TEXT_SUFFIXES or name[0] == "." or name in OTHERS:
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                if len(line) < 2000 and (word := LEFTOVERS.search(line)):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {word[0]}")
    assert not found
