import { describe, expect, test } from 'vitest'
import { causesOf } from '../../src/game/diagnosis.ts'
import { type ContentError, faultOf, linesOf, loadScenario, stepsInto, trapsOf } from '../../src/scenario/index.ts'
import { scenarioFiles } from '../../src/serve/scenarios.ts'

const scenario = (more: string): string => `version: 1
id: small
title: Small
domain: storage
difficulty: 1
minutes: 5
variants: [{ node: node01 }]
brief: Something is wrong.
symptoms: [{ type: command, run: "false", exit: 1 }]
given: []
goals: [{ id: done, say: Done, check: { type: command, run: "true" } }]
hints: [Look.]
solution:
  - wait: 5s
  - { on: "{{node}}", run: "one\\ntwo" }
  - three
${more}debrief: That was it.
`
const DECOYS = `decoys:
  - { why: It is in vain., run: [reboot] }
  - { name: You deleted it, typed: 'delete (no|node) {{node}}', why: It is in vain., run: [kubectl delete node node01] }
causes: [{ say: A, right: true }, { say: B }, { say: C }]
`
const error = (more: string): string => {
  try {
    loadScenario('small.yaml', scenario(more))
    return ''
  } catch (e) {
    const { file, line, column, problem } = e as ContentError
    return `${file}:${line}:${column} ${problem}`
  }
}

test('the traps of all missions catch their own ways, and no honest ones', () => {
  const faults = scenarioFiles().flatMap(({ file, scenario }) =>
    scenario ? trapsOf(scenario).flatMap((trap) => faultOf(trap, scenario)?.concat(` (${file})`) ?? []) : [],
  )
  expect(faults).toEqual([])
})

describe('traps and causes', () => {
  const small = loadScenario('small.yaml', scenario(DECOYS))

  test.each([
    ['kubectl delete node node01', ['You deleted it']],
    ['k -n a delete no node01 --now', ['You deleted it']],
    ['kubectl delete node node02', []],
    ['reboot', []],
  ])('%s', (line, names) => {
    expect(stepsInto(trapsOf(small), line).map(({ name }) => name)).toEqual(names)
  })

  test('a pattern that misses its own way, or catches an honest one, is told', () => {
    const faults = (typed: string): string | undefined => {
      const [trap] = trapsOf(small)
      return faultOf({ ...trap, typed }, small)
    }
    expect([faults('delete node'), faults('remove'), faults('two|delete')]).toEqual([
      undefined,
      'none of its own lines is like `typed`',
      'it catches an honest line: two',
    ])
  })

  test('the order of the causes is the seed’s: the author’s tells nothing', () => {
    const order = (seed: number): string =>
      causesOf(small, seed)
        .map(({ say }) => say)
        .join('')
    expect([order(0), order(1), order(2), order(3)]).toEqual(['CBA', 'ACB', 'CBA', 'ACB'])
    expect(causesOf(small, 0).map(({ right }) => right)).toEqual([false, false, true])
  })

  test('the lines of a way, each with its machine, and whether it goes on with what was begun', () => {
    expect(linesOf(small.solution)).toEqual([
      { on: 'node01', line: 'one', goesOn: false },
      { on: 'node01', line: 'two', goesOn: true },
      { on: undefined, line: 'three', goesOn: false },
    ])
  })

  test.each([
    ['decoys: [{ name: A, why: B, run: [c] }]\n', 'small.yaml:17:10 decoys.0: give name and typed together'],
    ['decoys: [{ name: A, typed: "(", why: B, run: [c] }]\n', 'small.yaml:17:21 decoys.0.typed: a regular expression'],
    ['causes: [{ say: A }, { say: B }, { say: C }]\n', 'small.yaml:17:1 causes: exactly one cause is right: true'],
  ])('%j is refused', (more, message) => {
    expect(error(more)).toBe(message)
  })
})
