// Reads documents of four formats with validators of others. From standard input: {"documents": [{name, format, text}], "cwe": [{id, name}], "schemas": folder};
// to standard output: {name: [what is wrong]} and, for HDF, what MITRE's viewer would show of each control.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import * as csaf from '@secvisogram/csaf-validator-lib/mandatoryTests.js'
import { csaf_2_0_strict } from '@secvisogram/csaf-validator-lib/schemaTests.js'
import { weaknesses } from '@secvisogram/csaf-validator-lib/cwe.js'
import validateStrict from '@secvisogram/csaf-validator-lib/validateStrict.js'

const require = createRequire(import.meta.url)
const Ajv = require('ajv')
const formats = require('ajv-formats')
const inspec = require('inspecjs')
const { Spec, Validation } = require('@cyclonedx/cyclonedx-library')

const input = JSON.parse(readFileSync(0, 'utf8'))

function bySchema(file) {
  const ajv = new Ajv({ allErrors: true, strict: false })
  formats(ajv)
  const validate = ajv.compile(JSON.parse(readFileSync(`${input.schemas}/${file}`, 'utf8')))
  return (document) => (validate(document) ? [] : validate.errors.map((e) => `${e.instancePath} ${e.message}`))
}

const cyclonedx = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
const mandatory = Object.values(csaf)
const validators = {
  oscal: bySchema('oscal_ar_1.1.3.json'),
  hdf: bySchema('hdf.json'),
  csaf: async (document) => {
    const result = await validateStrict([csaf_2_0_strict, ...mandatory], document)
    const wrong = result.tests.flatMap((test) => test.errors.map((e) => `${test.name} ${e.instancePath} ${e.message}`))
    return result.isValid || wrong.length > 0 ? wrong : ['not valid']
  },
  cyclonedx: async (document) => {
    const errors = await cyclonedx.validate(JSON.stringify(document))
    return errors === null ? [] : errors.map((e) => `${e.instancePath} ${e.message}`)
  },
}

const wrong = {}
const shown = {}
for (const { name, format, text } of input.documents) {
  const document = JSON.parse(text)
  wrong[name] = await validators[format](document)
  if (format !== 'hdf' || wrong[name].length > 0) continue
  const parsed = inspec.convertFile(text, true)['1_0_ExecJson']
  shown[name] = Object.fromEntries(parsed.profiles[0].controls.map((c) => [c.id, inspec.hdfWrapControl(c).status]))
}
const names = new Map(weaknesses.map((one) => [one.id, one.name]))
wrong.cwe = input.cwe.filter((one) => names.get(one.id) !== one.name).map((one) => `${one.id} is not "${one.name}" but "${names.get(one.id)}"`)
console.log(JSON.stringify({ wrong, shown, mandatory: mandatory.length }))
