import { parseDocument } from 'yaml'
import type { KubeObject } from '../../api/index.ts'
import { hash } from '../../kernel/index.ts'
import { goYamlError, readWritten } from '../../print/index.ts'

/** A manifest that cannot become a pod, in the kubelet's words. */
export class ManifestError extends Error {}

/** A static pod's UID: 128 bits of what it says (not how it is written), of the node and of the file. */
function podHash(pod: unknown, node: string, path: string): string {
  const text = `${JSON.stringify(pod)}host:${node}file:${path}`
  const part = (salt: string): string => hash(`${salt}${text}`).toString(16).padStart(8, '0')
  return `${part('a')}${part('b')}${part('c')}${part('d')}`
}

/** The first thing in the API that a pod refers to. Models podutil.HasAPIObjectReference. */
function apiReference(spec: any): string | undefined {
  const all = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])]
  const sources: any[] = (spec.volumes ?? []).flatMap((v: any) => [v, ...(v.projected?.sources ?? [])])
  const refers = (from: string, key: string, volume: string): boolean =>
    all.some(
      (c) =>
        (c.envFrom ?? []).some((e: any) => e?.[from]) ||
        (c.env ?? []).some((e: any) => e?.valueFrom?.[key] !== undefined),
    ) || sources.some((s) => s?.[volume])
  if (spec.serviceAccountName) return 'serviceaccounts'
  if (spec.imagePullSecrets?.length > 0 || refers('secretRef', 'secretKeyRef', 'secret')) return 'secrets'
  if (refers('configMapRef', 'configMapKeyRef', 'configMap')) return 'configmaps'
  if (spec.resourceClaims?.length > 0) return 'resourceclaims'
  if (sources.some((s) => s?.persistentVolumeClaim || s?.ephemeral)) return 'persistentvolumeclaims'
  return sources.some((s) => s?.serviceAccountToken) ? 'serviceaccounts' : undefined
}

/** Decodes one manifest as pkg/kubelet/config/common.go does. Throws ManifestError. */
export function parseManifest(path: string, text: string, nodeName: string): KubeObject {
  const unparsable = (problem: string): ManifestError =>
    new ManifestError(`${path}: couldn't parse as pod(${problem}), please check config file`)
  const known = readWritten(text)
  const problem = known ? undefined : goYamlError(text)
  if (problem) throw unparsable(problem)
  const value: any = known ? known.value : parseDocument(text).toJS()
  if (typeof value !== 'object' || value === null || !value.kind)
    throw unparsable(`Object 'Kind' is missing in '${JSON.stringify(value ?? null)}'`)
  if (!value.apiVersion) throw unparsable(`Object 'apiVersion' is missing in '${JSON.stringify(value)}'`)
  if (value.kind !== 'Pod' || value.apiVersion !== 'v1')
    throw unparsable(
      value.apiVersion === 'v1' && ['Service', 'ConfigMap', 'Secret', 'Namespace', 'Node'].includes(value.kind)
        ? `invalid pod: &v1.${value.kind}{}`
        : `no kind "${value.kind}" is registered for version "${value.apiVersion}" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`,
    )
  const metadata = value.metadata ?? {}
  const spec = value.spec ?? {}
  if (!metadata.name) throw new ManifestError('invalid pod: name is needed for the pod')
  if (!Array.isArray(spec.containers) || spec.containers.length === 0)
    throw new ManifestError('invalid pod: [spec.containers: Required value]')
  for (const [i, c] of spec.containers.entries()) {
    if (!c.image) throw new ManifestError(`invalid pod: [spec.containers[${i}].image: Required value]`)
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(c.name ?? ''))
      throw new ManifestError(
        c.name
          ? `invalid pod: [spec.containers[${i}].name: Invalid value: ${JSON.stringify(c.name)}: a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]`
          : `invalid pod: [spec.containers[${i}].name: Required value]`,
      )
  }
  const resource = apiReference(spec)
  if (resource) throw new ManifestError(`static pods may not reference ${resource}`)
  const uid = metadata.uid || podHash(value, nodeName, path)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name: `${metadata.name}-${nodeName}`.toLowerCase(),
      namespace: metadata.namespace || 'default',
      uid,
      annotations: { ...metadata.annotations, 'kubernetes.io/config.hash': uid, 'kubernetes.io/config.source': 'file' },
    },
    spec: podDefaults(spec, nodeName),
  }
}

/** The defaults that matter before the API server adds its own to the mirror pod. */
function podDefaults(spec: any, nodeName: string): any {
  const container = (c: any): any => ({
    ...c,
    imagePullPolicy:
      c.imagePullPolicy ?? (/(:latest|^[^:@]+)$/.test(c.image.split('/').pop()!) ? 'Always' : 'IfNotPresent'),
    resources: c.resources ?? {},
    terminationMessagePath: c.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: c.terminationMessagePolicy ?? 'File',
    ...(c.resources?.limits
      ? { resources: { ...c.resources, requests: { ...c.resources.limits, ...c.resources.requests } } }
      : {}),
  })
  return {
    ...spec,
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(container) } : {}),
    containers: spec.containers.map(container),
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    enableServiceLinks: spec.enableServiceLinks ?? true,
    nodeName,
    restartPolicy: spec.restartPolicy ?? 'Always',
    schedulerName: spec.schedulerName ?? 'default-scheduler',
    securityContext: spec.securityContext ?? {},
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    tolerations: [
      { effect: 'NoExecute', operator: 'Exists' },
      ...(spec.tolerations ?? []).filter((t: any) => !(t.operator === 'Exists' && t.effect === 'NoExecute' && !t.key)),
    ],
  }
}
