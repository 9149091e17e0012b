import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'

/** A single-node world at rest, and what typing a line there prints. */
function settled(): (line: string) => string {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(120_000)
  return (line) => world.run(line).stdout
}

test('what a watch of a pod shows from its creation to its end (recording i18: rows of get -w)', () => {
  const run = settled()
  run('kubectl run warm --image=nginx:1.27; sleep 20')
  run(
    'kubectl get pods -w -o json > /tmp/w & W=$!; sleep 1; kubectl run web --image=nginx:1.27; sleep 5; kubectl delete pod web; kill $W',
  )
  const seen = run(
    `jq -r 'select(.metadata.name=="web")|[.status.phase,.status.observedGeneration,.metadata.deletionGracePeriodSeconds,([.status.conditions[]?|select(.type=="PodReadyToStartContainers" or .type=="Ready")|.status]|join(" "))]|map(tostring)|join(", ")' /tmp/w`,
  )
  expect(seen.trim().split('\n')).toEqual([
    'Pending, null, null, ',
    'Pending, null, null, ',
    'Pending, 1, null, False False',
    'Pending, 1, null, True False',
    'Running, 1, null, True True',
    'Running, 1, 30, True True',
    'Running, 2, 30, True True',
    'Succeeded, 2, 30, False False',
    'Succeeded, 2, 0, False False',
    'Succeeded, 2, 0, False False',
  ])
})

test('a pod’s end is told once nothing of it runs; a CronJob hears of each write of a Job (recording f02: UnexpectedJob x5)', () => {
  const run = settled()
  run("kubectl create cronjob tick --image=busybox:1.36 --schedule='0 0 1 1 *' -- sh -c 'date; sleep 1'")
  run('kubectl get pods -w -o json > /tmp/w & W=$!; kubectl create job now --from=cronjob/tick; sleep 12; kill $W')
  expect(run("kubectl get job now --no-headers | awk '{print $2}'").trim()).toBe('Complete')
  expect(
    run(`jq -r '.status.phase + " " + (.status.containerStatuses[0].state // {} | keys | join(""))' /tmp/w | uniq`)
      .trim()
      .split('\n'),
  ).toEqual(['Pending ', 'Pending waiting', 'Running running', 'Running terminated', 'Succeeded terminated'])
  expect(run('kubectl get events --field-selector reason=UnexpectedJob -o jsonpath={.items[*].count}')).toBe('5')
})

test('a pod whose Job has gone is let go once it has ended (recording i12: run1)', () => {
  const run = settled()
  run('kubectl create job run1 --image=busybox:1.36 -- sleep 100; sleep 3')
  run('kubectl delete job run1')
  expect(run("kubectl get pods --no-headers | awk '{print $3}'").trim()).toBe('Terminating')
  expect(run('sleep 40; kubectl get pods -o name')).toBe('')
})
