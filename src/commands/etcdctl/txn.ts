import type { Compare, Op, OpResult } from '../../etcd/api.ts'
import { prefixEnd } from '../../etcd/range.ts'
import { put, readLine } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { type Call, command } from '../lib/cobra.ts'
import { EXIT, ExitError } from './errors.ts'
import { clientOf, formatOf } from './globals.ts'
import { json, jsonHeader, jsonKv, simpleKv, some } from './output.ts'

const invalid = (message: string): ExitError => new ExitError(EXIT.invalidInput, message)

/** Models txn_command.go: compares, success and failure requests, each block ended by an empty line. */
export const txn = command({
  use: 'txn [options]',
  short: 'Txn processes all the requests in one transaction',
  long: 'Txn reads multiple etcd requests from standard input and applies them in a single atomic transaction.\nA transaction consists of list of conditions, a list of requests to apply if all the conditions are true, and a list of requests to apply if any condition is false.',
  flags: [{ name: 'interactive', short: 'i', type: 'bool', usage: 'Input transaction in interactive mode' }],
  *run(call) {
    const { p, args } = call
    if (args.length !== 0) throw new ExitError(EXIT.badArgs, 'txn command does not accept argument')
    const format = formatOf(call, ['table'])
    const client = clientOf(call)
    const compares = (yield* block(call, 'compares:')).map(parseCompare)
    const then = (yield* block(call, 'success requests (get, put, del):')).map(parseOp)
    const otherwise = (yield* block(call, 'failure requests (get, put, del):')).map(parseOp)
    // Has no --command-timeout: it asks until it is interrupted.
    const { header, succeeded, results } = yield* client.call('KV/Txn', undefined, (api) =>
      api.txn(compares, then, otherwise),
    )
    if (format === 'json')
      yield* put(
        p.stdout,
        `${json({ header: jsonHeader(header), succeeded: succeeded || undefined, responses: results.map((r) => jsonResult(r, header.revision)) })}\n`,
      )
    else
      yield* put(
        p.stdout,
        `${succeeded ? 'SUCCESS' : 'FAILURE'}\n${results.map((r) => `\n${simpleResult(r, call.flags.bool('hex'))}`).join('')}`,
      )
    return 0
  },
})

function* block(call: Call, title: string): Coro<string[]> {
  const { p, flags } = call
  if (flags.bool('interactive')) yield* put(p.stdout, `${title}\n`)
  const lines: string[] = []
  for (;;) {
    const line = yield* readLine(p.stdin)
    if (line === null || line === '') return lines
    lines.push(line)
  }
}

const TARGETS: Record<string, Compare['target']> = {
  c: 'create',
  create: 'create',
  m: 'mod',
  mod: 'mod',
  ver: 'version',
  version: 'version',
  val: 'value',
  value: 'value',
  lease: 'lease',
}

/** `mod("key") > "0"` */
function parseCompare(line: string): Compare {
  const match = /^\s*([a-z]+)\s*\(\s*(".*?"|[^)]*)\s*\)\s*(=|!=|<|>)\s*(.*?)\s*$/.exec(line)
  if (!match) throw invalid(`malformed comparison: ${line}`)
  const [, name, key, op, value] = match
  const target = TARGETS[name]
  if (!target) throw invalid(`malformed comparison: ${line} (unknown target ${name})`)
  const text = unquote(value)
  const compare = { key: unquote(key), op: op as Compare['op'] }
  if (target === 'value') return { ...compare, target, value: text }
  if (target === 'lease') return { ...compare, target, value: text.toLowerCase() }
  if (!/^[-+]?\d+$/.test(text)) throw invalid(`invalid txn compare request: ${line}`)
  return { ...compare, target, value: Number(text) }
}

const unquote = (text: string): string => (/^".*"$/.test(text) ? text.slice(1, -1) : text)

/** `put key value`, `get key [end]`, `del key`, with the flags of those commands that matter. */
function parseOp(line: string): Op {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3])
  const [verb, ...rest] = words
  const prefix = rest.includes('--prefix')
  const args = rest.filter((w) => !w.startsWith('--'))
  const range = { key: args[0], end: prefix ? prefixEnd(args[0]) : args[1] }
  if (args.length === 0) throw invalid(`invalid txn request: ${line}`)
  if (verb === 'put' && args.length >= 2) return { type: 'put', key: args[0], value: args[1] }
  if (verb === 'get') return { type: 'get', range }
  if (verb === 'del') return { type: 'delete', range }
  throw invalid(`invalid txn request: ${line}`)
}

const simpleResult = (r: OpResult, hex: boolean): string =>
  r.type === 'put'
    ? 'OK\n'
    : r.type === 'delete'
      ? `${r.deleted.length}\n`
      : r.kvs.map((kv) => simpleKv(kv, hex)).join('')

function jsonResult(r: OpResult, revision: number): unknown {
  const header = { revision }
  if (r.type === 'put') return { Response: { response_put: { header } } }
  if (r.type === 'delete') return { Response: { response_delete_range: { header, deleted: some(r.deleted.length) } } }
  const kvs = r.kvs.length > 0 ? r.kvs.map(jsonKv) : undefined
  return { Response: { response_range: { header, kvs, count: some(r.count) } } }
}
