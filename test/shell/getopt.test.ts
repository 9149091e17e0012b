import { describe, expect, test } from 'vitest'
import { getoptLong, type OptionGrammar } from '../../src/shell/getopt.ts'

const grammar = (ordered = false): OptionGrammar => ({
  short: (letter) =>
    ({ a: { key: 'a', takes: 'none' }, n: { key: 'n', takes: 'value' }, i: { key: 'i', takes: 'optional' } })[letter] as
      | ReturnType<OptionGrammar['short']>
      | undefined,
  long: [
    { name: 'all', key: 'a', takes: 'none' },
    { name: 'lines', key: 'n', takes: 'value' },
    { name: 'quiet', key: 'q', takes: 'none', option: 'quiet' },
    { name: 'quieter', key: 'q', takes: 'none', option: 'quiet' },
    { name: 'in-place', key: 'i', takes: 'optional' },
    { name: 'include', key: 'include', takes: 'value' },
  ],
  ordered,
  wrong: (message) => new Error(message),
})

const read = (line: string, ordered?: boolean): string =>
  [...getoptLong(line.split(' '), grammar(ordered))].map(([key, text]) => `${key ?? ''}:${text}`).join(' ')

describe('getopt_long', () => {
  test.each([
    ['x -an5 y', ':x a: n:5 :y'],
    ['-n 5 -', 'n:5 :-'],
    ['-ibak -i x', 'i:bak i: :x'],
    ['--lines=5 --lines 6 --li 7', 'n:5 n:6 n:7'],
    ['--in-place=x --in-place y', 'i:x i: :y'],
    ['--qui', 'q:'],
    ['-a -- -n --all', 'a: :-n :--all'],
  ])('%s', (line, found) => {
    expect(read(line)).toBe(found)
  })

  test('stops at the first operand when options stand in front', () => {
    expect(read('-a x -n -z', true)).toBe('a: :x :-n :-z')
  })

  test.each([
    ['-ax', "invalid option -- 'x'"],
    ['-an', "option requires an argument -- 'n'"],
    ['--lines', "option '--lines' requires an argument"],
    ['--all=x', "option '--all' doesn't allow an argument"],
    ['--nosuch=1', "unrecognized option '--nosuch=1'"],
    ['--in', "option '--in' is ambiguous; possibilities: '--in-place' '--include'"],
  ])('%s is refused', (line, message) => {
    expect(() => read(line)).toThrow(new Error(message))
  })
})
