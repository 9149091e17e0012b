/** A TOML document that does not parse. */
export class TomlError extends Error {
  constructor(
    message: string,
    /** 1-based. */
    readonly line: number,
  ) {
    super(message)
  }
}

type Value = string | number | boolean | Value[] | { [key: string]: Value }

/** Keys and values, in their order. */
export type TomlTable = { [key: string]: Value }

/** Parses the TOML that configuration files of daemons use: tables, dotted and quoted keys, strings, numbers, arrays. */
export function parseToml(text: string): TomlTable {
  const root: TomlTable = {}
  let table = root
  const lines = text.split('\n')
  for (let i = 0; i < lines.length; i++) {
    const number = i + 1
    let line = lines[i].trim()
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('[')) {
      const end = line.lastIndexOf(']')
      const inner = line.startsWith('[[') ? line.slice(2, end - 1) : line.slice(1, end)
      if (end < 0 || /^\s*$/.test(inner)) throw new TomlError('expected table key', number)
      table = descend(root, keyParts(inner.trim(), number), number)
      continue
    }
    const at = keyEnd(line)
    if (at < 0) throw new TomlError('expected character =', number)
    const path = keyParts(line.slice(0, at).trim(), number)
    let value = line.slice(at + 1).trim()
    // Arrays may go on over several lines.
    while (value.startsWith('[') && !balanced(value) && i + 1 < lines.length) {
      line = lines[++i].trim()
      value += line.startsWith('#') ? '' : ` ${line}`
    }
    const name = path.pop()!
    const target = descend(table, path, number)
    if (name in target) throw new TomlError(`key ${name} is already defined`, number)
    const scanner = new Scanner(value, number)
    target[name] = scanner.value()
    scanner.end()
  }
  return root
}

function keyEnd(line: string): number {
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (quote) {
      if (c === quote) quote = ''
    } else if (c === '"' || c === "'") quote = c
    else if (c === '=') return i
  }
  return -1
}

function balanced(text: string): boolean {
  let depth = 0
  let quote = ''
  for (const c of text) {
    if (quote) {
      if (c === quote) quote = ''
    } else if (c === '"' || c === "'") quote = c
    else if (c === '[') depth++
    else if (c === ']') depth--
  }
  return depth <= 0
}

function keyParts(text: string, line: number): string[] {
  const parts: string[] = []
  const pattern = /\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.|$)/y
  while (pattern.lastIndex < text.length) {
    const m = pattern.exec(text)
    if (!m) throw new TomlError('invalid character at start of key', line)
    parts.push(m[1] ?? m[2] ?? m[3])
  }
  if (parts.length === 0) throw new TomlError('invalid character at start of key', line)
  return parts
}

function descend(from: TomlTable, path: readonly string[], line: number): TomlTable {
  let at = from
  for (const part of path) {
    const next = at[part] ?? (at[part] = {})
    if (typeof next !== 'object' || Array.isArray(next)) throw new TomlError(`key ${part} is already defined`, line)
    at = next
  }
  return at
}

class Scanner {
  private at = 0

  constructor(
    private readonly text: string,
    private readonly line: number,
  ) {}

  value(): Value {
    this.blanks()
    const c = this.text[this.at]
    if (c === '"' || c === "'") return this.quoted(c)
    if (c === '[') return this.array()
    if (c === '{') return this.inline()
    const m = /^[^\s,\]}#]+/.exec(this.text.slice(this.at))
    if (!m) throw new TomlError('expected value', this.line)
    this.at += m[0].length
    if (m[0] === 'true') return true
    if (m[0] === 'false') return false
    if (/^[+-]?[0-9_]+(\.[0-9]+)?$/.test(m[0])) return Number(m[0].replaceAll('_', ''))
    throw new TomlError('incomplete number', this.line)
  }

  end(): void {
    this.blanks()
    if (this.at < this.text.length && this.text[this.at] !== '#') throw new TomlError('expected newline', this.line)
  }

  private blanks(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++
  }

  private quoted(quote: string): string {
    let out = ''
    for (let i = this.at + 1; i < this.text.length; i++) {
      const c = this.text[i]
      if (c === quote) {
        this.at = i + 1
        return out
      }
      if (c === '\\' && quote === '"') {
        i++
        out += this.text[i] === 'n' ? '\n' : this.text[i] === 't' ? '\t' : this.text[i]
      } else out += c
    }
    throw new TomlError(quote === '"' ? 'unterminated basic string' : 'unterminated literal string', this.line)
  }

  private array(): Value[] {
    const items: Value[] = []
    this.at++
    for (;;) {
      this.blanks()
      if (this.text[this.at] === ']') break
      if (this.at >= this.text.length) throw new TomlError('array is incomplete', this.line)
      items.push(this.value())
      this.blanks()
      if (this.text[this.at] === ',') this.at++
      else if (this.text[this.at] !== ']') throw new TomlError('array elements must be separated by commas', this.line)
    }
    this.at++
    return items
  }

  private inline(): TomlTable {
    const out: TomlTable = {}
    this.at++
    for (;;) {
      this.blanks()
      if (this.text[this.at] === '}') break
      const m = /^([A-Za-z0-9_-]+)\s*=/.exec(this.text.slice(this.at))
      if (!m) throw new TomlError('expected character =', this.line)
      this.at += m[0].length
      out[m[1]] = this.value()
      this.blanks()
      if (this.text[this.at] === ',') this.at++
    }
    this.at++
    return out
  }
}
