import type { Header } from '../../etcd/api.ts'
import type { Op, OpResult } from '../../etcd/txn.ts'
import { type Process, readChunk, type Source, put as write } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { type Call, type Command, cobraUsage, command, findCommand, parseFlags, UsageError } from '../lib/cobra.ts'
import { del, delRequest, delShown } from './del.ts'
import { badArgs } from './errors.ts'
import { get, getRequest, rangeShown } from './get.ts'
import { clientOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { display, field, headerFields, message, type Shown, type ShownMessage } from './output.ts'
import { put, putRequest, putShown } from './put.ts'
import { argify, invalid, parseCompare } from './txn-syntax.ts'

/** Models txn_command.go: compares, success and failure requests, each block ended by an empty line. */
export const txn = command({
  use: 'txn [options]',
  short: 'Txn processes all the requests in one transaction',
  long: `Txn reads multiple etcd requests from standard input and applies them as a single atomic transaction.

A transaction consists of three components:
1) a list of conditions,
2) a list of requests to apply if all the conditions are true,
3) a list of requests to apply if any condition is false.

Example interactive stdin usage:

---
etcdctl txn -i
# compares:
mod("key1") > "0"

# success requests (get, put, delete):
put key1 "overwrote-key1"

# failure requests (get, put, delete):
put key1 "created-key1"
put key2 "some extra key"
---

Refer to https://github.com/etcd-io/etcd/blob/main/etcdctl/README.md#txn-options.`,
  flags: [{ name: 'interactive', short: 'i', type: 'bool', usage: 'Input transaction in interactive mode' }],
  *run(call) {
    const { p, args, flags } = call
    if (args.length !== 0) throw badArgs('txn command does not accept argument')
    const client = yield* clientOf(call)
    const lines = new BufferedLines(p.stdin)
    const compares = yield* block(call, lines, 'compares:', function* (line) {
      return parseCompare(line)
    })
    const operation = (line: string): Coro<Op> => parseOp(p, line)
    const then = yield* block(call, lines, 'success requests (get, put, del):', operation)
    const otherwise = yield* block(call, lines, 'failure requests (get, put, del):', operation)
    // Has no --command-timeout: it asks until it is interrupted.
    const { header, succeeded, results } = yield* client.call('KV/Txn', undefined, (api) =>
      api.txn(compares, then, otherwise),
    )
    yield* display(call, shown(header, succeeded, results, succeeded ? then : otherwise, flags.bool('hex')))
    return 0
  },
})

function* block<T>(
  { p, flags }: Call,
  lines: BufferedLines,
  title: string,
  parse: (line: string) => Coro<T>,
): Coro<T[]> {
  if (flags.bool('interactive')) yield* write(p.stdout, `${title}\n`)
  const found: T[] = []
  for (;;) {
    const line = yield* lines.next()
    if (line === undefined) throw invalid('EOF')
    if (line.trim() === '') return found
    found.push(yield* parse(line.trim()))
  }
}

/** Whole lines of a source, as bufio.Reader reads them: what has come with a line is not there for others any more. */
class BufferedLines {
  private buffer = ''

  constructor(private readonly source: Source) {}

  /** Undefined at the end, also when something without a line feed stands there. */
  *next(): Coro<string | undefined> {
    for (;;) {
      const at = this.buffer.indexOf('\n')
      if (at >= 0) {
        const line = this.buffer.slice(0, at)
        this.buffer = this.buffer.slice(at + 1)
        return line
      }
      const more = yield* readChunk(this.source)
      if (more === null) return undefined
      this.buffer += more
    }
  }
}

/** put, get and del as a program of their own without a name, which is how etcdctl parses them. */
const OPERATIONS: Command = command({
  use: '',
  short: '',
  prefixMatching: true,
  commands: [put, get, del].map((c) => command(c.spec)),
})

/** `put key value`, `get key [end]`, `del key [end]` with all their flags (parseRequestUnion). */
function* parseOp(p: Process, line: string): Coro<Op> {
  const words = argify(line)
  if (words.length < 2) throw invalid(`invalid txn compare request: ${line}`)
  const { found, rest } = findCommand(OPERATIONS, words)
  if (found === OPERATIONS) throw invalid(`invalid txn request: ${line}`)
  try {
    const flags = parseFlags(found.allFlags, rest)
    const { args } = flags
    if (found.name === 'put') return { type: 'put', ...(yield* putRequest({ p, flags, args })) }
    if (found.name === 'del') return { type: 'delete', ...(yield* delRequest({ p, flags, args })) }
    return { type: 'get', range: getRequest(flags, args) }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    yield* write(p.stderr, `${cobraUsage(found)}\n`)
    throw invalid(`invalid txn request: ${line}`)
  }
}

const NAMES = { put: 'response_put', get: 'response_range', delete: 'response_delete_range' } as const

function shown(
  header: Header,
  succeeded: boolean,
  results: readonly OpResult[],
  ops: readonly Op[],
  hex: boolean,
): Shown {
  const each = results.map((result, i) => opShown(header, result, ops[i], hex))
  return {
    ...message(MESSAGES.txn, {
      header: headerOf(header),
      succeeded,
      responses: each.map(({ values }, i) => ({ Response: { [NAMES[results[i].type]]: values } })),
    }),
    simple: () => `${succeeded ? 'SUCCESS' : 'FAILURE'}\n${each.map((s) => `\n${s.simple()}`).join('')}`,
    fields: () => headerFields(header, hex) + field('Succeeded', succeeded) + each.map((s) => s.fields!(hex)).join(''),
  }
}

/** The response to one operation, which knows its revision alone. */
function opShown(outer: Header, result: OpResult, op: Op, hex: boolean): ShownMessage {
  const header = { ...outer, clusterId: '0', memberId: '0', raftTerm: 0, revision: result.revision }
  if (result.type === 'get') return rangeShown(header, result, hex)
  if (result.type === 'put')
    return putShown(header, op.type === 'put' && op.options?.prevKv ? result.prev : undefined, hex)
  return delShown(header, result.deleted, op.type === 'delete' && op.prevKv === true, hex)
}
