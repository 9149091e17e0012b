/**
 * Writes schema/types.data.ts and schema/docs.data.ts. Run with the packages installed outside the repository:
 *
 *   npm install --prefix /tmp/models @kubernetes/client-node@2.0.1 kubernetes-models@5.1.0
 *   node src/kinds/generate/generate.mjs /tmp/models/node_modules
 *
 * client-node 2.0.x carries the fields of release 1.36; kubernetes-models the same texts with the enums. Format of the
 * data: schema/load.ts.
 */
import fs from 'node:fs'
import { fixes, roots } from './fixes.mjs'
import { lists, omitted, pointers, present } from './lists.mjs'
import { readClient, readModels } from './read.mjs'

const [nodeModules] = process.argv.slice(2)
const out = new URL('../schema/', import.meta.url)
const client = await readClient(nodeModules)
const models = readModels(nodeModules)

/** Groups in which a model without a group prefix may be found, and what client-node calls those with one. */
const PREFIXES = {
  Admissionregistration: 'admissionregistration.k8s.io',
  Apiextensions: 'apiextensions.k8s.io',
  Apiregistration: 'apiregistration.k8s.io',
  Authentication: 'authentication.k8s.io',
  Core: 'core',
  Discovery: 'discovery.k8s.io',
  Events: 'events.k8s.io',
  Flowcontrol: 'flowcontrol.apiserver.k8s.io',
  Rbac: 'rbac.authorization.k8s.io',
  Resource: 'resource.k8s.io',
  Storage: 'storage.k8s.io',
}

function textsOf(name) {
  const [, prefix, version, base] = /^([A-Z][a-z]+)?(V\d)([A-Z].*)$/.exec(name) ?? []
  if (!base) return undefined
  const v = version.toLowerCase()
  if (prefix && PREFIXES[prefix]) return models.get(`${PREFIXES[prefix]}/${v}/${base}`)
  for (const [key, model] of models) if (key.endsWith(`/${v}/${base}`)) return model
  return undefined
}

const merge = new Map()
for (const line of lists.trim().split('\n')) {
  const [name, rest] = line.split(': ')
  const [, type, keys, strategy, by, map] =
    /^(map|set|atomic)?(?: ?\[(.*?)\])?(?: ?patch (\S+)(?: by (\S+))?)?(?: ?map-(\S+))?$/.exec(rest ?? '') ?? []
  merge.set(name, { type, keys, strategy, by, map, atomic: !rest })
}

const flags = new Map()
for (const [table, flag] of [
  [pointers, '*'],
  [present, '+'],
  [omitted, '-'],
]) {
  for (const line of table.trim().split('\n')) {
    const [model, names] = line.split(': ')
    for (const name of names.split(' ')) flags.set(`${model}.${name}`, flag)
  }
}

const docs = ['']
const docIndex = new Map([['', 0]])
const doc = (text) => {
  if (!docIndex.has(text)) docIndex.set(text, docs.push(text) - 1)
  return docIndex.get(text)
}
const enums = []
const enumIndex = new Map()
const enumOf = (values) => {
  const key = values.join('|')
  if (!enumIndex.has(key)) enumIndex.set(key, enums.push(key) - 1)
  return enumIndex.get(key)
}

const SCALARS = {
  string: (format) => ({ byte: 'y' })[format] ?? 's',
  number: (format) => ({ int32: 'i', int64: 'l', double: 'n' })[format],
  boolean: () => 'b',
  Date: () => 't',
  V1MicroTime: () => 'u',
  IntOrString: () => 'x',
  any: () => 'o',
  object: () => 'o',
}

const queue = [...roots]
const seen = new Set(queue)

function typeCode(type, format, quantity) {
  let m
  if ((m = /^Array<(.*)>$/.exec(type))) return `[${typeCode(m[1], format, quantity)}`
  if ((m = /^\{ \[key: string\]: (.*); \}$/.exec(type))) return `{${typeCode(m[1], format, quantity)}`
  if (quantity) return 'q'
  if (SCALARS[type]) return SCALARS[type](format)
  if (!client.has(type)) throw new Error(`unknown type ${type}`)
  if (!seen.has(type)) {
    seen.add(type)
    queue.push(type)
  }
  return `#${type}`
}

/** Kubernetes' own type names behind `any`, for explain. */
const ANY = { FieldsV1: 'FieldsV1', RawExtension: 'RawExtension' }

const types = []
const texts = []
while (queue.length) {
  const name = queue.shift()
  const model = client.get(name)
  const text = textsOf(name)
  const line = [merge.get(name)?.atomic ? `${name}!` : name]
  const docLine = [name, doc(text?.doc || model.doc)]
  for (const field of model.fields) {
    const described = text?.fields[field.name]
    const fix = fixes[`${name}.${field.name}`] ?? {}
    const quantity = fix.quantity ?? /ResourceQuantity\b/.test(described?.type ?? '')
    let code = typeCode(field.type, field.format, quantity)
    if (code.endsWith('o')) {
      const any = Object.keys(ANY).find((a) => described?.type.includes(a))
      if (any) code += any
    }
    // The d.ts of a kind fixes its apiVersion and kind; the API server publishes no enum for them.
    const closed = field.name === 'apiVersion' || field.name === 'kind' || /Array<\{/.test(described?.type ?? '')
    const values = closed ? [] : [...(described?.type ?? '').matchAll(/"([^"]*)"/g)].map((m) => m[1])
    const rule = merge.get(`${name}.${field.name}`)
    const flag = flags.get(`${name}.${field.name}`) ?? (field.name === 'metadata' && code[0] === '#' ? '+' : '')
    let entry = `${field.name}${field.required ? '!' : ''}${flag}:${code}`
    if (values.length) entry += `=${enumOf(values)}`
    if (rule?.type === 'map') entry += `@${rule.keys}`
    if (rule?.type === 'set') entry += '@='
    if (rule?.map === 'atomic') entry += '@!'
    if (rule?.strategy) entry += `~${rule.strategy}${rule.by ? `/${rule.by}` : ''}`
    line.push(entry)
    docLine.push(doc(described?.doc || field.doc))
  }
  types.push(line.join(' '))
  texts.push(docLine.join(' '))
}

const literal = (text) => `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``
fs.mkdirSync(out, { recursive: true })
const head = '// Generated by generate/generate.mjs from @kubernetes/client-node and kubernetes-models. Do not edit.\n'
fs.writeFileSync(
  new URL('types.data.ts', out),
  `${head}export const ENUMS = ${literal(enums.join('\n'))}\nexport const TYPES = ${literal(types.sort().join('\n'))}\n`,
)
// Words that occur often are written as one letter of other alphabets: it halves the file (see schema/explain.ts).
const plain = docs.map((d) => d.replaceAll('\n', '\u0001')).join('\n')
const letters = []
for (let code = 0xa1; code <= 0x52f; code++) if (code !== 0xad && (code < 0x300 || code >= 0x370)) letters.push(code)
const WORD = / ?[A-Za-z][A-Za-z'/.:-]*[,.]?/g
const counts = new Map()
for (const [word] of plain.matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1)
const words = [...counts]
  .map(([word, count]) => ({ word, saved: (word.length - 2) * count - word.length - 1 }))
  .sort((x, y) => y.saved - x.saved || (x.word < y.word ? -1 : 1))
  .slice(0, letters.length)
  .map(({ word }) => word)
const letterOf = new Map(words.map((word, i) => [word, String.fromCharCode(letters[i])]))
if ([...plain].some((c) => letters.includes(c.codePointAt(0)))) throw new Error('a text uses a letter of the code')
const packed = plain.replace(WORD, (word) => letterOf.get(word) ?? word)
fs.writeFileSync(
  new URL('docs.data.ts', out),
  `${head}export const WORDS = ${literal(words.join('|'))}\nexport const DOCS = ${literal(packed)}\nexport const DOC_INDEX = ${literal(texts.sort().join('\n'))}\n`,
)
console.log(`${types.length} types, ${docs.length} texts, ${enums.length} enums`)
