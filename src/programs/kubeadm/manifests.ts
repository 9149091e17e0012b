import { writeYaml } from '../../print/index.ts'
import { apiServer, controllerManager, etcd, type Mount, type Probe, type Spec, scheduler } from './component-specs.ts'
import { type ClusterSettings, type Component, commandLine, type EnvVar, type NodeSettings } from './settings.ts'

/** Members of etcd besides the local one, as `name=https://ip:2380`; none for the first control plane. */
export interface EtcdCluster {
  readonly members: readonly string[]
  /** They and the local member, which is among them, began together. */
  readonly together?: boolean
}

const FOUR_MINUTES = 240_000

/** What is written of an object of Go's where it is not empty. */
const some = (name: string, list: readonly unknown[]): object => (list.length > 0 ? { [name]: list } : {})

/** The last of each name, in the order of names. */
function byName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  const found = new Map(items.map((item) => [item.name, item]))
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const variable = ({ name, value, valueFrom }: EnvVar): object => ({
  name,
  ...(value ? { value } : {}),
  ...(valueFrom === undefined ? {} : { valueFrom }),
})

/** A static pod as phases/controlplane and phases/etcd build it. */
export function staticPod(
  component: Component,
  cluster: ClusterSettings,
  node: NodeSettings,
  existing: EtcdCluster = { members: [] },
): Record<string, unknown> {
  const spec = specOf(component, cluster, node, existing)
  const { extraArgs, extraVolumes = [], extraEnvs = [] } = cluster.components?.[component] ?? {}
  const http = (probe: Probe): Record<string, unknown> => ({
    ...(probe.host ? { host: probe.host } : {}),
    path: probe.path,
    port: 'probe-port',
    scheme: probe.scheme,
  })
  const extra = extraVolumes.map(
    ({ name, hostPath, mountPath, pathType = '', readOnly = false }): Mount => ({
      name,
      path: hostPath,
      mountPath,
      type: pathType,
      readOnly,
    }),
  )
  // Volumes are sorted by name; so are the mounts, but for etcd, where data come first.
  const volumes = byName([...spec.mounts, ...extra])
  const mounts = component === 'etcd' ? spec.mounts : volumes
  const env = byName([...(component === 'etcd' ? [] : (node.proxyEnvs ?? [])), ...extraEnvs])
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(spec.annotations ? { annotations: spec.annotations } : {}),
      labels: { component, tier: 'control-plane' },
      name: component,
      namespace: 'kube-system',
    },
    spec: {
      containers: [
        {
          command: [component, ...commandLine(spec.args, extraArgs)],
          ...some('env', env.map(variable)),
          image: spec.image,
          imagePullPolicy: 'IfNotPresent',
          livenessProbe: {
            failureThreshold: 8,
            httpGet: http(spec.live),
            initialDelaySeconds: 10,
            periodSeconds: 10,
            timeoutSeconds: 15,
          },
          name: component,
          ports: [{ containerPort: spec.port, name: 'probe-port', protocol: 'TCP' }],
          ...(spec.ready
            ? {
                readinessProbe: {
                  failureThreshold: 3,
                  httpGet: http(spec.ready),
                  periodSeconds: 1,
                  timeoutSeconds: 15,
                },
              }
            : {}),
          resources: { requests: spec.requests },
          startupProbe: {
            failureThreshold: Math.ceil((node.componentTimeout ?? FOUR_MINUTES) / 10_000),
            httpGet: http(spec.startup),
            initialDelaySeconds: 10,
            periodSeconds: 10,
            timeoutSeconds: 15,
          },
          volumeMounts: mounts.map((m) => ({
            mountPath: m.mountPath ?? m.path,
            name: m.name,
            ...(m.readOnly ? { readOnly: true } : {}),
          })),
        },
      ],
      hostNetwork: true,
      priority: 2000001000,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      volumes: volumes.map((m) => ({ hostPath: { path: m.path, type: m.type }, name: m.name })),
    },
    status: {},
  }
}

function specOf(component: Component, cluster: ClusterSettings, node: NodeSettings, existing: EtcdCluster): Spec {
  switch (component) {
    case 'etcd':
      return etcd(cluster, node, existing)
    case 'kube-apiserver':
      return apiServer(cluster, node)
    case 'kube-controller-manager':
      return controllerManager(cluster, node)
    case 'kube-scheduler':
      return scheduler(cluster)
  }
}

/** Text of `/etc/kubernetes/manifests/COMPONENT.yaml`. */
export const manifest = (
  component: Component,
  cluster: ClusterSettings,
  node: NodeSettings,
  existing?: EtcdCluster,
): string => writeYaml(staticPod(component, cluster, node, existing))
