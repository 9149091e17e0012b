import { type Document, isMap, isSeq, parseAllDocuments, stringify, Document as YamlDocument } from 'yaml'
import { SysError } from '../../host/index.ts'
import { defineTool, flag, optional, value } from '../command.ts'
import type { Node } from './jq/ast.ts'
import { Machine } from './jq/evaluate.ts'
import { equal, type Json, parseJson, print } from './jq/json.ts'
import { JqSyntaxError } from './jq/lexer.ts'
import { parseJq } from './jq/parser.ts'
import { JqCompileError } from './jq/scope.ts'
import { JqError } from './jq/values.ts'

const WRITE = { lineWidth: 0 } as const

/** Plain data of a YAML document with maps in order. */
function toJson(v: unknown): Json {
  if (v === null || v === undefined) return null
  if (v instanceof Map) return new Map([...v].map(([k, x]) => [String(k), toJson(x)]))
  if (Array.isArray(v)) return v.map(toJson)
  if (typeof v === 'bigint') return Number(v)
  if (v instanceof Date) return v.toISOString()
  return v as Json
}

const fromJson = (v: Json): unknown =>
  v instanceof Map ? new Map([...v].map(([k, x]) => [k, fromJson(x)])) : Array.isArray(v) ? v.map(fromJson) : v

/** Changes a document to a new value in place, so that comments and styles of what stays are kept. */
function sync(doc: Document, path: (string | number)[], old: Json, next: Json): void {
  if (equal(old, next) && sameKeys(old, next)) return
  const node = path.length === 0 ? doc.contents : doc.getIn(path, true)
  if (old instanceof Map && next instanceof Map && isMap(node)) {
    for (const k of old.keys()) if (!next.has(k)) doc.deleteIn([...path, k])
    for (const [k, v] of next) {
      if (old.has(k)) sync(doc, [...path, k], old.get(k)!, v)
      else doc.setIn([...path, k], doc.createNode(fromJson(v)))
    }
    return
  }
  if (Array.isArray(old) && Array.isArray(next) && isSeq(node)) {
    for (let i = 0; i < Math.min(old.length, next.length); i++) sync(doc, [...path, i], old[i], next[i])
    for (let i = old.length - 1; i >= next.length; i--) doc.deleteIn([...path, i])
    for (let i = old.length; i < next.length; i++) doc.addIn(path, doc.createNode(fromJson(next[i])))
    return
  }
  if (path.length === 0) doc.contents = doc.createNode(fromJson(next)) as typeof doc.contents
  else if (next === null || typeof next !== 'object') doc.setIn(path, next)
  else doc.setIn(path, doc.createNode(fromJson(next)))
}

const sameKeys = (a: Json, b: Json): boolean =>
  !(a instanceof Map && b instanceof Map) || [...a.keys()].join('\0') === [...b.keys()].join('\0')

/** yq's expressions are jq's with a few differences: bare hyphens in keys, env(), strenv(). */
function translate(expression: string): string {
  return expression
    .split(/("(?:\\.|[^"\\])*")/)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part
            .replace(/\.([A-Za-z_]\w*(?:-[A-Za-z_][\w]*)+)/g, '."$1"')
            .replace(/\bstrenv\((\w+)\)/g, '($ENV.$1)')
            .replace(/\benv\((\w+)\)/g, '($ENV.$1 | (fromjson? // .))')
            .replace(/\beval\b/g, '')
            .replace(/\b(sort_keys|explode)\(([^)]*)\)/g, (_m, f: string) =>
              f === 'explode'
                ? '.'
                : 'walk(if type == "object" then to_entries | sort_by(.key) | from_entries else . end)',
            )
            .replace(/\bto_json\b/g, 'tojson')
            .replace(/\bfrom_json\b/g, 'fromjson')
            .replace(/\bdowncase\b/g, 'ascii_downcase')
            .replace(/\bupcase\b/g, 'ascii_upcase'),
    )
    .join('')
}

export const yq = defineTool({
  name: 'yq',
  summary: 'yq is a portable command-line data file processor (https://github.com/mikefarah/yq/)',
  usage: '[flags]\nyq [command]',
  version: 'yq (https://github.com/mikefarah/yq/) version v4.44.3',
  options: {
    inPlace: flag('i', 'inplace', 'update the file in place of first file given.'),
    output: value('o', 'output-format', '[auto|yaml|json|props|csv|tsv]', 'output format type.'),
    input: value('p', 'input-format', '[auto|yaml|json]', 'parse format for input.'),
    json: flag('j', 'tojson', '(deprecated) output as json.'),
    indent: value('I', 'indent', 'int', 'sets indent level for output (default 2)'),
    noDoc: flag('N', 'no-doc', "Don't print document separators (---)"),
    nullInput: flag('n', 'null-input', "Don't read input, simply evaluate the expression given."),
    exitStatus: flag('e', 'exit-status', 'set exit status if there are no matches or null or false is returned'),
    raw: optional('r', 'unwrapScalar', 'bool', 'unwrap scalar, print the value with no quotes, colors or comments.'),
    pretty: flag('P', 'prettyPrint', 'pretty print, shorthand for \'... style = ""\''),
    colors: flag('C', 'colors', 'force print with colors'),
    noColors: flag('M', 'no-colors', 'force print with no colors'),
    expressionFile: value('', 'from-file', 'string', 'Load expression from specified file.'),
  },
  *run(t) {
    const o = t.opts
    const args = [...t.args]
    if (['eval', 'e', 'eval-all', 'ea'].includes(args[0])) args.shift()
    const error = (text: string): number => {
      t.p.stderr.write(`Error: ${text}\n`)
      return 1
    }
    let expression = '.'
    // A single operand that names a file is the file.
    const isFile = (a: string): boolean => a === '-' || t.p.fs.find(a, t.p.cwd)?.kind === 'file'
    if (args.length > 0 && !(args.length === 1 && isFile(args[0]))) expression = args.shift()!
    if (o.inPlace && args.length === 0)
      return error('write in place flag only applicable when giving an expression and at least one file')
    let program: Node
    try {
      program = parseJq(translate(expression))
    } catch (e) {
      if (e instanceof JqSyntaxError) return error(`1:1: invalid input text ${JSON.stringify(expression)}`)
      throw e
    }
    const machine = new Machine({
      input: () => undefined,
      env: () => new Map(Object.entries(t.p.env)),
      now: () => t.p.now(),
      warn: (text) => t.p.stderr.write(text),
    })
    const asJson = o.json > 0 || o.output === 'json' || o.output === 'j'
    const indent = Number(o.indent ?? 2)
    const results: string[] = []
    let good = false
    const show = (v: Json, doc?: Document): string => {
      if (v !== null && v !== false) good = true
      if (asJson) return `${print(v, { indent: ' '.repeat(indent) })}\n`
      if (v === null || typeof v !== 'object') return `${v === null ? 'null' : String(v)}\n`
      if (doc) return doc.toString({ ...WRITE, indent: indent || 2 })
      return stringify(fromJson(v), { ...WRITE, indent: indent || 2 })
    }
    const evaluate = (doc: Document | undefined, input: Json): string[] => {
      const out: string[] = []
      const before = input
      for (const v of machine.run(program, input, new Map())) {
        const whole = doc && ((v instanceof Map && before instanceof Map && changesWhole(program)) || v === before)
        if (whole && doc) {
          sync(doc, [], before, v)
          out.push(show(v, doc))
        } else out.push(show(v))
      }
      return out
    }
    try {
      if (o.nullInput) {
        t.write(evaluate(new YamlDocument(null), null).join(''))
        return 0
      }
      for (const file of args.length > 0 ? args : ['-']) {
        let text: string
        try {
          text = file === '-' ? yield* t.all(t.p.stdin) : t.p.fs.readFile(file, t.p.cwd, t.p.creds)
        } catch (e) {
          if (e instanceof SysError) return error(e.goMessage)
          throw e
        }
        const docs =
          o.input === 'json'
            ? [new YamlDocument(fromJson(parseJson(text)))]
            : parseAllDocuments(text, { keepSourceTokens: false })
        const list = (Array.isArray(docs) ? docs : []) as Document[]
        const printed: string[] = []
        for (const doc of list.length > 0 ? list : [new YamlDocument(null) as Document]) {
          const problem = doc.errors[0]
          if (problem)
            return error(
              `bad file '${file}': yaml: line ${problem.linePos?.[0].line ?? 1}: ${problem.message.split(' at line')[0]}`,
            )
          const input = toJson(doc.toJS({ mapAsMap: true }))
          printed.push(evaluate(doc, input).join(''))
        }
        const text2 = printed
          .map((d, i) => (i > 0 && !o.noDoc && !asJson && !d.startsWith('---') ? `---\n${d}` : d))
          .join('')
        if (o.inPlace) t.p.fs.writeFile(file, text2, { cwd: t.p.cwd, creds: t.p.creds })
        else results.push(text2)
        if (o.inPlace) return 0
      }
    } catch (e) {
      if (e instanceof JqError || e instanceof JqCompileError) return error(e.message)
      throw e
    }
    t.write(results.join(''))
    if (o.exitStatus && !good) return error('no matches found')
    return 0
  },
})

/** True when the expression yields the changed document itself rather than a part of it. */
function changesWhole(n: Node): boolean {
  if (n.k === 'assign' || n.k === 'identity') return true
  if (n.k === 'pipe') return changesWhole(n.b) && (n.a.k !== 'index' || n.b.k !== 'identity') && changesWhole(n.a)
  if (n.k === 'call') return n.name === 'del' || n.name === 'walk' || n.name === 'with_entries' || n.name === 'select'
  return false
}
