import { readLine } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { Break, Continue } from '../control.ts'
import { evaluateText } from '../expand/arith-scope.ts'
import { matches } from '../expand/pattern.ts'
import { expandPattern, expandString, expandWords } from '../expand/words.ts'
import type { ArithmeticFor, Case, For, If, Select, Statement, While, Word } from '../parse.ts'
import { COST, type Shell } from '../shell.ts'
import { isName } from '../variables.ts'
import { condition, runList } from './run.ts'
import { traceCommand } from './trace.ts'

/** `if`. Gives the exit status. */
export function* runIf(sh: Shell, node: If): Coro<number> {
  if (yield* condition(sh, node.clause.commands)) return yield* runList(sh, node.then.commands)
  for (const branch of node.elif)
    if (yield* condition(sh, branch.clause.commands)) return yield* runList(sh, branch.then.commands)
  if (!node.else) return 0
  return yield* runList(sh, node.else.commands)
}

/** Runs a loop's body once. Returns false when the loop is to end. */
function* iterate(sh: Shell, body: readonly Statement[]): Coro<boolean> {
  if (sh.charge(COST.builtin)) yield* sh.breathe()
  sh.loopDepth++
  try {
    yield* runList(sh, body)
    return true
  } catch (error) {
    if (error instanceof Break || error instanceof Continue) {
      sh.status = 0
      if (error.levels > 1 && sh.loopDepth > 1) {
        error.levels--
        throw error
      }
      return error instanceof Continue
    }
    throw error
  } finally {
    sh.loopDepth--
  }
}

/** `for NAME in WORDS`. Gives the exit status. */
export function* runFor(sh: Shell, node: For): Coro<number> {
  const name = node.name.text
  if (!isName(name)) {
    sh.complain(`\`${name}': not a valid identifier`)
    return 1
  }
  const items = node.wordlist ? yield* expandWords(sh, node.wordlist) : [...sh.args]
  if (items.length === 0) return 0
  for (const item of items) {
    if (sh.option('xtrace'))
      traceCommand(sh, `for ${name} in ${(node.wordlist?.map((w) => w.text) ?? ['"$@"']).join(' ')}`)
    sh.vars.set(name, item)
    if (!(yield* iterate(sh, node.body.commands))) break
  }
  return sh.status
}

/** `for ((a; b; c))`. Gives the exit status. */
export function* runArithmeticFor(sh: Shell, node: ArithmeticFor): Coro<number> {
  const { initialize, test, update } = arithmeticParts(sh, node)
  sh.status = 0
  const evaluate = (text: string): Coro<bigint> => {
    if (sh.option('xtrace') && text.trim() !== '') traceCommand(sh, `(( ${text.trim()} ))`)
    return evaluateText(sh, text, '((: ')
  }
  yield* evaluate(initialize)
  while (test.trim() === '' || (yield* evaluate(test)) !== 0n) {
    if (!(yield* iterate(sh, node.body.commands))) break
    yield* evaluate(update)
  }
  return sh.status
}

/** The three expressions as written: the evaluator works on text, because expansions may produce operators. */
function arithmeticParts(sh: Shell, node: ArithmeticFor): { initialize: string; test: string; update: string } {
  const text = sh.unit.text.slice(node.pos, node.end)
  const open = text.indexOf('((')
  let depth = 0
  let from = open + 2
  const parts: string[] = []
  for (let i = from; i < text.length && parts.length < 3; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')' && depth > 0) depth--
    else if (text[i] === ';' || (text[i] === ')' && text[i + 1] === ')')) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  return { initialize: parts[0] ?? '', test: parts[1] ?? '', update: parts[2] ?? '' }
}

/** `while` and `until`. Gives the exit status. */
export function* runWhile(sh: Shell, node: While): Coro<number> {
  const wanted = node.kind === 'while'
  let status = 0
  sh.loopDepth++
  try {
    for (;;) {
      let holds: boolean
      try {
        holds = yield* condition(sh, node.clause.commands)
      } catch (error) {
        // `while break; do` ends this very loop.
        if (!(error instanceof Break || error instanceof Continue)) throw error
        if (error.levels > 1 && sh.loopDepth > 1) {
          error.levels--
          throw error
        }
        if (error instanceof Break) return 0
        continue
      }
      if (holds !== wanted) break
      sh.loopDepth--
      let goOn: boolean
      try {
        goOn = yield* iterate(sh, node.body.commands)
      } finally {
        sh.loopDepth++
      }
      status = sh.status
      if (!goOn) break
    }
  } finally {
    sh.loopDepth--
  }
  sh.status = status
  return status
}

/** `case`, with `;;`, `;&` and `;;&`. Gives the exit status. */
export function* runCase(sh: Shell, node: Case): Coro<number> {
  const word = yield* expandString(sh, node.word)
  const options = { extglob: true, icase: sh.shopts.has('nocasematch') }
  let falling = false
  let status = 0
  for (const item of node.items) {
    let hit = falling
    falling = false
    for (const pattern of item.pattern) {
      if (hit) break
      hit = matches(word, yield* expandPattern(sh, pattern), options)
    }
    if (!hit) continue
    status = item.body.commands.length > 0 ? yield* runList(sh, item.body.commands) : 0
    if (item.terminator === ';&') falling = true
    else if (item.terminator !== ';;&') return status
  }
  return status
}

/** `select`: numbered choices on standard error, the answer from standard input. */
export function* runSelect(sh: Shell, node: Select): Coro<number> {
  const words: readonly Word[] | undefined = node.wordlist
  const items = words ? yield* expandWords(sh, words) : [...sh.args]
  if (items.length === 0) return 0
  const width = String(items.length).length
  const menu = items.map((item, i) => `${String(i + 1).padStart(width)}) ${item}\n`).join('')
  let show = true
  for (;;) {
    if (show) sh.errorText(menu)
    show = false
    sh.errorText(sh.vars.get('PS3') ?? '#? ')
    const line = yield* readLine(sh.stdin)
    if (line === null) {
      sh.out('\n')
      return 1
    }
    sh.vars.set('REPLY', line)
    if (line.trim() === '') {
      show = true
      continue
    }
    sh.vars.set(node.name.text, items[Number(line) - 1] ?? '')
    if (!(yield* iterate(sh, node.body.commands))) return sh.status
  }
}
