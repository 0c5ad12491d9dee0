"""Every form says everything: each field, section, option and error that the code can show has its text."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from homeassistant.data_entry_flow import section
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import ObjectSelector, SelectSelector
import probatio
import pytest

from custom_components.cem_sgcp.cem.model.errors import MESSAGES
from custom_components.cem_sgcp.devices import KINDS
from custom_components.cem_sgcp.flows import checks, schemas
from custom_components.cem_sgcp.flows.device import device_schema
from tests.package_files import PACKAGE, translations

SOURCES = ("fixed", "time_of_use", "entity", "nordpool", "energyzero", "tibber", "none")


def forms() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every screen with the place of its texts."""
    step = ("config", "step")
    yield (*step, "user"), schemas.site_schema({"0": "Roof"})
    yield (*step, "reconfigure"), schemas.site_schema({})
    yield (*step, "tariff"), schemas.tariff_schema(schemas.SERVICE_SOURCES)
    for source in SOURCES:
        sources = {"import_tariff": source, "export_tariff": source}
        yield (*step, "prices"), schemas.prices_schema(sources, "EUR", ["SE3"])
    yield (*step, "grid"), schemas.grid_schema()
    yield (*step, "signal"), schemas.signal_schema(["on"])
    yield ("options", "step", "plan"), schemas.options_schema("EUR")
    yield ("options", "step", "goals"), schemas.goals_schema("EUR")
    yield ("options", "step", "forecast"), schemas.forecast_schema()
    yield ("options", "step", "tariff"), schemas.billing_schema("EUR")
    yield ("options", "step", "limitation"), schemas.limitation_schema()
    for kind in KINDS:
        for name in ("user", "reconfigure"):
            yield ("config_subentries", kind, "step", name), device_schema(kind, {})
    for kind in ("pv", "battery"):
        yield (*step, kind), device_schema(kind, {})


FORMS = list(forms())


def texts(path: tuple[str, ...]) -> Any:
    """The texts at a place."""
    found: Any = translations()
    for key in path:
        found = found[key]
    return found


def fields(schema: Any) -> Iterator[tuple[str | None, str, Any]]:
    """Section, field and selector of every field."""
    for marker, value in schema.schema.items():
        if isinstance(value, section):
            yield str(marker), "", None
            for inner, selector in value.schema.schema.items():
                yield str(marker), str(inner), selector
        else:
            yield None, str(marker), value


@pytest.mark.parametrize(("path", "schema"), FORMS, ids=[".".join(path) for path, _ in FORMS])
def test_every_field_and_section_has_its_text(path: tuple[str, ...], schema: Any) -> None:
    step = texts(path)
    assert step["title"]
    assert step["description"]
    for parent, field, _ in fields(schema):
        place = step if parent is None else step["sections"][parent]
        if field:
            assert place["data"][field], field
            assert place["data_description"][field], field
        else:
            assert place["name"]


def test_no_text_is_left_of_a_field_that_is_gone() -> None:
    known: dict[tuple[str, ...], set[tuple[str | None, str]]] = {}
    for path, schema in FORMS:
        known.setdefault(path, set()).update((parent, field) for parent, field, _ in fields(schema) if field)
    for path, found in known.items():
        step = texts(path)
        said = {(None, field) for field in step.get("data", {})}
        said |= {(name, field) for name, part in step.get("sections", {}).items() for field in part["data"]}
        assert said == found, path


def test_every_step_of_the_texts_is_a_screen() -> None:
    screens = {path for path, _ in FORMS} | {("options", "step", "init")}  # a menu
    for flow in ("config", "options"):
        assert {(flow, "step", name) for name in texts((flow, "step"))} <= screens
    assert set(texts(("config_subentries",))) == set(KINDS)
    for kind in KINDS:
        assert {
            ("config_subentries", kind, "step", name) for name in texts(("config_subentries", kind, "step"))
        } <= screens


def test_both_forms_of_a_device_say_the_same() -> None:
    for kind in KINDS:
        steps = texts(("config_subentries", kind, "step"))
        for part in ("data", "data_description", "sections"):
            assert steps["user"][part] == steps["reconfigure"][part]
    for kind in ("pv", "battery"):
        found, added = texts(("config", "step", kind)), texts(("config_subentries", kind, "step", "user"))
        assert (found["data"], found["sections"]) == (added["data"], added["sections"])


def test_every_option_of_a_choice_has_its_text() -> None:
    options = texts(("selector",))
    for _, schema in FORMS:
        for _, _, value in fields(schema):
            for selector in value.validators if isinstance(value, probatio.All) else (value,):
                if isinstance(selector, SelectSelector) and (key := selector.config.get("translation_key")):
                    assert set(selector.config["options"]) <= set(options[key]["options"])
                if isinstance(selector, ObjectSelector):
                    assert set(selector.config["fields"]) == set(options[selector.config["translation_key"]]["fields"])
    assert set(schemas.WEEKDAYS) == set(options["weekday"]["options"])


def test_every_form_can_be_sent_to_a_browser() -> None:
    """Home Assistant turns each schema into JSON; one that it cannot turn would be an error in the dialog."""
    for path, schema in FORMS:
        assert probatio.to_field_list(schema, custom_serializer=cv.custom_serializer) or path[-1] == "prices"


def strings(path: Path) -> set[str]:
    """Every text constant of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_errors_of_the_forms_and_their_texts_are_the_same() -> None:
    """No error without a sentence, no sentence of an error that nothing raises."""
    flow = strings(PACKAGE / "config_flow.py") | strings(PACKAGE / "flows" / "checks.py")
    device = strings(PACKAGE / "flows" / "device.py") | strings(PACKAGE / "flows" / "checks.py")
    shared = set().union(
        *(strings(PACKAGE / "devices" / f"{name}.py") for name in ("heat", "heat_acting", "cogeneration"))
    )
    of_kind = {kind: strings(PACKAGE / "devices" / f"{kind}.py") | shared for kind in KINDS}
    assert set(texts(("config", "error"))) <= flow | device | of_kind["pv"] | of_kind["battery"]
    for kind in KINDS:
        assert set(texts(("config_subentries", kind, "error"))) <= device | of_kind[kind]
    assert set(checks._PROBLEMS.values()) <= set(texts(("config", "error")))


def test_every_rule_of_the_model_has_its_sentence() -> None:
    """English is the model's own sentence, with the same placeholders."""
    exceptions = texts(("exceptions",))
    assert {key: exceptions[key]["message"] for key in MESSAGES} == MESSAGES
