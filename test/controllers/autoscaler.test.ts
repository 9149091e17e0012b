import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'

const METRICS_SERVER = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: metrics-server, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: metrics-server}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: metrics-server, namespace: kube-system}]
---
apiVersion: v1
kind: Service
metadata: {name: metrics-server, namespace: kube-system}
spec:
  selector: {k8s-app: metrics-server}
  ports: [{name: https, port: 443, targetPort: 10250}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: metrics-server, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: metrics-server}}
  template:
    metadata: {labels: {k8s-app: metrics-server}}
    spec:
      serviceAccountName: metrics-server
      containers:
      - name: metrics-server
        image: registry.k8s.io/metrics-server/metrics-server:v0.8.0
        args: [--cert-dir=/tmp, --secure-port=10250, --kubelet-insecure-tls, --metric-resolution=15s, --kubelet-preferred-address-types=InternalIP]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec:
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: {name: metrics-server, namespace: kube-system}
`

/** Deployments that use a whole CPU a pod, of which each asked for half of one. */
const stress = (name: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - {name: main, image: polinux/stress, command: [stress, --cpu, "1"], resources: {requests: {cpu: 500m}}}
`

const autoscaler = (name: string, more: string): string => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: ${name}}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${name}}
${more}
`

function settled(): (line: string, files?: Record<string, string>) => string {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(30_000)
  return (line, files = {}) => {
    for (const [name, content] of Object.entries(files)) world.write(`/root/${name}`, content)
    const { stdout, stderr } = world.run(line)
    return stdout + stderr
  }
}

const CONDITIONS = `{range .status.conditions[*]}{.type} {.status} {.reason}: {.message}{"\\n"}{end}`

test('bounds hold without metrics; a zero switches it off; what is not there is named', () => {
  const run = settled()
  const said = (name: string): string => run(`kubectl get hpa ${name} -o jsonpath='${CONDITIONS}'`)
  run(
    'kubectl create deploy web --image=nginx:1.27 --replicas=6; kubectl create deploy low --image=nginx:1.27; sleep 5',
  )
  run('kubectl create deploy queue --image=nginx:1.27; kubectl create deploy off --image=nginx:1.27 --replicas=0')
  run('kubectl autoscale deploy web --max=4 --cpu=50%; kubectl autoscale deploy low --min=3 --max=4 --cpu=50%')
  run('kubectl autoscale deploy off --max=4 --cpu=50%; kubectl apply -f gone.yaml', {
    'gone.yaml': autoscaler('gone', '  maxReplicas: 4'),
  })
  const metrics =
    '  maxReplicas: 3\n  metrics:\n  - type: External\n    external: {metric: {name: depth, selector: {matchLabels: {queue: q1}}}, target: {type: AverageValue, averageValue: 30}}'
  run('kubectl apply -f queue.yaml; sleep 40', { 'queue.yaml': autoscaler('queue', metrics) })
  expect(run("kubectl get deploy web low -o jsonpath='{.items[*].spec.replicas}'")).toBe('4 3')
  expect(run("kubectl get events --field-selector reason=SuccessfulRescale -o jsonpath='{.items[*].message}'")).toBe(
    'New size: 3; reason: Current number of replicas below Spec.MinReplicas New size: 4; reason: Current number of replicas above Spec.MaxReplicas',
  )
  expect(said('off')).toBe(
    "AbleToScale True SucceededGetScale: the HPA controller was able to get the target's current scale\nScalingActive False ScalingDisabled: scaling is disabled since the replica count of the target is zero\n",
  )
  expect(said('gone')).toBe(
    `AbleToScale False FailedGetScale: the HPA controller was unable to get the target's current scale: deployments.apps "gone" not found\n`,
  )
  expect(said('queue').split('\n')[1]).toBe(
    'ScalingActive False FailedGetExternalMetric: the HPA was unable to compute the replica count: unable to get external metric default/depth/&LabelSelector{MatchLabels:map[string]string{queue: q1,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get depth.external.metrics.k8s.io)',
  )
})

test('load scales up by no more than rules and policies allow, and down only when it has been low for long enough', () => {
  const run = settled()
  run('kubectl apply -f metrics.yaml -f hot.yaml -f slow.yaml; sleep 60', {
    'metrics.yaml': METRICS_SERVER,
    'hot.yaml': stress('hot'),
    'slow.yaml': stress('slow'),
  })
  const cpu = 'metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 20}}}]'
  const policies = 'behavior: {scaleUp: {policies: [{type: Pods, value: 1, periodSeconds: 60}]}}'
  run('kubectl apply -f hot-hpa.yaml -f slow-hpa.yaml; sleep 20', {
    'hot-hpa.yaml': autoscaler('hot', `  maxReplicas: 6\n  ${cpu}`),
    'slow-hpa.yaml': autoscaler('slow', `  maxReplicas: 6\n  ${cpu}\n  ${policies}`),
  })
  const said = (name: string): string[] => run(`kubectl get hpa ${name} -o jsonpath='${CONDITIONS}'`).split('\n')
  const shown = (): string => run("kubectl get hpa --no-headers | awk '{print $1, $3, $4, $7}'")
  expect(shown()).toBe('hot cpu: 200%/20% 1\nslow cpu: 200%/20% 1\n')
  expect(said('hot').slice(0, 3)).toEqual([
    'AbleToScale True SucceededRescale: the HPA controller was able to update the target scale to 4',
    'ScalingActive True ValidMetricFound: the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
    'ScalingLimited True ScaleUpLimit: the desired replica count is increasing faster than the maximum scale rate',
  ])
  expect(said('slow')[2]).toBe(
    'ScalingLimited True ScaleUpLimit: the desired replica count is increasing faster than the maximum scale rate',
  )
  expect(run("kubectl get deploy hot slow -o jsonpath='{.items[*].spec.replicas}'")).toBe('4 2')
  run('sleep 70')
  expect(run("kubectl get deploy hot slow -o jsonpath='{.items[*].spec.replicas}'")).toBe('6 3')
  expect(said('hot')[2]).toBe(
    'ScalingLimited True TooManyReplicas: the desired replica count is more than the maximum replica count',
  )
  run(
    `kubectl patch deploy hot -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","command":["sleep","9999"]}]}}}}'`,
  )
  run('sleep 150')
  expect(run("kubectl get deploy hot -o jsonpath='{.spec.replicas}'")).toBe('6')
  expect(said('hot')[0]).toBe(
    'AbleToScale True ScaleDownStabilized: recent recommendations were higher than current one, applying the highest recent recommendation',
  )
  run('sleep 300')
  expect(run("kubectl get deploy hot -o jsonpath='{.spec.replicas}'")).toBe('1')
  expect(
    run(
      "kubectl get events --field-selector reason=SuccessfulRescale,involvedObject.name=hot -o jsonpath='{.items[*].message}'",
    ),
  ).toBe(
    'New size: 4; reason: cpu resource utilization (percentage of request) above target New size: 6; reason: cpu resource utilization (percentage of request) above target New size: 1; reason: All metrics below target',
  )
})
