"""Writes docs/schema.json and docs/schema.md from the declarations of the model.

scripts/schema            writes both
scripts/schema --check    says whether they are what it would write
"""

import argparse
import itertools
import json
from pathlib import Path
import sys
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGE = "custom_components.cem_sgcp"
if PACKAGE not in sys.modules:
    # The brain alone is asked: its package is entered without the integration around it, which needs Home Assistant.
    sys.path.insert(0, str(ROOT))
    package = ModuleType(PACKAGE)
    package.__path__ = [str(ROOT / "custom_components" / "cem_sgcp")]
    sys.modules[PACKAGE] = package

from custom_components.cem_sgcp.cem import model  # noqa: E402
from custom_components.cem_sgcp.cem.model.base import LONGEST_LIST, SCHEMA_VERSION, Declared, Model, declared  # noqa: E402
from custom_components.cem_sgcp.cem.model.convert import FIRST_YEAR, LAST_YEAR, LONGEST_TEXT  # noqa: E402
from custom_components.cem_sgcp.cem.model.schema import json_schema, sentence  # noqa: E402

JSON_FILE = ROOT / "docs" / "schema.json"
TEXT_FILE = ROOT / "docs" / "schema.md"

INTRODUCTION = """
# Data model, schema version {version}

The neutral model of the customer energy manager as JSON. Actions take these objects, events and diagnostics show
them, and the state on disk is made of them. [schema.json](schema.json) says the same for machines (JSON Schema, draft
2020-12). Both files are made by `scripts/schema` from the declarations that also check every record.

## Rules for all

* Units are W, Wh, s, °C, currency/kWh and gCO2/kWh. Consumption and import are positive, generation and export
  negative; limits are magnitudes with a direction.
* Moments are ISO 8601 texts with an offset, in the years {first} to {last}; they are kept in UTC.
* Numbers are finite. Without bounds of its own a field lies within ±1e15, W within ±1e9, Wh within ±1e12, s within a
  year, prices within ±1e6 per kWh.
* Texts have at most {text} characters, lists at most {list} entries.
* Fields that may be null may be left out. Fields that nobody knows are kept and written out again, as long as they
  are plain JSON of at most 32 levels.
* A document that stands alone has `schema` (`cem_sgcp/` and the name of the record) and `schema_version`. A document
  of a later version is refused by name; one of an earlier version is read.
* Where an object is one of several kinds, `type` says which.
* An object that does not fit is refused with the path of the field, the value and what would be right; nothing
  changes then.

The column *also called* has the names of sibling standards: S2 (EN 50491-12-2), SPINE (EEBUS), Matter Device Energy
Management, OpenADR, SEMP. S2 counts time in ms, Matter power in mW and energy in mWh: adapters convert.
"""

CHAPTERS = {
    "Energy profile": ["EnergyProfile", "Group", "Sequence", "Slot", "QuantityValue", "SlotCost", "EasyPowerProfile"],
    "Price and environment profile": [
        "PriceProfile",
        "PriceSlot",
        "PriceTier",
        "CapacityCharge",
        "ActiveTime",
        "NetMetering",
    ],
    "Load and generation management": ["Limit", "SetPoint", "LoadManagementEvent", "TrafficLight"],
    "Temperature profile": ["TemperatureProfile", "TemperatureSlot", "ThermalModel"],
    "Control types": [
        "PowerEnvelope",
        "AllowedLimitRange",
        "EnergyConstraint",
        "PowerProfile",
        "OperationModes",
        "OperationMode",
        "ModeQuota",
        "FillRate",
        "FillRateActuator",
        "FillRateMode",
        "FillRateElement",
        "LeakageElement",
        "LevelTarget",
        "DemandDriven",
        "DemandDrivenActuator",
        "DemandDrivenMode",
        "NotControllable",
        "NumberRange",
        "Timer",
        "Transition",
    ],
    "Series and time": ["TimeGrid", "Series", "Interval"],
    "Premises": ["SiteSnapshot", "Resource", "Goals", "Scenario", "DeviceScenario"],
    "Runs and plans": [
        "Run",
        "ScheduledSlot",
        "Plan",
        "DevicePlan",
        "ActuatorPlan",
        "PlannedRun",
        "Term",
        "Relaxation",
        "Note",
        "Instruction",
        "ModeChoice",
    ],
}


def records() -> dict[str, type[Model]]:
    """Return every record of the model by name."""
    found = {
        name: entry
        for name in model.__all__
        if isinstance(entry := getattr(model, name), type) and issubclass(entry, Model) and entry is not Model
    }
    return dict(sorted(found.items()))


def json_text() -> str:
    """Return docs/schema.json."""
    return json.dumps(json_schema(records()), indent=1, ensure_ascii=False) + "\n"


def markdown() -> str:
    """Return docs/schema.md."""
    known = records()
    missing = set(known) - set(itertools.chain.from_iterable(CHAPTERS.values()))
    if missing:
        raise SystemExit(f"scripts/schema.py: these records are in no chapter: {', '.join(sorted(missing))}")
    schema = json_schema(known)["$defs"]
    parts = [
        INTRODUCTION.format(
            version=SCHEMA_VERSION, first=FIRST_YEAR, last=LAST_YEAR, text=LONGEST_TEXT, list=LONGEST_LIST
        ).strip()
    ]
    for chapter, names in CHAPTERS.items():
        parts.append(f"## {chapter}")
        for name in names:
            parts += _record(known[name], schema[name])
    return "\n\n".join(parts) + "\n"


def _record(cls: type[Model], schema: dict[str, Any]) -> list[str]:
    kind = f" `type` is `{cls.type_name}`." if cls.type_name else ""
    rows = [_row(entry, schema["properties"][entry.name]) for entry in declared(cls)]
    parts = [f"### {cls.__name__}", f"{sentence(cls)}{kind}"]
    if rows:
        head = ["| field | type | unit | default | meaning | also called |", "| --- | --- | --- | --- | --- | --- |"]
        parts.append("\n".join(head + rows))
    return parts


def _row(entry: Declared, schema: dict[str, Any]) -> str:
    default = "**required**" if entry.required else _default(schema.get("default"))
    cells = [
        f"`{entry.name}`",
        _type(schema),
        schema.get("x-unit", ""),
        default,
        schema.get("description", ""),
        schema.get("x-also-called", ""),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(value: Any) -> str:
    if value is None:
        return ""
    return "none" if value == [] else f"`{json.dumps(value)}`"


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return _type(schema["anyOf"][0])
    if "oneOf" in schema:
        return "one of " + ", ".join(_type(choice) for choice in schema["oneOf"])
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    if schema["type"] == "array":
        most = f", at most {schema['maxItems']}" if schema["maxItems"] < LONGEST_LIST else ""
        return f"list of {_type(schema['items'])}{most}"
    if schema["type"] in {"number", "integer"}:
        return schema["type"] + _bounds(schema)
    return {"string": "moment" if schema.get("format") == "date-time" else "text"}.get(schema["type"], schema["type"])


def _bounds(schema: dict[str, Any]) -> str:
    low, high = schema["minimum"], schema["maximum"]
    if low == -high:
        return ""
    return f" {low:.10g} to {high:.10g}" if high <= 1e6 else f" from {low:.10g}"


def main() -> None:
    """Write or compare the two files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is out of date")
    check = parser.parse_args().check
    stale = []
    for path, text in ((JSON_FILE, json_text()), (TEXT_FILE, markdown())):
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.name)
        if not check:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    if check and stale:
        raise SystemExit(f"out of date: {', '.join(stale)}; run scripts/schema")


if __name__ == "__main__":
    main()
