/**
 * What a token is: `word`, `assignment`, `number` (before a redirection), `fd` (`{name}` before one), `arith` (a whole
 * `((…))`), `newline`, `eof`; operators and reserved words are their own spelling.
 */
export interface Token {
  readonly type: string
  /** As written, quotes included. */
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Longest first. */
export const OPERATORS = [
  ';;&',
  '<<<',
  '<<-',
  '&>>',
  ';;',
  ';&',
  '&&',
  '||',
  '|&',
  '<<',
  '>>',
  '<>',
  '>|',
  '<&',
  '>&',
  '&>',
  ';',
  '&',
  '|',
  '<',
  '>',
  '(',
  ')',
]

/** Operators that a word must follow. */
export const REDIRECTIONS = new Set(['<', '>', '>>', '<<', '<<-', '<<<', '<>', '>|', '<&', '>&', '&>', '&>>'])

const COMMON = 'if then elif else fi for do done while until case esac in { } !'.split(' ')

/** Reserved words by dialect. */
export const RESERVED = {
  bash: new Set([...COMMON, 'function', 'select', 'time', 'coproc', '[[', ']]']),
  dash: new Set(COMMON),
  ash: new Set([...COMMON, 'function']),
}

/** Tokens after which a word may be a reserved one (`reserved_word_acceptable`). */
export const BEFORE_RESERVED = new Set(
  'newline ; ( ) | & && || |& { } ! do done elif else esac fi if ;; ;& ;;& then time until while coproc arith ]] start'.split(
    ' ',
  ),
)

/** Builtins whose arguments may be arrays, and `eval` and `let`, which take them as words. */
export const TAKES_ASSIGNMENTS = new Set('alias declare typeset export local readonly eval let'.split(' '))
