import { PAGES } from './pages.ts'

interface Option {
  readonly name: string
  readonly value: boolean
  readonly many: boolean
  /** What its value must look like. */
  readonly type: RegExp | undefined
}

/** Command line of one command after parsing. */
export class Parsed {
  constructor(
    readonly args: readonly string[],
    private readonly values: ReadonlyMap<string, readonly string[]>,
  ) {}

  has(name: string): boolean {
    const v = this.values.get(name)
    return v !== undefined && v.at(-1) !== 'false'
  }

  get(name: string): string | undefined {
    return this.values.get(name)?.at(-1)
  }

  all(name: string): readonly string[] {
    return this.values.get(name) ?? []
  }

  number(name: string, fallback: number): number {
    const v = this.get(name)
    return v === undefined ? fallback : Number(v)
  }
}

/** A mistake in the options; urfave/cli prints the command's page with it. */
export class BadUsage extends Error {}

/** Go's ParseInt with base 0, and ParseDuration. */
const INTEGER = /^[+-]?(?:0[xX][0-9a-fA-F]+|\d+)$/
const DURATION = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/

const cache = new Map<string, Map<string, Option>>()

/** Options of a command, read from its help page: the page is the declaration. */
function optionsOf(page: string): Map<string, Option> {
  let known = cache.get(page)
  if (known) return known
  known = new Map()
  for (const line of (PAGES[page] ?? '').split('\n')) {
    const m = /^ {3}(-.*?)(?: {2,}|$)/.exec(line)
    if (!m) continue
    const names = [...m[1].matchAll(/--?([A-Za-z][\w-]*)/g)].map((x) => x[1])
    const option = {
      name: names.find((n) => n.length > 1) ?? names[0],
      value: /\bvalue\b| [A-Z]{2}|config\./.test(m[1]),
      many: m[1].includes('['),
      type: /\(default: -?\d+\)/.test(line) ? INTEGER : /\(default: \d+s\)/.test(line) ? DURATION : undefined,
    }
    for (const n of names) known.set(n, option)
  }
  cache.set(page, known)
  return known
}

/** Parses as Go's flag package does: options end at the first argument. Throws BadUsage. */
export function parseOptions(page: string, argv: readonly string[]): Parsed {
  const options = optionsOf(page)
  const values = new Map<string, string[]>()
  const put = (o: Option, v: string): void => {
    const list = values.get(o.name)
    if (list && o.many) list.push(v)
    else values.set(o.name, [v])
  }
  let i = 0
  for (; i < argv.length; i++) {
    const a = argv[i]
    if (a === '--') {
      i++
      break
    }
    const m = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(a)
    if (!m || a === '-') break
    const o = options.get(m[1])
    if (!o) {
      const letters = [...m[1]].map((c) => options.get(c))
      if (!a.startsWith('--') && m[1].length > 1 && letters.every((x) => x && !x.value)) {
        for (const x of letters) put(x!, 'true')
        continue
      }
      throw new BadUsage(`flag provided but not defined: -${m[1]}`)
    }
    if (!o.value) put(o, m[2] ?? 'true')
    else if (m[2] !== undefined || i + 1 < argv.length) {
      const value = m[2] ?? argv[++i]
      if (o.type && !o.type.test(value))
        throw new BadUsage(`invalid value ${JSON.stringify(value)} for flag -${m[1]}: parse error`)
      put(o, value)
    } else throw new BadUsage(`flag needs an argument: -${m[1]}`)
  }
  return new Parsed(argv.slice(i), values)
}
