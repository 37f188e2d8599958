// node schema.mjs MODULES SCHEMA DOCUMENT...: prints {"document": [errors]} for each, by ajv.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [modules, schemaPath, ...documents] = process.argv.slice(2);
const require = createRequire(modules + "/package.json");
const schema = JSON.parse(readFileSync(schemaPath, "utf8"));
const Ajv = (schema.$schema ?? "").includes("2020-12") ? require("ajv/dist/2020") : require("ajv");
const ajv = new Ajv({ strict: false, allErrors: false });
require("ajv-formats")(ajv);
const validate = ajv.compile(schema);
const out = {};
for (const path of documents) {
  const fine = validate(JSON.parse(readFileSync(path, "utf8")));
  out[path] = fine ? [] : validate.errors.map((error) => `${error.instancePath} ${error.message}`);
}
console.log(JSON.stringify(out));
