/** A parsed `ExecStart=` command. */
export interface ExecCommand {
  readonly path: string
  readonly argv: readonly string[]
  /** `-`: failure does not count. */
  readonly ignoreFailure: boolean
  /** `:`: no variable expansion. */
  readonly literal: boolean
  /** The line as written, without prefixes: what status shows. */
  readonly text: string
}

/** Splits a command line as systemd does: quotes, C escapes, `;` between commands. */
export function parseExec(line: string): ExecCommand[] {
  const commands: ExecCommand[] = []
  for (const words of split(line)) {
    if (words.length === 0) continue
    let path = words[0]
    let ignoreFailure = false
    let literal = false
    let argv0 = false
    for (;;) {
      const c = path[0]
      if (c === '-') ignoreFailure = true
      else if (c === ':') literal = true
      else if (c === '@') argv0 = true
      else if (c !== '+' && c !== '!' && c !== '|') break
      path = path.slice(1)
    }
    const argv = argv0 ? words.slice(1) : [path, ...words.slice(1)]
    commands.push({ path, argv, ignoreFailure, literal, text: [path, ...words.slice(1)].join(' ') })
  }
  return commands
}

function split(line: string): string[][] {
  const commands: string[][] = [[]]
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (quote) {
      if (c === quote) quote = ''
      else if (c === '\\' && i + 1 < line.length) word = (word ?? '') + unescaped(line[++i])
      else word = (word ?? '') + c
      continue
    }
    if (c === '"' || c === "'") {
      quote = c
      word ??= ''
    } else if (c === '\\' && i + 1 < line.length) word = (word ?? '') + unescaped(line[++i])
    else if (c === ' ' || c === '\t') {
      if (word !== undefined) commands[commands.length - 1].push(word)
      if (word === ';') {
        commands[commands.length - 1].pop()
        commands.push([])
      }
      word = undefined
    } else word = (word ?? '') + c
  }
  if (word !== undefined) commands[commands.length - 1].push(word)
  return commands
}

const unescaped = (c: string): string => ({ n: '\n', t: '\t', r: '\r', s: ' ', '\\': '\\' })[c] ?? c

/**
 * Expands `$VAR` (a whole word: split at blanks) and `${VAR}` (anywhere, kept as one). Returns the words and the names
 * of variables that are not set.
 */
export function expandArgv(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): { readonly words: readonly string[]; readonly unset: readonly string[] } {
  const unset = new Set<string>()
  const words: string[] = []
  for (const word of argv) {
    const whole = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(word)
    if (whole) {
      const value = env[whole[1]]
      if (value === undefined) unset.add(whole[1])
      else words.push(...(split(value)[0] ?? []))
      continue
    }
    words.push(
      word.replace(/\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (all, name: string | undefined) => {
        if (all === '$$') return '$'
        if (env[name!] === undefined) unset.add(name!)
        return env[name!] ?? ''
      }),
    )
  }
  return { words, unset: [...unset].sort() }
}

/** `Environment=` assignments: words of the form NAME=value, quoted as a whole or in part. */
export function parseEnvironment(line: string): [string, string][] {
  return (split(line)[0] ?? []).flatMap((word): [string, string][] => {
    const eq = word.indexOf('=')
    return eq > 0 ? [[word.slice(0, eq), word.slice(eq + 1)]] : []
  })
}

/** An environment file: NAME=value lines, comments, quotes. */
export function parseEnvironmentFile(text: string): [string, string][] {
  const out: [string, string][] = []
  for (const raw of text.replace(/\\\n/g, '').split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const eq = line.indexOf('=')
    if (eq <= 0) continue
    let value = line.slice(eq + 1).trim()
    if ((value.startsWith('"') && value.endsWith('"')) || (value.startsWith("'") && value.endsWith("'")))
      value = value.slice(1, -1)
    out.push([line.slice(0, eq).trim(), value])
  }
  return out
}

/** Replaces `%n`-style specifiers. */
export function specifiers(text: string, unit: string, hostname: string): string {
  const at = unit.indexOf('@')
  const dot = unit.lastIndexOf('.')
  const instance = at >= 0 ? unit.slice(at + 1, dot) : ''
  const values: Record<string, string> = {
    n: unit,
    N: unit.slice(0, dot),
    p: at >= 0 ? unit.slice(0, at) : unit.slice(0, dot),
    i: instance,
    I: instance,
    H: hostname,
    t: '/run',
    S: '/var/lib',
    C: '/var/cache',
    L: '/var/log',
    E: '/etc',
    h: '/root',
    u: 'root',
    U: '0',
    '%': '%',
  }
  return text.replace(/%([a-zA-Z%])/g, (all, c: string) => values[c] ?? all)
}
