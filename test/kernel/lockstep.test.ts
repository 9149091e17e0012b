import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Coro, Kernel, Lockstep, Signal, sleep } from '../../src/kernel/index.ts'

/** Two worlds that wake each other: each waits a little, then lets the other go on. What happened, and when by whose clock. */
function pingPong(waits: readonly number[], cuts: readonly number[]): string[] {
  const [a, b] = [new Kernel({ seed: 1, start: 0 }), new Kernel({ seed: 2, start: -50 })]
  const [ping, pong] = [new Signal(), new Signal()]
  const told: string[] = []
  function* player(name: string, kernel: Kernel, mine: Signal, other: Signal): Coro {
    for (const ms of waits) {
      yield { on: [mine], until: kernel.now() + 40 }
      yield* sleep(kernel, ms)
      told.push(`${name} ${kernel.now()}`)
      other.fire()
    }
  }
  a.spawn('a', player('a', a, ping, pong))
  b.spawn('b', player('b', b, pong, ping))
  const clock = new Lockstep(a)
  clock.join(b, 1)
  for (const cut of [...cuts].sort((x, y) => x - y)) {
    clock.runUntil(cut)
    expect([a.now(), b.now(), clock.now()]).toEqual([cut, cut, cut])
  }
  clock.runUntil(10_000)
  expect([a.now(), b.now()]).toEqual([10_000, 10_000])
  return told
}

test('what happens in two worlds does not depend on how time is cut', () => {
  const waits = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 8 })
  const cuts = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 })
  fc.assert(
    fc.property(waits, cuts, (w, c) => {
      expect(pingPong(w, c)).toEqual(pingPong(w, []))
    }),
  )
})

test('who is woken from another world goes on at that moment', () => {
  // b began before and waits in vain at first, a waits its 40 ms out; then each goes on when the other has been there.
  expect(pingPong([5, 5, 5], [])).toEqual(['b -5', 'b 40', 'a 45', 'b 50', 'a 55', 'a 100'])
})

test('a world that joins late has made up for its past; nothing happens after the end', () => {
  const [a, b] = [new Kernel({ seed: 1, start: 0 }), new Kernel({ seed: 1, start: -1000 })]
  const told: number[] = []
  for (const at of [-500, 50, 150]) b.at(at, () => told.push(at))
  const clock = new Lockstep(a)
  clock.runUntil(100)
  clock.join(b, 1)
  expect([told, b.now(), clock.nextAt()]).toEqual([[-500, 50], 100, 150])
  a.at(120, () => {
    clock.end = clock.now()
  })
  clock.runUntil(500)
  expect([told, clock.now(), clock.step()]).toEqual([[-500, 50], 120, false])
})
