#!/usr/bin/env python3
"""docs/schemas are sound JSON Schema 2020-12; every good document fits them, every bad one that our loader refuses for its form does not."""
import json
import pathlib
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as error:
    sys.exit(f"{error}: install the packages of packages.txt")

ROOT = pathlib.Path(sys.argv[1])
GOLDEN = ROOT / "tests/golden/diagnostics"
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$")
failures = 0


class Loader(yaml.SafeLoader):
    """Plain scalars as Lintel takes them where a schema admits anything."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(~|null|)$"), ["~", "n", ""])
Loader.add_implicit_resolver("tag:lintel,number", NUMBER, list("-0123456789"))
Loader.add_constructor("tag:lintel,number", lambda loader, node: json.loads(node.value))


def fail(text):
    global failures
    failures += 1
    print("FAIL", text)


def validators():
    found = {}
    for path in sorted((ROOT / "docs/schemas").glob("*.schema.json")):
        schema = json.loads(path.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        name = path.name.removesuffix(".schema.json")
        if schema.get("$id") != f"urn:lintel:{name}/1":
            fail(f"{path.name}: $id is {schema.get('$id')}")
        undescribed = [key for key, value in schema.get("properties", {}).items() if not (value.get("description") or "$ref" in value)]
        if name != "run" and undescribed:
            fail(f"{path.name}: no description for {', '.join(undescribed)}")
        found[name] = jsonschema.Draft202012Validator(schema)
    return found


def main():
    schemas = validators()
    good = 0
    documents = [*ROOT.glob("profiles/**/*.yaml"), *ROOT.glob("checks/**/*.yaml"), *ROOT.glob("samples/*/*.yaml"), *GOLDEN.glob("world/**/*.yaml")]
    for path in documents:
        document = yaml.load(path.read_text(), Loader)
        kind = document["lintel"].split("/")[0]
        for error in schemas[kind].iter_errors(document):
            fail(f"{path.relative_to(ROOT)}: {error.json_path}: {error.message}")
        good += 1

    # Codes that only the schema gives. A date-time is an annotation to this validator, and a text may be written as a number for ours.
    by_form = {"E021", "E022", "E023", "E024", "E025", "E026", "E027", "E029", "E030"}
    # Told by the probe's schema or across members, not by the document's own.
    beyond = {"check/38", "check/39", "check/40", "check/42", "check/43", "check/78", "check/79", "check/80", "check/81", "target/68", "target/73", "target/a0"}
    bad = 0
    for path in sorted(GOLDEN.glob("*/*.txt")):
        codes = set(re.findall(r": error (E\d+):", path.read_text()))
        name = f"{path.parent.name}/{path.stem[:2]}"
        if not codes & by_form or name in beyond:
            continue
        document = yaml.load(path.with_suffix(".yaml").read_text(), Loader)
        if schemas[path.parent.name].is_valid(document):
            fail(f"{path.relative_to(ROOT)}: the loader refuses it, python3-jsonschema does not")
        bad += 1

    print(f"{len(schemas)} schemas, {good} good documents, {bad} bad ones")
    if good < 40 or bad < 190:
        fail("too few documents were looked at")
    sys.exit(1 if failures else 0)


main()
