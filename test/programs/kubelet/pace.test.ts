import { describe, expect, test } from 'vitest'
import { NodeWorld } from './world.ts'

const SLEEP = { command: ['sleep', '1000'] }
const FAILS = { exec: { command: ['cat', '/tmp/nosuchfile-healthy'] }, periodSeconds: 3 }

/** A world whose kubelet has run for a while: one that has just started spreads its probes. */
function settled(): NodeWorld {
  const w = new NodeWorld()
  w.kernel.advance(20_000)
  return w
}

/** The phases of a pod as a watch sees them, with the ms that each lasted. */
function phases(w: NodeWorld, name: string, ms: number): [string, number][] {
  const seen: [string, number][] = []
  for (let t = 0; t < ms; t += 10) {
    const phase = w.status(name)?.phase ?? 'gone'
    if (seen.at(-1)?.[0] === phase) seen.at(-1)![1] += 10
    else seen.push([phase, 10])
    w.kernel.advance(10)
  }
  return seen
}

describe('how quickly a kubelet acts', () => {
  test('recording b01, pod live-exec: after 25 events of a type about a pod, no more of that type are written', () => {
    const w = settled()
    w.pod('live-exec', { ...SLEEP, livenessProbe: FAILS }, { terminationGracePeriodSeconds: 2 })
    w.kernel.advance(240_000)
    const counts = w.events('live-exec').map((line) => line.split(' ').slice(0, 3).join(' '))
    expect(counts).toEqual([
      'Normal Pulled x7',
      'Normal Created x6',
      'Normal Started x6',
      'Warning Unhealthy x18',
      'Normal Killing x6',
      expect.stringMatching(/^Warning BackOff x[67]$/),
    ])
  })

  test('a probe is first due a period after its pod’s volumes were there, whatever else wakes its worker', () => {
    const w = settled()
    const began = w.kernel.now()
    w.pod('live', { ...SLEEP, livenessProbe: FAILS })
    w.kernel.advance(10_000)
    const event = w.client.list('Event').find((e) => e.reason === 'Unhealthy')
    expect(Math.round((Date.parse(event!.firstTimestamp) - began) / 1000)).toBe(3)
  })

  test('what was started is looked at at once; what has stopped, with the next look at all containers', () => {
    const w = settled()
    for (let i = 0; i < 10; i++) {
      const name = `web${i}`
      w.pod(name, SLEEP, { terminationGracePeriodSeconds: 1 })
      const [pending] = phases(w, name, 1500)
      expect(pending[0]).toBe('Pending')
      expect(pending[1]).toBeLessThan(800)
      w.client.remove('Pod', 'default', name)
      const [running, ended, gone] = phases(w, name, 3000 + 37 * i)
      expect([running[0], ended[0], gone[0]]).toEqual(['Running', 'Failed', 'gone'])
      expect(ended[1]).toBeLessThan(1400)
    }
  })
})
