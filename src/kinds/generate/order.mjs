/**
 * Writes what only the Go structs say, the API's published schema being alphabetical and of plain strings:
 * schema/order.data.ts, in which order they hold the fields, which is how encoding/json writes them; and
 * schema/go-types.data.ts, the types and embedded structs that encoding/json names when a value does not fit. Run with the sources of release 1.36 outside the
 * repository, a folder that holds `api`, `apimachinery`, `apiextensions-apiserver` and `kube-aggregator` of k8s.io:
 *
 *   node src/kinds/generate/order.mjs /tmp/k8s.io
 */
import fs from 'node:fs'
import path from 'node:path'

const [root] = process.argv.slice(2)
const out = new URL('../schema/', import.meta.url)

const packages = [
  'apimachinery/pkg/apis/meta/v1',
  'apiextensions-apiserver/pkg/apis/apiextensions/v1',
  'kube-aggregator/pkg/apis/apiregistration/v1',
  ...fs
    .readdirSync(path.join(root, 'api'))
    .flatMap((group) => ['v1', 'v2'].map((version) => `api/${group}/${version}`))
    .filter((dir) => fs.existsSync(path.join(root, dir))),
]

/** `[]Rule` of a file as reflection names it: pointers left out, packages by the last part of their path. */
function reflected(type, here, imports) {
  return type
    .replaceAll('*', '')
    .replace(/(?:(\w+)\.)?\b([A-Z]\w*)/g, (_, alias, name) => `${alias ? (imports.get(alias) ?? alias) : here}.${name}`)
    .replace(/\[\]byte\b/, '[]uint8')
}

/** Structs by name, of all packages: their fields in order, `{ embeds }` for an inlined struct. */
const structs = new Map()
for (const dir of packages)
  for (const file of fs
    .readdirSync(path.join(root, dir))
    .filter((f) => f.endsWith('.go') && !f.startsWith('generated'))) {
    const text = fs.readFileSync(path.join(root, dir, file), 'utf8')
    const imports = new Map(
      [...text.matchAll(/^(?:\s+|import )(\w+)?\s*"([\w./-]+)"$/gm)].map(([, alias, from]) => [
        alias ?? from.split('/').pop(),
        from.split('/').pop(),
      ]),
    )
    for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      const fields = []
      for (const line of body.split('\n')) {
        const [, type, json, inline] =
          /^\s+(?:\w+\s+)?(\*?[\w.[\]*]+)\s+`.*json:"([^",]*)(,inline|)[^"]*"/.exec(line) ?? []
        if (json === undefined || json === '-') continue
        if (inline || !json) fields.push({ embeds: type.replace('*', '').split('.').pop() })
        else
          fields.push({
            json,
            path: '',
            type: reflected(type, path.basename(dir), imports),
            version: path.basename(dir),
          })
      }
      structs.set(name, [...(structs.get(name) ?? []), fields])
    }
  }

const TYPE_META = ['kind', 'apiVersion'].map((json) => ({ json, path: '', type: 'string' }))

/** All readings of a struct, inlined ones put in their place. */
function readings(name) {
  return (structs.get(name) ?? []).flatMap((fields) =>
    fields.reduce(
      (soFar, field) =>
        field.embeds
          ? soFar.flatMap((list) =>
              (field.embeds === 'TypeMeta' ? [TYPE_META] : readings(field.embeds)).map((more) => [
                ...list,
                ...more.map((f) => (field.embeds === 'TypeMeta' ? f : { ...f, path: `${field.embeds}.${f.path}` })),
              ]),
            )
          : soFar.map((list) => [...list, field]),
      [[]],
    ),
  )
}

/** What messages would say without the table, see goType. */
const SCALARS = {
  s: 'string',
  i: 'int32',
  l: 'int64',
  n: 'float64',
  b: 'bool',
  t: 'v1.Time',
  u: 'v1.MicroTime',
  q: 'resource.Quantity',
  x: 'intstr.IntOrString',
  y: '[]uint8',
  o: 'interface {}',
}
function assumed(code) {
  if (code[0] === '[') return `[]${assumed(code.slice(1))}`
  if (code[0] === '{') return `map[string]${assumed(code.slice(1))}`
  const [, version, name] = /(V\d)([A-Z].*)$/.exec(code) ?? []
  return name ? `${version.toLowerCase()}.${name}` : SCALARS[code[0]]
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const { TYPES } = await import(
  `data:text/javascript,${encodeURIComponent(fs.readFileSync(new URL('types.data.ts', out), 'utf8'))}`
)
const lines = []
const types = []
const missing = []
for (const line of TYPES.split('\n')) {
  const [head, ...entries] = line.split(' ')
  const model = head.replace('!', '')
  const names = entries.map((e) => /^([^!*+:-]+|x-kubernetes[^!*+:]+)/.exec(e)[1])
  const wanted = [...names].sort().join()
  const [, version, name] = /(V\d)([A-Z].*)$/.exec(model)
  const own = (reading) => reading.some((f) => f.version === version.toLowerCase())
  const found = readings(name).sort((a, b) => own(b) - own(a))
  const reading = found.find(
    (r) =>
      r
        .map((f) => f.json)
        .sort()
        .join() === wanted,
  )
  const order = reading?.map((f) => f.json)
  if (!order) missing.push(model)
  else if (order.join() !== names.join()) lines.push(`${model} ${order.map((n) => DIGITS[names.indexOf(n)]).join('')}`)
  const fields = reading ?? found.find((r) => names.every((name) => r.some((f) => f.json === name))) ?? []
  const told = entries.flatMap((entry, i) => {
    const field = fields.find((f) => f.json === names[i])
    if (!field) return []
    const [, code] = /:(.[^=@~]*)/.exec(entry)
    const type = field.type === assumed(code) ? '' : `:${field.type}`
    const embedded = field.path ? `<${field.path.slice(0, -1)}` : ''
    return type || embedded ? [names[i] + embedded + type] : []
  })
  if (told.length) types.push([model, ...told].join(' '))
}
console.error(`${lines.length} orders; not found: ${missing.join(' ')}`)
const write = (file, name, content) =>
  fs.writeFileSync(
    new URL(file, out),
    `// Generated by generate/order.mjs from the sources of k8s.io/api 0.36. Do not edit.\nexport const ${name} = \`${content.join('\n')}\`\n`,
  )
write('order.data.ts', 'ORDER', lines)
write('go-types.data.ts', 'GO_TYPES', types)
