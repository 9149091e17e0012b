import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

/** Recordings i01, i04, i05, i08 and i11: what the server orders, and what kubectl asks. */
test('what kubectl says and does in rarer ways', () => {
  const world = createWorld({ cluster: 'single' })
  const out = (line: string): string => world.sh(line).stdout
  world.sh(
    'kubectl create deploy web --image=nginx; kubectl expose deploy web --port=80; kubectl run p --image=nginx; sleep 4',
  )

  const ports = [
    { name: 'web', port: 80 },
    { name: 'alt', port: 81, targetPort: 8081 },
  ]
  world.sh(`kubectl patch svc web -p '${JSON.stringify({ spec: { ports } })}'; sleep 2`)
  expect(out("kubectl get endpointslices -o jsonpath='{.items[*].ports[*].port}'")).toContain('8081 80')

  expect(out('kubectl explain pod.spec.hostname --output=plaintext-openapiv2 | head -5')).toBe(
    'KIND:     Pod\nVERSION:  v1\n\nFIELD:    hostname <string>\n\n',
  )
  expect(out('kubectl get --raw /statusz')).toMatch(/^\napiserver statusz\n[\s\S]+Up= 0 hr \d\d min \d\d sec\n/)

  const requests = (line: string): string[] =>
    [...out(`${line} -v=6 2>&1`).matchAll(/verb="(\w+)" url="[^"]*\/pods[/?]([^"]*)"/g)].map(
      (m) => `${m[1]} ${m[2].replace(/\d\d\d/, 'N')}`,
    )
  expect(requests('kubectl describe pod p')).toEqual(['GET p', 'GET p'])
  expect(requests('kubectl delete pod p')).toEqual([
    'DELETE p',
    'GET p',
    'GET allowWatchBookmarks=true&fieldSelector=metadata.name%3Dp&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&timeoutSeconds=N&watch=true',
  ])

  world.write('/root/ed.sh', 'sed -i "s/replicas: 1/replicas: 2/" $1\n')
  expect(world.sh("EDITOR='sh ed.sh' kubectl edit deploy web --subresource=scale").stderr).toMatch(
    /^A copy of your changes has been stored to "\/tmp\/kubectl-edit-\d+.yaml"\nerror: Edit cancelled, no valid changes were saved.\n$/,
  )
  world.write(
    '/root/pod.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c, image: nginx}]}\n',
  )
  const debug = world.sh('kubectl debug -f pod.yaml --image=busybox -- sleep 1')
  expect([debug.exit, debug.stderr.split('\n')[0]]).toEqual([
    2,
    'panic: runtime error: invalid memory address or nil pointer dereference',
  ])
})

/** Recording i12. */
test('a success policy lets go of what still runs without counting it', () => {
  const world = createWorld({ cluster: 'single' })
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: {
      completions: 2,
      parallelism: 2,
      completionMode: 'Indexed',
      successPolicy: { rules: [{ succeededIndexes: '0' }] },
      template: {
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 1,
          containers: [
            { name: 'c', image: 'busybox', command: ['sh', '-c', 'test $JOB_COMPLETION_INDEX = 0 || sleep 600'] },
          ],
        },
      },
    },
  }
  world.write('/root/j.yaml', JSON.stringify(job))
  world.sh('kubectl apply -f j.yaml; sleep 20')
  expect(
    world.sh("kubectl get job j -o jsonpath='{.status.succeeded} {.status.failed} {.status.conditions[*].type}'")
      .stdout,
  ).toBe('1  SuccessCriteriaMet Complete')
})
