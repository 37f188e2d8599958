"""Whether a JSON document that lintel printed fits its schema of docs/schemas. For tests of the commands that print one."""
import json
import pathlib

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "docs/schemas"


def misfits(document):
    """What is wrong, by the schema that the document's own first member names; empty when it fits."""
    name, version = document["lintel"].split("/")
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    if schema["$id"] != f"urn:lintel:{name}/{version}":
        return [f"no schema for {document['lintel']}"]
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(document)]
