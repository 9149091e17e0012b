import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src/shell/bash/expand/arithmetic.ts'
import { expandBraces } from '../../src/shell/bash/expand/brace.ts'
import { hasGlob, matches, quotePattern, unquotePattern } from '../../src/shell/bash/expand/pattern.ts'
import { quoteWord } from '../../src/shell/bash/quote.ts'
import { makeSession } from './world.ts'

const noVariables = { get: () => undefined, set() {} }

/** An expression as text together with its value. */
const expression = fc.letrec<{ e: { text: string; value: bigint } }>((tie) => ({
  e: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.bigInt({ min: 0n, max: 1000n }).map((n) => ({ text: String(n), value: n })),
    fc
      .tuple(tie('e'), fc.constantFrom('+', '-', '*', '<', '==', '&', '|', '^', '&&', '||'), tie('e'))
      .map(([a, op, b]) => ({
        text: `(${a.text} ${op} ${b.text})`,
        value: apply(op, a.value, b.value),
      })),
    tie('e').map((a) => ({ text: `-(${a.text})`, value: BigInt.asIntN(64, -a.value) })),
    fc
      .tuple(tie('e'), tie('e'), tie('e'))
      .map(([c, a, b]) => ({ text: `(${c.text} ? ${a.text} : ${b.text})`, value: c.value !== 0n ? a.value : b.value })),
  ),
})).e

function apply(op: string, a: bigint, b: bigint): bigint {
  const bool = (x: boolean): bigint => (x ? 1n : 0n)
  const table: Record<string, () => bigint> = {
    '+': () => a + b,
    '-': () => a - b,
    '*': () => a * b,
    '<': () => bool(a < b),
    '==': () => bool(a === b),
    '&': () => a & b,
    '|': () => a | b,
    '^': () => a ^ b,
    '&&': () => bool(a !== 0n && b !== 0n),
    '||': () => bool(a !== 0n || b !== 0n),
  }
  return BigInt.asIntN(64, table[op]())
}

describe('arithmetic', () => {
  test('evaluates what was written', () => {
    fc.assert(
      fc.property(expression, ({ text, value }) => {
        expect(evaluate(text, noVariables)).toBe(value)
      }),
    )
  })

  test('refuses garbage without hanging', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        try {
          expect(typeof evaluate(text, noVariables)).toBe('bigint')
        } catch (error) {
          expect((error as Error).constructor.name).toBe('ArithmeticError')
        }
      }),
    )
  })
})

describe('words', () => {
  test('a quoted pattern matches exactly its text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(unquotePattern(quotePattern(a))).toBe(a)
        expect(hasGlob(quotePattern(a))).toBe(false)
        expect(matches(b, quotePattern(a))).toBe(a === b)
      }),
    )
  })

  test('braces give the product of their items', () => {
    const item = fc.stringMatching(/^[a-z0-9]{1,3}$/)
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 2, maxLength: 4 }),
        fc.array(item, { minLength: 2, maxLength: 4 }),
        (a, b) => {
          expect(expandBraces(`x{${a}}y{${b}}`)).toEqual(a.flatMap((p) => b.map((q) => `x${p}y${q}`)))
        },
      ),
    )
  })

  test('a quoted word comes back as one argument, unchanged', () => {
    const sh = makeSession()
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), (word) => {
        expect(sh(`printf '%s' ${quoteWord(word)}; set -- ${quoteWord(word)}; printf '|%s' $#`).stdout).toBe(
          `${word}|1`,
        )
      }),
      { numRuns: 60 },
    )
  })
})
