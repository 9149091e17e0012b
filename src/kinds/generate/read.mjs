/** Reads the models of two npm packages: @kubernetes/client-node (fields, formats) and kubernetes-models (texts, enums). */
import fs from 'node:fs'
import path from 'node:path'

/** Every d.ts interface of kubernetes-models: `core/v1/Container` → { doc, fields: { name: { type, doc } } }. */
export function readModels(nodeModules) {
  const models = new Map()
  const roots = [
    ['kubernetes-models', path.join(nodeModules, 'kubernetes-models')],
    ['@kubernetes-models/apimachinery', path.join(nodeModules, '@kubernetes-models/apimachinery')],
  ]
  for (const [, root] of roots) {
    for (const file of fs.readdirSync(root, { recursive: true }).sort()) {
      if (!file.endsWith('.d.ts') || file.startsWith('_schemas')) continue
      const [dir, name] = [path.dirname(file), path.basename(file, '.d.ts')]
      const model = parseInterface(fs.readFileSync(path.join(root, file), 'utf8'), name)
      if (model) models.set(`${groupOf(dir)}/${path.basename(dir)}/${name}`, model)
    }
  }
  return models
}

const groupOf = (dir) => (dir === 'v1' ? 'core' : dir.startsWith('apis/meta') ? 'meta' : path.dirname(dir))

function parseInterface(source, name) {
  const match = new RegExp(
    `(?:/\\*\\*\\n((?: \\*.*\\n)*?) \\*/\\n)?export interface I${name}(?: extends \\w+)? \\{\\n([\\s\\S]*?)\\n\\}\\n`,
  ).exec(source)
  if (!match) return undefined
  const fields = {}
  const field = /(?: {4}\/\*\*\n((?: {5}\*.*\n)*?) {5}\*\/\n)? {4}"([^"]+)"(\??): ((?:[^;{]|\{[^}]*\})+);/g
  for (let m; (m = field.exec(match[2])); ) fields[m[2]] = { doc: comment(m[1], 7), type: m[4], required: !m[3] }
  return { doc: comment(match[1], 3), fields }
}

const comment = (text, indent) =>
  (text ?? '')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(indent))
    .join('\n')
    .replaceAll('*\\/', '*/')
    .replaceAll('\\*', '*')
    .replace(/\n@deprecated$/, '')

/** Every model of client-node with its attribute map and which of them are required. */
export async function readClient(nodeModules) {
  const dir = path.join(nodeModules, '@kubernetes/client-node/dist/gen/models')
  const client = new Map()
  for (const file of fs.readdirSync(dir).sort()) {
    if (!file.endsWith('.js')) continue
    const name = file.slice(0, -3)
    const source = fs.readFileSync(path.join(dir, file), 'utf8')
    const map = /attributeTypeMap = (\[[\s\S]*?\n\]);/.exec(source)
    if (!map) continue
    const types = fs.readFileSync(path.join(dir, `${name}.d.ts`), 'utf8')
    const doc = /\/\*\*\n\* (.*)\n\*\/\nexport declare class/.exec(types)?.[1] ?? ''
    client.set(name, {
      doc: unquote(doc),
      fields: JSON.parse(map[1]).map((a) => ({
        name: a.baseName,
        type: a.type,
        format: a.format,
        required: types.includes(`'${a.name}': `),
        doc: unquote(new RegExp(`\\* (.*)\\n {4}\\*/\\n {4}'${a.name}'\\??: `).exec(types)?.[1] ?? ''),
      })),
    })
  }
  return client
}

const unquote = (text) => text.replaceAll("\\'", "'").replaceAll('\\"', '"')
