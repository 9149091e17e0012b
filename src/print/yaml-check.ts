import { YamlProblem } from './yaml-cursor.ts'
import { type Token, type TokenType, YamlScanner } from './yaml-scanner.ts'

/**
 * What Go's YAML package says about a text whose first document it cannot read (`yaml: line 4: did not find expected
 * key`); undefined where it can. The line is the one that package prints: a parser's complaint is a line short.
 */
export function goYamlError(text: string): string | undefined {
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/.test(text)) return 'yaml: control characters are not allowed'
  try {
    new Checker(new YamlScanner(text)).document()
    return undefined
  } catch (error) {
    if (error instanceof UnknownAnchor) return `yaml: unknown anchor '${error.message}' referenced`
    if (error instanceof RangeError) return 'yaml: exceeded max depth of 10000'
    if (!(error instanceof YamlProblem)) throw error
    const line = error.mark.line + (error.kind === 'scanner' && error.mark.line > 0 ? 1 : 0)
    return `yaml: ${line > 0 ? `line ${line}: ` : ''}${error.message}`
  }
}

class UnknownAnchor extends Error {}

/** The grammar of YAML over the scanner's tokens; each rule complains as libyaml's parser does. */
class Checker {
  private readonly anchors = new Set<string>()

  constructor(private readonly tokens: YamlScanner) {}

  document(): void {
    while (this.is('document-end')) this.tokens.next()
    if (this.is('directive')) {
      while (this.is('directive')) {
        const version = /^%YAML +(\S+)/.exec(this.tokens.peek().value ?? '')?.[1]
        if (version !== undefined && version !== '1.1') this.fail('found incompatible YAML document')
        this.tokens.next()
      }
      if (!this.is('document-start')) this.fail('did not find expected <document start>')
    }
    if (this.is('document-start')) this.tokens.next()
    if (this.is('directive', 'document-start', 'document-end', 'stream-end')) return
    this.node(true, false)
    // The next document is none of this one's concern, but what cannot belong to either is.
    if (!this.is('document-end', 'document-start', 'stream-end')) this.fail('did not find expected <document start>')
  }

  private is(...types: TokenType[]): boolean {
    return types.includes(this.tokens.peek().type)
  }

  private take(type: TokenType): boolean {
    if (!this.is(type)) return false
    this.tokens.next()
    return true
  }

  private fail(problem: string, token: Token = this.tokens.peek()): never {
    throw new YamlProblem('parser', problem, token.mark)
  }

  private node(block: boolean, indentless: boolean): void {
    const first = this.tokens.peek()
    if (first.type === 'alias') {
      this.tokens.next()
      if (!this.anchors.has(first.value!)) throw new UnknownAnchor(first.value)
      return
    }
    let properties = false
    while (this.is('anchor', 'tag')) {
      const { type, value } = this.tokens.next()
      if (type === 'anchor') this.anchors.add(value!)
      properties = true
    }
    if (indentless && this.is('block-entry')) return this.indentlessSequence()
    if (this.take('scalar')) return
    if (this.take('flow-sequence-start')) return this.flowSequence()
    if (this.take('flow-mapping-start')) return this.flowMapping()
    if (block && this.take('block-sequence-start')) return this.blockSequence()
    if (block && this.take('block-mapping-start')) return this.blockMapping()
    if (!properties) this.fail('did not find expected node content')
  }

  private blockSequence(): void {
    while (this.take('block-entry')) if (!this.is('block-entry', 'block-end')) this.node(true, false)
    if (!this.take('block-end')) this.fail("did not find expected '-' indicator")
  }

  private indentlessSequence(): void {
    while (this.take('block-entry')) if (!this.is('block-entry', 'key', 'value', 'block-end')) this.node(true, false)
  }

  private blockMapping(): void {
    while (this.take('key')) {
      if (!this.is('key', 'value', 'block-end')) this.node(true, true)
      if (this.take('value') && !this.is('key', 'value', 'block-end')) this.node(true, true)
    }
    if (!this.take('block-end')) this.fail('did not find expected key')
  }

  private flowSequence(): void {
    for (let first = true; !this.take('flow-sequence-end'); first = false) {
      if (!first && !this.take('flow-entry')) this.fail("did not find expected ',' or ']'")
      if (this.take('key')) {
        if (!this.is('value', 'flow-entry', 'flow-sequence-end')) this.node(false, false)
        if (this.take('value') && !this.is('flow-entry', 'flow-sequence-end')) this.node(false, false)
      } else if (!this.is('flow-sequence-end')) this.node(false, false)
    }
  }

  private flowMapping(): void {
    for (let first = true; !this.take('flow-mapping-end'); first = false) {
      if (!first && !this.take('flow-entry')) this.fail("did not find expected ',' or '}'")
      if (this.take('key')) {
        if (!this.is('value', 'flow-entry', 'flow-mapping-end')) this.node(false, false)
        if (this.take('value') && !this.is('flow-entry', 'flow-mapping-end')) this.node(false, false)
      } else if (!this.is('flow-mapping-end')) this.node(false, false)
    }
  }
}
