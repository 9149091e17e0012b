import { isLabelValue, isQualifiedName } from '../kinds/names.ts'

type Labels = Readonly<Record<string, string>> | undefined | null

type SelectorOperator = 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt' | '=' | '==' | '!='

/** One condition on a label. */
interface Requirement {
  readonly key: string
  readonly operator: SelectorOperator
  readonly values: readonly string[]
}

/** A parsed label selector. Matching an object costs one lookup a requirement. */
export interface LabelSelector {
  readonly requirements: readonly Requirement[]
  /** True when it selects everything. */
  readonly empty: boolean
  matches(labels: Labels): boolean
}

/** The selector text is wrong; the message is the server's (apimachinery/pkg/labels/selector.go). */
export class SelectorError extends Error {}

interface Token {
  readonly kind: string
  readonly text: string
}

const END = 'end'
const WORD = 'word'
const KEYWORDS = new Set(['in', 'notin'])
const OPERATORS = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'] as const
const SYMBOLS: Readonly<Record<string, string>> = { '>': 'gt', '<': 'lt' }

/** Longest run of symbols that is an operator, as Go's lexer takes it; words end at blanks and symbols. */
function scan(text: string): Token[] {
  const tokens: Token[] = []
  const lexeme = /\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)/y
  for (;;) {
    const match = lexeme.exec(text)
    if (!match) break
    const lit = match[1]!
    const isWord = !/^[=!(),<>]/.test(lit)
    tokens.push({ kind: isWord ? (KEYWORDS.has(lit) ? lit : WORD) : (SYMBOLS[lit] ?? lit), text: lit })
  }
  tokens.push({ kind: END, text: '' })
  return tokens
}

class Parser {
  private at = 0
  private readonly tokens: Token[]

  constructor(text: string) {
    this.tokens = scan(text)
  }

  parse(): Requirement[] {
    const found: Requirement[] = []
    for (;;) {
      const first = this.peek()
      if (first.kind === END) return found
      if (first.kind !== WORD && first.kind !== '!') {
        throw new SelectorError(`found '${first.text}', expected: !, identifier, or 'end of string'`)
      }
      found.push(this.requirement())
      const next = this.take()
      if (next.kind === END) return found
      if (next.kind !== ',') throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`)
      const after = this.peek()
      if (after.kind !== WORD && after.kind !== '!') {
        throw new SelectorError(`found '${after.text}', expected: identifier after ','`)
      }
    }
  }

  private requirement(): Requirement {
    const negated = this.peek().kind === '!'
    if (negated) this.take()
    const key = this.take()
    if (key.kind !== WORD) fail(`found '${key.text}', expected: identifier`)
    const wrong = isQualifiedName(key.text)
    if (wrong.length) fail(`<nil>: Invalid value: ${JSON.stringify(key.text)}: ${wrong.join('; ')}`)
    const next = this.peek()
    if (negated || next.kind === END || next.kind === ',') {
      return { key: key.text, operator: negated ? '!' : 'exists', values: [] }
    }
    const operator = this.take(true).kind as SelectorOperator
    if (!OPERATORS.includes(operator as never)) {
      fail(`found '${next.text}', expected: ${OPERATORS.join(', ')}`)
    }
    const values = operator === 'in' || operator === 'notin' ? this.values() : [this.exact()]
    return requirement(key.text, operator, values)
  }

  private exact(): string {
    const next = this.peek()
    if (next.kind === END || next.kind === ',') return ''
    if (this.take().kind !== WORD) fail(`found '${next.text}', expected: identifier`)
    return next.text
  }

  private values(): string[] {
    const open = this.take()
    if (open.kind !== '(') fail(`found '${open.text}' expected: '('`)
    const first = this.peek()
    if (first.kind === ')') {
      this.take()
      return ['']
    }
    if (first.kind !== WORD && first.kind !== ',') fail(`found '${first.text}', expected: ',', ')' or identifier`)
    const values = new Set<string>()
    let afterComma = true
    for (;;) {
      const token = this.take()
      if (token.kind === WORD && afterComma) {
        values.add(token.text)
        afterComma = false
        const next = this.peek()
        if (next.kind !== ',' && next.kind !== ')') fail(`found '${next.text}', expected: ',' or ')'`)
      } else if (token.kind === ',') {
        if (afterComma) values.add('')
        afterComma = true
      } else if (token.kind === ')') {
        if (afterComma) values.add('')
        return [...values].sort()
      } else fail(`found '${token.text}', expected: ',', or identifier`)
    }
  }

  /** `in` and `notin` are words unless an operator is expected. */
  private peek(): Token {
    const token = this.tokens[this.at] ?? { kind: END, text: '' }
    return KEYWORDS.has(token.kind) ? { kind: WORD, text: token.text } : token
  }

  private take(operator = false): Token {
    const token = operator ? this.tokens[this.at]! : this.peek()
    this.at++
    return token
  }
}

function fail(message: string): never {
  throw new SelectorError(`unable to parse requirement: ${message}`)
}

function requirement(key: string, operator: SelectorOperator, values: readonly string[]): Requirement {
  if ((operator === 'gt' || operator === 'lt') && !/^-?\d+$/.test(values[0] ?? '')) {
    fail(
      `values[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`,
    )
  }
  values.forEach((value, i) => {
    const wrong = isLabelValue(value)
    if (wrong.length) fail(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong.join('; ')}`)
  })
  return { key, operator, values }
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels?.[key]
  switch (operator) {
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case '=':
    case '==':
      return value === values[0]
    case '!=':
      return value !== values[0]
    case 'in':
      return value !== undefined && values.includes(value)
    case 'notin':
      return value === undefined || !values.includes(value)
    case 'gt':
    case 'lt': {
      if (value === undefined || !/^[+-]?\d+$/.test(value)) return false
      return operator === 'gt' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0])
    }
  }
}

const make = (requirements: readonly Requirement[]): LabelSelector => ({
  requirements,
  empty: requirements.length === 0,
  matches: (labels) => {
    for (const r of requirements) if (!holds(r, labels)) return false
    return true
  },
})

const everything: LabelSelector = make([])
const nothing: LabelSelector = { requirements: [], empty: false, matches: () => false }

/** Parses `app=web,tier in (a,b),!canary`. Throws SelectorError. */
export function parseLabelSelector(text: string | undefined): LabelSelector {
  if (!text) return everything
  return make(new Parser(text).parse().sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)))
}

const OPERATOR_NAMES: Readonly<Record<string, SelectorOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
}

const compiled = new WeakMap<object, LabelSelector>()

/** metav1.LabelSelector (matchLabels, matchExpressions) of an object: none selects nothing, an empty one everything. */
export function selectorOf(spec: any): LabelSelector {
  if (!spec) return nothing
  let selector = compiled.get(spec)
  if (!selector) {
    const requirements: Requirement[] = []
    for (const key in spec.matchLabels) requirements.push({ key, operator: '=', values: [spec.matchLabels[key]] })
    for (const e of spec.matchExpressions ?? []) {
      requirements.push({ key: e.key, operator: OPERATOR_NAMES[e.operator] ?? 'exists', values: e.values ?? [] })
    }
    compiled.set(spec, (selector = make(requirements)))
  }
  return selector
}

/** How a selector is written: `app=web,tier in (a,b),!canary`. */
export function formatSelector(selector: LabelSelector): string {
  return selector.requirements
    .map(({ key, operator, values }) => {
      switch (operator) {
        case 'exists':
          return key
        case '!':
          return `!${key}`
        case 'in':
        case 'notin':
          return `${key} ${operator} (${[...values].sort().join(',')})`
        case 'gt':
          return `${key}>${values[0]}`
        case 'lt':
          return `${key}<${values[0]}`
        default:
          return `${key}${operator}${values[0]}`
      }
    })
    .join(',')
}

/** How Go prints a metav1.LabelSelector. */
export function goSelector(selector: any): string {
  if (!selector) return 'nil'
  const labels = Object.entries<string>(selector.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const pairs = labels.map(([key, value]) => `${key}: ${value},`).join('')
  const rules = (selector.matchExpressions ?? [])
    .map(
      (e: any) =>
        `LabelSelectorRequirement{Key:${e.key},Operator:${e.operator},Values:[${(e.values ?? []).join(' ')}],},`,
    )
    .join('')
  return `&LabelSelector{MatchLabels:map[string]string{${pairs}},MatchExpressions:[]LabelSelectorRequirement{${rules}},}`
}
