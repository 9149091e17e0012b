import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  aside,
  because,
  forNoReason,
  type Happening,
  happened,
  happenedByItself,
  Kernel,
  learn,
  learnFromSilence,
  reported,
  Signal,
  sleep,
} from '../../src/kernel/index.ts'

const path = (h: Happening | undefined): string[] => (h ? [...path(h.because), h.what] : [])
const paths = (kernel: Kernel): string[] => kernel.happenings.map((h) => path(h).join(' > '))
const fresh = (): Kernel => new Kernel({ seed: 1, start: 0 })

describe('what led to what', () => {
  test('is inherited by timers, woken tasks and what they go on with', () => {
    const kernel = fresh()
    const signal = new Signal()
    kernel.spawn(
      'sleeper',
      (function* () {
        yield { on: [signal] }
        happened('b', 'woken')
        yield* sleep(kernel, 10)
        happened('b', 'slept on it')
      })(),
    )
    kernel.advance(5)
    kernel.deed('a', 'deed', () => kernel.after(3, () => signal.fire()))
    kernel.advance(50)
    expect(paths(kernel)).toEqual(['deed', 'deed > woken', 'deed > woken > slept on it'])
  })

  test('nothing is recorded without a deed, and nothing of what nobody caused', () => {
    const kernel = fresh()
    kernel.after(1, () => happenedByItself('a', 'before'))
    kernel.advance(5)
    kernel.after(1, () => happened('a', 'routine'))
    kernel.deed('a', 'deed', () => {})
    kernel.after(2, () => happenedByItself('a', 'time is up'))
    kernel.advance(5)
    expect(kernel.happenings.map(({ what, ofItself }) => [what, ofItself])).toEqual([
      ['deed', false],
      ['time is up', true],
    ])
  })

  test('what one comes upon is the reason from then on, unless it had led there already', () => {
    const kernel = fresh()
    let left: Happening | undefined
    kernel.deed('a', 'first', () => {
      happened('a', 'broken')
      left = because()
    })
    kernel.deed('b', 'second', () => {
      learn(left)
      happened('b', 'reads it')
      learn(left)
      happened('b', 'fails')
    })
    expect(paths(kernel)).toEqual([
      'first',
      'first > broken',
      'second',
      'first > broken > reads it',
      'first > broken > reads it > fails',
    ])
  })

  test('silence is explained by what was last heard', () => {
    const kernel = fresh()
    kernel.deed('node01', 'pull the plug', () => happened('node01', 'kubelet: dead'))
    kernel.after(40, () => {
      learnFromSilence('node01')
      happened('node/node01', 'Unknown')
    })
    kernel.advance(50)
    expect(paths(kernel).at(-1)).toBe('pull the plug > kubelet: dead > Unknown')
  })

  test('reports lead to nothing; asides and routine leave no trace', () => {
    const kernel = fresh()
    kernel.deed('a', 'deed', () => {
      reported('a', 'says so')
      aside(() => happened('a', 'on the way'))
      forNoReason(() => happened('a', 'routine'))
      happened('a', 'after')
    })
    expect(paths(kernel)).toEqual(['deed', 'deed > says so', 'deed > on the way', 'deed > after'])
    expect(because()).toBeUndefined()
  })

  test('each thing is recorded once, as it first came about, and a thousand at most', () => {
    const kernel = fresh()
    kernel.deed('a', 'deed', () => {
      for (let i = 0; i < 5; i++) happened('a', 'again')
      for (let i = 0; i < 2000; i++) reported('a', `number ${i}`)
    })
    expect(kernel.happenings.length).toBe(1000)
    expect(paths(kernel).slice(0, 3)).toEqual(['deed', 'deed > again', 'deed > again > number 0'])
  })

  test('it is a forest whatever happens: every reason was recorded before', () => {
    const step = fc.record({ at: fc.nat(20), where: fc.nat(3), what: fc.nat(5), do: fc.nat(4) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const kernel = fresh()
        const kept: (Happening | undefined)[] = []
        kernel.deed('x', 'deed', () => {
          for (const s of steps)
            kernel.after(s.at, () => {
              if (s.do === 0) learn(kept[s.what])
              else if (s.do === 1) learnFromSilence(`h${s.where}`)
              else if (s.do === 2) kept[s.what] = because()
              happened(`h${s.where}`, `w${s.what}`)
            })
        })
        kernel.advance(30)
        const all = kernel.happenings
        all.forEach((h, i) => {
          expect(h.because === undefined ? -1 : all.indexOf(h.because)).toBeLessThan(i)
          expect(h.because?.at ?? 0).toBeLessThanOrEqual(h.at)
        })
      }),
    )
  })
})
