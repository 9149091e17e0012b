import { type Address, inCidr, parseCidr, parseIp } from '../../../host/index.ts'
import { Fail } from '../lib/command.ts'
import { portName, type SocketRow } from './sockets.ts'

type Test = (row: SocketRow) => boolean

const ESTABLISHED = ['ESTAB']
/** States by their names; the simulation's sockets are in three. */
const STATES: Readonly<Record<string, readonly string[]>> = {
  established: ESTABLISHED,
  connected: ESTABLISHED,
  synchronized: ESTABLISHED,
  big: ['ESTAB', 'LISTEN', 'UNCONN'],
  all: ['ESTAB', 'LISTEN', 'UNCONN'],
  listening: ['LISTEN'],
  listen: ['LISTEN'],
  closed: ['UNCONN'],
  close: ['UNCONN'],
  unconnected: ['UNCONN'],
  ...Object.fromEntries(
    [
      'bucket',
      'syn-sent',
      'syn-recv',
      'fin-wait-1',
      'fin-wait-2',
      'time-wait',
      'close-wait',
      'last-ack',
      'closing',
    ].map((name) => [name, []]),
  ),
}
/** Names of several states. */
const GROUPS = new Set(['connected', 'synchronized', 'big', 'all', 'bucket'])

/** What was asked for behind the options: `[ state NAME … ] [ EXPRESSION ]`. */
interface Filter {
  /** Undefined: none were named. */
  readonly states: readonly string[] | undefined
  /** Exactly one state was named: its column is left out. */
  readonly single: boolean
  readonly matches: Test
}

/** Reads ss's filter language. Throws Fail in ss' words. */
export function parseFilter(args: readonly string[]): Filter {
  const words = args
    .join(' ')
    .split(/([()]|[<>!=]=|[<>=]|\s+)/)
    .map((w) => w.trim())
    .filter(Boolean)
  let states: string[] | undefined
  let named = 0
  while (words[0] === 'state') {
    const name = words[1] ?? ''
    if (!STATES[name]) throw new Fail(`ss: wrong state name: ${name}`, 255)
    states = [...(states ?? []), ...STATES[name]]
    named += GROUPS.has(name) ? 2 : 1
    words.splice(0, 2)
  }
  const parser = new Parser(words)
  return { states, single: named === 1, matches: words.length > 0 ? parser.all() : () => true }
}

/** An operand that ss cannot read. */
const wrong = (word: string): Fail =>
  new Fail(`Error: an inet prefix is expected rather than "${word}".\nCannot parse dst/src address.`)

class Parser {
  private at = 0

  constructor(private readonly words: readonly string[]) {}

  all(): Test {
    const test = this.or()
    if (this.at < this.words.length) throw wrong(this.words[this.at])
    return test
  }

  private or(): Test {
    let test = this.and()
    while (this.take('or', '|', '||')) {
      const [a, b] = [test, this.and()]
      test = (row) => a(row) || b(row)
    }
    return test
  }

  private and(): Test {
    let test = this.not()
    for (;;) {
      const explicit = this.take('and', '&', '&&')
      const word = this.words[this.at]
      if (!explicit && (word === undefined || word === ')' || ['or', '|', '||'].includes(word))) return test
      const [a, b] = [test, this.not()]
      test = (row) => a(row) && b(row)
    }
  }

  private not(): Test {
    if (this.take('not', '!')) {
      const test = this.not()
      return (row) => !test(row)
    }
    if (this.take('(')) {
      const test = this.or()
      this.take(')')
      return test
    }
    return this.predicate()
  }

  private predicate(): Test {
    const word = this.words[this.at++] ?? ''
    const side = (row: SocketRow): Address | undefined => (word[0] === 'd' ? row.remote : row.local)
    const operator = this.operator()
    const value = this.words[this.at++] ?? ''
    if (word === 'dport' || word === 'sport') {
      const compare = COMPARE[operator]
      const wanted = portOf(value.replace(/^:/, ''))
      return (row) => compare(side(row)?.port ?? 0, wanted)
    }
    if (word !== 'dst' && word !== 'src') throw wrong(word)
    const test = addressTest(value)
    return operator === '!=' ? (row) => !test(side(row)) : (row) => test(side(row))
  }

  private operator(): string {
    const word = this.words[this.at]
    const sign = SIGNS[word]
    if (!sign) return '='
    this.at++
    return sign
  }

  private take(...words: readonly string[]): boolean {
    if (!words.includes(this.words[this.at])) return false
    this.at++
    return true
  }
}

const SIGNS: Readonly<Record<string, string>> = {
  '=': '=',
  '==': '=',
  eq: '=',
  '!=': '!=',
  ne: '!=',
  neq: '!=',
  '>': '>',
  gt: '>',
  '<': '<',
  lt: '<',
  '>=': '>=',
  ge: '>=',
  '<=': '<=',
  le: '<=',
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
}

function portOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  for (let port = 1; port < 10_000; port++) if (portName(port) === text) return port
  throw new Fail(`Error: "${text}" does not look like a port.\nCannot parse dst/src address.`)
}

/** `10.0.0.0/8`, `192.168.56.10:6443`, `:22`, `*`. */
function addressTest(text: string): (address: Address | undefined) => boolean {
  const [, host, port] = /^(.*?)(?::(\d+|\*|[a-z]\w*))?$/.exec(text)!
  const wanted = port === undefined || port === '*' ? undefined : portOf(port)
  const cidr = host === '' || host === '*' ? undefined : parseCidr(host.includes('/') ? host : `${host}/32`)
  if (host !== '' && host !== '*' && !cidr) throw wrong(host)
  return (address) => {
    if (wanted !== undefined && address?.port !== wanted) return false
    if (!cidr) return true
    const ip = parseIp(address?.ip ?? '')
    return ip !== undefined && inCidr(ip, cidr)
  }
}
