/** Lexer of Go's text/template, as far as people use it with kubectl. */

/** A lexeme of a template. */
export interface Token {
  readonly type:
    | 'text'
    | 'open'
    | 'close'
    | 'space'
    | 'ident'
    | 'field'
    | 'variable'
    | 'number'
    | 'string'
    | 'rawstring'
    | 'char'
    | 'other'
    | 'bool'
    | 'nil'
    | 'dot'
    | 'pipe'
    | 'declare'
    | 'assign'
    | 'comma'
    | 'lparen'
    | 'rparen'
    | 'eof'
  readonly text: string
  /** Offset in the source. */
  readonly pos: number
  readonly line: number
}

/** A template that does not parse or fails while it runs; the message is complete (`template: output:1: …`). */
export class TemplateError extends Error {}

const isWord = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{Nd}_]/u.test(c)

/** Splits a template into tokens. Throws TemplateError. */
export function lexTemplate(name: string, source: string): Token[] {
  const tokens: Token[] = []
  let pos = 0
  let line = 1
  const fail = (message: string): never => {
    throw new TemplateError(`template: ${name}:${line}: ${message}`)
  }
  const push = (type: Token['type'], text: string, at = pos): void => {
    tokens.push({ type, text, pos: at, line })
    line += text.split('\n').length - 1
  }

  const text = (): void => {
    let open = source.indexOf('{{', pos)
    if (open < 0) open = source.length
    let body = source.slice(pos, open)
    if (tokens.at(-1)?.type === 'close' && tokens.at(-1)!.text.startsWith('-')) body = body.replace(/^[ \t\r\n]+/, '')
    const trimRight = /^\{\{-[ \t\r\n]/.test(source.slice(open, open + 4))
    const skipped = source.slice(pos, open)
    if (trimRight) body = body.replace(/[ \t\r\n]+$/, '')
    if (body !== '') push('text', body, pos)
    line += (skipped.match(/\n/g) ?? []).length - (body.match(/\n/g) ?? []).length
    pos = open
    if (open >= source.length) return
    const start = pos
    pos += trimRight ? 3 : 2
    const comment = /^[ \t\r\n]*\/\*/.exec(source.slice(pos))
    if (comment && (trimRight || comment[0] === '/*')) {
      const end = source.indexOf('*/', pos)
      if (end < 0) fail('unclosed comment')
      const close = /^\*\/([ \t\r\n]-)?\}\}/.exec(source.slice(end))
      if (!close) fail('comment ends before closing delimiter')
      line += (source.slice(pos, end).match(/\n/g) ?? []).length
      pos = end + close![0].length
      if (close![1]) tokens.push({ type: 'close', text: '-comment', pos, line })
      return
    }
    push('open', '{{', start)
    action()
  }

  const action = (): void => {
    let parens = 0
    for (;;) {
      const rest = source.slice(pos)
      const close = /^([ \t\r\n]-\}\}|\}\})/.exec(rest)
      if (close) {
        if (parens > 0) fail('unclosed left paren')
        push('close', close[0].startsWith('}') ? '}}' : '-}}')
        pos += close[0].length
        return
      }
      const c = source[pos]
      if (c === undefined) fail('unclosed action')
      const space = /^[ \t\r\n]+/.exec(rest)
      if (space) {
        push('space', space[0])
        pos += space[0].length
        const trim = /^-\}\}/.exec(source.slice(pos))
        if (trim) pos--
        if (trim) tokens.pop()
        continue
      }
      if (rest.startsWith(':=')) take('declare', ':=')
      else if (c === '=') take('assign', '=')
      else if (c === '|') take('pipe', '|')
      else if (c === ',') take('comma', ',')
      else if (c === '(') {
        take('lparen', '(')
        parens++
      } else if (c === ')') {
        take('rparen', ')')
        if (--parens < 0) fail('unexpected right paren')
      } else if (c === '"') {
        const m = /^"(?:[^"\\\n]|\\.)*"/.exec(rest)
        if (!m) fail('unterminated quoted string')
        take('string', m![0])
      } else if (c === '`') {
        const end = source.indexOf('`', pos + 1)
        if (end < 0) fail('unterminated raw quoted string')
        take('rawstring', source.slice(pos, end + 1))
      } else if (c === "'") {
        const m = /^'(?:[^'\\\n]|\\.)*'/.exec(rest)
        if (!m) fail('unterminated character constant')
        take('char', m![0])
      } else if (c === '.' && !/\d/.test(source[pos + 1] ?? '')) word('field', '.')
      else if (c === '$') word('variable', '$')
      else if (/[-+.\d]/.test(c)) {
        const m = /^[-+]?(?:0[xX][0-9a-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)/.exec(rest)
        if (!m || isWord(source[pos + m[0].length])) {
          const bad = /^[-+.\p{L}\p{Nd}_]*/u.exec(rest)![0]
          fail(`bad number syntax: ${JSON.stringify(bad)}`)
        }
        take('number', m![0])
      } else if (isWord(c)) {
        const id = /^[\p{L}\p{Nd}_]+/u.exec(rest)![0]
        take(id === 'true' || id === 'false' ? 'bool' : id === 'nil' ? 'nil' : 'ident', id)
        terminator(id)
      } else {
        // Other printable ASCII is a token of its own, which the parser has no place for.
        if (/^[!-~]/.test(c)) take('other', c)
        else {
          const code = c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
          fail(`unrecognized character in action: U+${code} '${c}'`)
        }
      }
    }
  }

  const take = (type: Token['type'], body: string): void => {
    push(type, body)
    pos += body.length
  }
  const word = (type: 'field' | 'variable', sigil: string): void => {
    const id = /^[\p{L}\p{Nd}_]*/u.exec(source.slice(pos + 1))![0]
    if (type === 'field' && id === '') {
      take('dot', '.')
      return
    }
    take(type, sigil + id)
    terminator(sigil + id)
  }
  const terminator = (_id: string): void => {
    const c = source[pos]
    if (c === undefined || ' \t\r\n.,|:)('.includes(c) || source.startsWith('}}', pos)) return
    if (c === '=') return
    const code = c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    fail(`bad character U+${code} '${c}'`)
  }

  while (pos < source.length) text()
  push('eof', '')
  return tokens.filter((t) => t.text !== '-comment')
}
