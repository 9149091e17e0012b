import { claimWarnings } from './claim.ts'

const q = (text: unknown) => JSON.stringify(text ?? '')

/** Volume plugins that are gone, and since when. */
const GONE: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}

/** Deprecated plugins, amounts that are no whole bytes, keys that land on the same path. */
export function volumeWarnings(warnings: string[], path: string, volumes: readonly any[]): void {
  volumes.forEach((volume, i) => {
    for (const source in volume) {
      if (GONE[source]) warnings.push(`${path}[${i}].${source}: ${GONE[source]}`)
    }
    const claim = volume.ephemeral?.volumeClaimTemplate
    if (claim) claimWarnings(warnings, `${path}[${i}].ephemeral.volumeClaimTemplate.spec`, claim.spec)
  })
  for (const volume of volumes) overlaps(warnings, volume)
}

interface Target {
  readonly path: string
  readonly source: string
}

const targets = (items: readonly any[] | undefined, source: string): Target[] =>
  (items ?? []).map((item) => ({ path: (item.path ?? '').replace(/\/+$/, ''), source }))

const named = ({ path, source }: Target) => (source ? `${q(path)} (${source})` : q(path))

/** Pairs of paths of which one is the other or lies below it. */
function collisions(paths: readonly Target[]): string[] {
  const out: string[] = []
  paths.forEach((one, i) => {
    if (!one.path) return
    for (const other of paths.slice(0, i)) {
      if (!other.path) continue
      if (`${other.path}/`.startsWith(`${one.path}/`) || `${one.path}/`.startsWith(`${other.path}/`)) {
        out.push(`${named(one)} with ${named(other)}`)
      }
    }
  })
  return out
}

function overlaps(warnings: string[], volume: any): void {
  const report = (kind: string, paths: readonly Target[]) => {
    for (const text of collisions(paths)) {
      warnings.push(`volume ${q(volume.name)} (${kind}): overlapping paths: ${text}`)
    }
  }
  if (volume.configMap?.items) report(`ConfigMap ${q(volume.configMap.name)}`, targets(volume.configMap.items, ''))
  if (volume.secret?.items) report(`Secret ${q(volume.secret.secretName)}`, targets(volume.secret.items, ''))
  if (volume.downwardAPI?.items) report('DownwardAPI', targets(volume.downwardAPI.items, ''))
  if (!volume.projected) return
  const all: Target[] = []
  for (const source of volume.projected.sources ?? []) {
    if (Object.keys(source).length === 0) {
      warnings.push(`volume ${q(volume.name)} (Projected) has no sources provided`)
    }
    if (source.configMap) all.push(...targets(source.configMap.items, `ConfigMap ${q(source.configMap.name)}`))
    else if (source.secret) all.push(...targets(source.secret.items, `Secret ${q(source.secret.name)}`))
    else if (source.downwardAPI) all.push(...targets(source.downwardAPI.items, 'DownwardAPI'))
    else if (source.serviceAccountToken) all.push(...targets([source.serviceAccountToken], 'ServiceAccountToken'))
    else if (source.clusterTrustBundle) {
      const bundle = source.clusterTrustBundle
      all.push(...targets([bundle], `ClusterTrustBundle ${q(bundle.name ?? bundle.signerName)}`))
    }
  }
  report('Projected', all)
}
