"""What hassfest and the HACS action ask of the package, asked here so that it fails before a release does."""

import ast
import json
from pathlib import Path
import re
import struct
import sys
from urllib.parse import urlparse

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
import homeassistant.components as core_components
from homeassistant.const import Platform
from homeassistant.loader import Manifest
import pytest

from tests.package_files import DOMAIN, PACKAGE, ROOT, imports, manifest, project, read_json, read_yaml, sources

CORE = Path(core_components.__path__[0])

# Platforms need no declaration, nor do these: they are part of every Home Assistant.
ALWAYS_THERE = {
    *(platform.value for platform in Platform),
    "diagnostics",
    "homeassistant",
    "persistent_notification",
    "repairs",
    "system_health",
}

BRAND_SIZES = {"icon": 256, "icon@2x": 512, "dark_icon": 256, "dark_icon@2x": 512}
BRAND_HEIGHTS = {"logo": 128, "logo@2x": 256, "dark_logo": 128, "dark_logo@2x": 256}


def test_manifest_has_what_home_assistant_and_hacs_require() -> None:
    """Required keys, known values, pages that a user can open."""
    data = manifest()
    assert data["domain"] == DOMAIN == PACKAGE.name
    assert {"name", "codeowners", "documentation", "issue_tracker", "iot_class", "integration_type", "version"} <= set(
        data
    )
    assert data["integration_type"] in {"device", "entity", "hardware", "helper", "hub", "service", "system"}
    assert data["iot_class"] in {
        "assumed_state",
        "calculated",
        "cloud_polling",
        "cloud_push",
        "local_polling",
        "local_push",
    }
    assert data["codeowners"]
    assert all(re.fullmatch(r"@[A-Za-z0-9-]+", owner) for owner in data["codeowners"])
    for key in ("documentation", "issue_tracker"):
        page = urlparse(data[key])
        assert page.scheme == "https"
        assert not page.netloc.endswith("home-assistant.io")
    assert not (CORE / DOMAIN).exists(), "the domain is one of Home Assistant's own"


def test_manifest_keys_are_known_and_in_order() -> None:
    """Domain, name, then the alphabet; no key that Home Assistant does not read."""
    keys = list(manifest())
    assert keys == ["domain", "name", *sorted(key for key in keys if key not in {"domain", "name"})]
    assert set(keys) <= {*Manifest.__annotations__, "name", "categories", "codeowners", "connectivity"}


def test_manifest_lists_are_sorted_and_without_repeats() -> None:
    """A dependency stands in one place only, and the requirements come before nothing."""
    data = manifest()
    declared = [*data.get("dependencies", []), *data.get("after_dependencies", [])]
    assert len(declared) == len(set(declared))
    for key in ("dependencies", "after_dependencies", "requirements", "loggers"):
        assert data.get(key, []) == sorted(data.get(key, [])), key
    assert all((CORE / domain / "manifest.json").exists() for domain in declared)


def test_one_version_in_manifest_and_project() -> None:
    """A release is one number, and one that Home Assistant can compare."""
    version = manifest()["version"]
    assert version == project()["project"]["version"]
    assert AwesomeVersion(version).strategy is AwesomeVersionStrategy.SEMVER


def test_requirements_are_pinned_and_the_tested_ones() -> None:
    """What a user's installation fetches is exactly what the tests ran with."""
    for requirement in manifest()["requirements"]:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", requirement), requirement
        for file in ("requirements_test.txt", "demo/requirements.txt"):
            assert requirement in (ROOT / file).read_text(encoding="utf-8").splitlines(), (
                f"{requirement} is not in {file}"
            )


def test_only_declared_requirements_are_imported() -> None:
    """No import of a package that neither Home Assistant nor the manifest brings."""
    brought = {
        "homeassistant",
        "voluptuous",
        "aiohttp",
        "numpy",
        *(item.split("==")[0] for item in manifest()["requirements"]),
    }
    foreign = {
        (path.relative_to(PACKAGE).as_posix(), module)
        for path in sources()
        for module, _ in imports(path)
        if not module.startswith(".") and module.split(".")[0] not in brought | sys.stdlib_module_names
    }
    assert not foreign


def _used_components() -> dict[str, set[str]]:
    used: dict[str, set[str]] = {}
    for path in sources():
        for module, names in imports(path):
            parts = module.split(".")
            if parts[:2] != ["homeassistant", "components"]:
                continue
            for component in [parts[2]] if len(parts) > 2 else names:
                used.setdefault(component, set()).add(path.relative_to(PACKAGE).as_posix())
    return used


def test_every_component_that_is_imported_is_declared() -> None:
    """An import of another integration without a dependency fails on machines where that one is not loaded."""
    data = manifest()
    declared = {*data.get("dependencies", []), *data.get("after_dependencies", [])}
    undeclared = {name: files for name, files in _used_components().items() if name not in declared | ALWAYS_THERE}
    assert not undeclared


def test_every_declared_dependency_is_used() -> None:
    """Each dependency is loaded at every start: none is kept for old times' sake."""
    assert set(manifest().get("dependencies", [])) - set(_used_components()) == set()


def test_config_flow_exists_and_yaml_is_refused() -> None:
    """With `async_setup` comes a schema that says: from the user interface only."""
    assert manifest()["config_flow"] is (PACKAGE / "config_flow.py").exists() is True
    module = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in module.body if isinstance(node, ast.AsyncFunctionDef)}
    assert "async_setup" in functions
    schemas = [
        ast.unparse(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "CONFIG_SCHEMA" for target in node.targets)
    ]
    assert schemas == ["cv.config_entry_only_config_schema(DOMAIN)"]
    # Home Assistant 2026.10, the oldest that is supported, takes nothing else.
    for name in ("async_setup_entry", "async_unload_entry"):
        assert ast.unparse(functions[name].returns or ast.Constant("nothing")) == "bool", name


def test_hacs_file_holds_only_what_the_marketplace_reads() -> None:
    """Keys of another name or type are dropped without a word; so there are none."""
    data = read_json(ROOT / "hacs.json")
    types = {
        "name": str,
        "homeassistant": str,
        "zip_release": bool,
        "filename": str,
        "hide_default_branch": bool,
        "persistent_directory": str,
    }
    assert set(data) <= set(types)
    assert all(isinstance(value, types[key]) for key, value in data.items())
    assert AwesomeVersion(data["homeassistant"]) >= "2026.10.0"
    assert data["filename"] == f"{DOMAIN}.zip"
    assert data["filename"] in (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")


def test_repository_holds_one_integration_and_no_tests_in_it() -> None:
    """The Marketplace copies the folder as it is: what is in it reaches every user."""
    assert [path.name for path in PACKAGE.parent.iterdir() if path.is_dir() and path.name != "__pycache__"] == [DOMAIN]
    names = {path.name for path in PACKAGE.rglob("*") if "__pycache__" not in path.parts}
    assert not {name for name in names if name.startswith("test_") or name in {"tests", "conftest.py", "node_modules"}}
    assert not [name for name in names if name.startswith("strings")], (
        "custom integrations translate in translations/ only"
    )


def test_package_imports_nothing_that_only_the_repository_has() -> None:
    """Tests, demo and benchmarks are not there on a user's machine."""
    forbidden = {"tests", "demo", "benchmarks", "scripts", "pytest", "hypothesis", "custom_components"}
    assert not [
        (path.name, module) for path in sources() for module, _ in imports(path) if module.split(".")[0] in forbidden
    ]


def test_json_files_are_valid_and_end_in_a_line_feed() -> None:
    """A file that an editor mangled is found here, not by a user."""
    for path in PACKAGE.rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        json.loads(text)
        assert text.endswith("}\n"), path


@pytest.mark.parametrize(("name", "size"), [*BRAND_SIZES.items(), *BRAND_HEIGHTS.items()])
def test_brand_images_have_the_size_and_the_transparency_asked_for(name: str, size: int) -> None:
    """Icons are square, logos as high as wanted, all of them PNG with an alpha channel."""
    content = (PACKAGE / "brand" / f"{name}.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, _depth, colour_type = struct.unpack(">IIBB", content[16:26])
    assert height == size
    assert colour_type == 6, "no alpha channel"
    assert width == height if name in BRAND_SIZES else width > height


def test_quality_scale_answers_every_rule_with_a_reason() -> None:
    """The audit is complete; an exemption or an open point says why."""
    rules = read_yaml(PACKAGE / "quality_scale.yaml")["rules"]
    asked = {rule for file in CORE.glob("*/quality_scale.yaml") for rule in read_yaml(file)["rules"]}
    assert len(asked) > 50
    assert set(rules) == asked
    for rule, answer in rules.items():
        if answer != "done":
            assert answer["status"] in {"exempt", "todo", "done"}, rule
            assert len(answer["comment"]) > 20, rule


def test_every_python_file_says_what_it_is_for_and_stays_small() -> None:
    """A module opens with its purpose; one that needs a table of contents is two."""
    for path in sources():
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), f"{path} does not say what it is for"
        assert text.count("\n") <= 600, f"{path} is too long to read in one sitting"


def test_categories_and_connectivity_are_those_of_the_marketplace() -> None:
    """Unknown slugs would hide the integration from the list by category."""
    generated = CORE.parent / "generated"
    for key in ("categories", "connectivity"):
        known = generated / f"integration_{key}.json"
        slugs = {"energy"} if key == "categories" else {"host", "network", "cloud"}
        if known.exists():  # from Home Assistant 2026.11 on
            slugs = {item["slug"] for item in read_json(known)}
        assert set(manifest().get(key, [])) <= slugs


def test_data_of_others_says_whose_it_is() -> None:
    """Every folder of data has a notice of its own, and the notice of the repository names it."""
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    folders = {
        path
        for data in ("demo/data", "tests/data", "benchmarks/data")
        for path in (ROOT / data).iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    assert len(folders) > 5
    for folder in folders:
        assert (folder / "NOTICE.md").exists(), folder
        assert folder.relative_to(ROOT).as_posix() in notice, folder
