/** What the recorder applied at 02:20:40. Commands that a recording shows are verbatim; the rest follows from what it did. */
export const SERVICES = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.99.209.204, selector: {app: web}, ports: [{port: 80, targetPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web-np}
spec: {clusterIP: 10.101.228.214, type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: web-local}
spec: {clusterIP: 10.106.115.237, type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, targetPort: 80, nodePort: 30081}]}
---
apiVersion: v1
kind: Service
metadata: {name: web-sticky}
spec: {clusterIP: 10.102.176.246, sessionAffinity: ClientIP, selector: {app: web}, ports: [{port: 80, targetPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web-headless}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80, targetPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: noep}
spec: {clusterIP: 10.100.108.148, selector: {app: nothing}, ports: [{port: 80, targetPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: multi}
spec: {clusterIP: 10.100.3.49, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 80}, {name: alt, port: 8080, targetPort: 80}]}
`

const pod = (name: string, container: string, rest: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  terminationGracePeriodSeconds: 1\n  containers:\n  - name: ${container}\n${rest
    .split('\n')
    .map((l) => `    ${l}`)
    .join('\n')}\n`

export const PODS = [
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {name: nginx, image: 'nginx:1.27', ports: [{containerPort: 80}]}
`,
  `apiVersion: v1
kind: Pod
metadata: {name: logger}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: logger
    image: busybox:1.37
    command: ["sh","-c","i=0; while true; do i=$((i+1)); echo \\"tick $i\\"; echo \\"warn $i\\" >&2; sleep 2; done"]
`,
  pod(
    'crasher',
    'crasher',
    `image: busybox:1.37\ncommand: ["sh","-c","echo starting; echo 'fatal: cannot open /etc/app/config' >&2; exit 3"]`,
  ),
  pod('badimage', 'c', 'image: registry.k8s.io/nosuch-image:v9'),
  pod('badcmd', 'c', 'image: busybox:1.37\ncommand: ["/bin/nope"]'),
  pod('oom', 'c', 'image: busybox:1.37\ncommand: ["sh","-c","tail /dev/zero"]\nresources: {limits: {memory: 16Mi}}'),
  `apiVersion: v1
kind: Pod
metadata: {name: nomount}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: c, image: 'busybox:1.37', command: ["sleep","3600"], volumeMounts: [{name: v, mountPath: /v}]}
  volumes: [{name: v, configMap: {name: missing}}]
`,
  `apiVersion: v1
kind: Pod
metadata: {name: probefail}
spec:
  containers:
  - name: c
    image: busybox:1.37
    command: ["sleep","3600"]
    livenessProbe: {exec: {command: ["cat","/tmp/healthy"]}, periodSeconds: 5, failureThreshold: 2}
`,
].join('---\n')

export const CNI_CONFLIST =
  '{"cniVersion":"1.0.0","name":"lab","plugins":[{"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,"hairpinMode":true,"ipam":{"type":"host-local","ranges":[[{"subnet":"10.244.0.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}},{"type":"portmap","capabilities":{"portMappings":true}}]}\n'
