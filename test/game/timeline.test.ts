import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/index.ts'
import { momentsOfEvents } from '../../src/game/timeline.ts'

const event = (at: string, type: string, reason: string, name: string): KubeObject =>
  ({
    type,
    reason,
    message: `${reason} of ${name}`,
    firstTimestamp: at,
    involvedObject: { kind: 'Pod', name },
  }) as never

test('what the cluster reported: once a reason and owner, after what was done in the same second, never after the end', () => {
  const start = Date.parse('2026-11-21T09:00:10Z')
  const end = start + 5_400
  const events = [
    event('2026-11-21T09:00:15Z', 'Warning', 'BackOff', 'c'),
    event('2026-11-21T09:00:12Z', 'Warning', 'Failed', 'shop-64989fb988-2pd8t'),
    event('2026-11-21T09:00:13Z', 'Warning', 'Failed', 'shop-64989fb988-nws22'),
    event('2026-11-21T09:00:13Z', 'Normal', 'Pulled', 'a'),
    event('2026-11-21T09:00:01Z', 'Warning', 'BackOff', 'before'),
  ]
  expect(momentsOfEvents(events, start, end)).toEqual([
    {
      at: start + 2_999,
      who: 'cluster',
      where: 'pod/shop-64989fb988-2pd8t',
      what: 'Failed: Failed of shop-64989fb988-2pd8t',
    },
    { at: end, who: 'cluster', where: 'pod/c', what: 'BackOff: BackOff of c' },
  ])
})
