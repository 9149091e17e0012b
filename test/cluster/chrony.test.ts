import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'

const world = (): { on: (line: string) => string; advance: (ms: number) => void; offset: () => number } => {
  const w = new World(clusterPlan('default')!, 1)
  w.advance(120_000)
  return {
    on: (line) => w.run(line, { host: 'node01' }).stdout,
    advance: (ms) => w.advance(ms),
    offset: () => Math.round(w.hosts.get('node01')!.clock.offset / 1000),
  }
}

test('chronyd steps once for one measurement, though the source falls silent afterwards', () => {
  const { on, advance, offset } = world()
  on('systemctl stop chrony; date -s "$(date -d "-1 hour")"; systemctl start chrony')
  // The first question goes out a moment after the start.
  advance(1000)
  on('iptables -A OUTPUT -p udp --dport 123 -j DROP')
  advance(300_000)
  expect(offset()).toBe(0)
  expect(on('journalctl -u chrony | grep -c stepped')).toBe('1\n')
})

test('a small error is slewed away; makestep makes the rest of it at once', () => {
  const { on, advance, offset } = world()
  on('date -s "$(date -d "+100 seconds")"')
  advance(66_000)
  const left = offset()
  expect(left).toBeGreaterThan(80)
  expect(left).toBeLessThan(100)
  expect(on('chronyc sources | tail -1')).toMatch(/\^\* 192\.168\.56\.1 .* \+100\.0s\[/)
  expect(on('chronyc makestep')).toBe('200 OK\n')
  expect(offset()).toBe(0)
  advance(200_000)
  expect(offset()).toBe(0)
})
