import { describe, expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'
import { parseCron } from '../../src/kinds/index.ts'

const at = (text: string): number => Date.parse(`${text}Z`)
const next = (spec: string, from: string): string => new Date(parseCron(spec).next(at(from)) ?? 0).toISOString()

describe('a schedule', () => {
  test.each([
    ['* * * * *', '2026-11-22T10:00:00', '2026-11-22T10:01:00.000Z'],
    ['*/15 8-18 * * mon-fri', '2026-11-20T18:45:00', '2026-11-23T08:00:00.000Z'],
    // Both days are restricted: either will do. A star with a step is no star.
    ['0 0 13 * 5', '2026-11-22T00:00:00', '2026-11-27T00:00:00.000Z'],
    ['0 0 */10 * 1', '2026-11-22T00:00:00', '2026-11-23T00:00:00.000Z'],
    ['0 0 29 2 *', '2026-11-22T00:00:00', '2028-02-29T00:00:00.000Z'],
    ['@every 1h30m', '2026-11-22T00:00:00.400', '2026-11-22T01:30:00.000Z'],
    ['@weekly', '2026-11-22T00:00:00', '2026-11-29T00:00:00.000Z'],
    // At half past two there is no half past two when clocks are put forward.
    ['TZ=Europe/Paris 30 2 28 3 *', '2026-11-22T00:00:00', '2028-03-28T00:30:00.000Z'],
    ['CRON_TZ=America/New_York 0 9 * * *', '2026-11-22T00:00:00', '2026-11-22T14:00:00.000Z'],
    // Clocks were put forward at midnight: that day begins at one.
    ['TZ=America/Sao_Paulo 0 * 4 11 *', '2018-11-03T23:30:00', '2018-11-04T03:00:00.000Z'],
  ])('%s after %s', (spec, from, due) => {
    expect(next(spec, from)).toBe(due)
  })

  test('that never comes', () => {
    expect(parseCron('59 23 31 2 *').next(at('2026-11-22T00:00:00'))).toBeUndefined()
  })

  test.each([
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['@often', 'unrecognized descriptor: @often'],
    ['@every 5x', 'failed to parse duration @every 5x: time: unknown unit "x" in duration "5x"'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['TZ=UTC', 'invalid schedule format: runtime error: slice bounds out of range [:-1]'],
    ['TZ=Mars/Base * * * * *', 'provided bad location Mars/Base: unknown time zone Mars/Base'],
  ])('%s is refused', (spec, why) => {
    expect(() => parseCron(spec)).toThrow(new Error(why))
  })
})

function settled(): World {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(30_000)
  return world
}

test('a CronJob keeps to its time zone, is not started late, and says so when it can never start', () => {
  const world = settled()
  const run = (line: string): string => world.run(line).stdout
  run('kubectl create cronjob tick --image=busybox:1.36 --schedule="* * * * *" -- true')
  run(`kubectl patch cronjob tick -p '{"spec":{"timeZone":"Europe/Paris"}}'; sleep 65`)
  const stamp = `{.items[0].metadata.annotations.batch\\.kubernetes\\.io/cronjob-scheduled-timestamp}`
  expect(run(`kubectl get jobs -o jsonpath='${stamp}'`)).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:00\+0[12]:00$/)
  expect(run('kubectl describe cronjob tick | grep -c "Created job tick-"').trim()).toBe('1')

  run('kubectl create cronjob never --image=busybox:1.36 --schedule="59 23 31 2 *" -- true; sleep 2')
  const why = run(`kubectl get events --field-selector reason=InvalidSchedule -o jsonpath='{.items[0].message}'`)
  expect(why).toBe('invalid schedule: 59 23 31 2 * : time difference between two schedules is less than 1 second')
})

test('what was missed while it was suspended is made up for once, unless the deadline has passed', () => {
  const world = settled()
  const run = (line: string): string => world.run(line).stdout
  const jobs = (): string => run('kubectl get jobs --no-headers 2>/dev/null | wc -l').trim()
  run('kubectl create cronjob late --image=busybox:1.36 --schedule="*/30 * * * *" -- true')
  run(`kubectl patch cronjob late -p '{"spec":{"suspend":true}}'`)
  world.advance(3_600_000)
  run(`kubectl patch cronjob late -p '{"spec":{"suspend":false,"startingDeadlineSeconds":1}}'; sleep 3`)
  expect(jobs()).toBe('0')
  run(`kubectl patch cronjob late --type=json -p '[{"op":"remove","path":"/spec/startingDeadlineSeconds"}]'; sleep 3`)
  expect(jobs()).toBe('1')
  // Another schedule has nothing to make up for: the next look is when it comes.
  run(`kubectl patch cronjob late -p '{"spec":{"schedule":"0 0 1 1 *"}}'; sleep 5`)
  expect(jobs()).toBe('1')
})
