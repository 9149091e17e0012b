import { orUnset, sortedKeys, type Writer } from './writer.ts'

type Row = readonly [string, unknown]

/** A volume source: what it is, and its lines. */
function source(v: any): { type: string; rows: readonly Row[] } | undefined {
  const optional = (s: any): Row => ['Optional', s.optional === true]
  if (v.hostPath)
    return {
      type: 'HostPath (bare host directory volume)',
      rows: [
        ['Path', v.hostPath.path],
        ['HostPathType', v.hostPath.type ?? '<none>'],
      ],
    }
  if (v.emptyDir)
    return {
      type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
      rows: [
        ['Medium', v.emptyDir.medium ?? ''],
        ['SizeLimit', orUnset(v.emptyDir.sizeLimit)],
      ],
    }
  if (v.secret)
    return {
      type: 'Secret (a volume populated by a Secret)',
      rows: [['SecretName', v.secret.secretName], optional(v.secret)],
    }
  if (v.configMap)
    return {
      type: 'ConfigMap (a volume populated by a ConfigMap)',
      rows: [['Name', v.configMap.name], optional(v.configMap)],
    }
  if (v.persistentVolumeClaim)
    return {
      type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
      rows: [
        ['ClaimName', v.persistentVolumeClaim.claimName],
        ['ReadOnly', v.persistentVolumeClaim.readOnly === true],
      ],
    }
  if (v.nfs)
    return {
      type: 'NFS (an NFS mount that lasts the lifetime of a pod)',
      rows: [
        ['Server', v.nfs.server],
        ['Path', v.nfs.path],
        ['ReadOnly', v.nfs.readOnly === true],
      ],
    }
  if (v.local)
    return {
      type: 'LocalVolume (a persistent volume backed by local storage on a node)',
      rows: [['Path', v.local.path]],
    }
  if (v.csi)
    return {
      type: 'CSI (a Container Storage Interface (CSI) volume source)',
      rows: [
        ['Driver', v.csi.driver],
        ['FSType', v.csi.fsType ?? ''],
        ...(v.csi.volumeHandle === undefined ? [] : [['VolumeHandle', v.csi.volumeHandle] as Row]),
        ['ReadOnly', v.csi.readOnly === true],
      ],
    }
  if (v.image)
    return {
      type: 'Image (a container image or OCI artifact)',
      rows: [
        ['Reference', v.image.reference],
        ['PullPolicy', v.image.pullPolicy ?? ''],
      ],
    }
  return undefined
}

/** One volume's or persistent volume's source. Returns false when it is of a type that is not known. */
export function describeSource(w: Writer, v: any): boolean {
  const known = source(v)
  if (known) {
    w.row(2, 'Type', known.type)
    for (const [name, value] of known.rows) w.row(2, name, value)
    if (v.csi) {
      const attributes = v.csi.volumeAttributes
      const keys = sortedKeys(attributes)
      w.w(2, `VolumeAttributes:\t${keys.length === 0 ? '<none>\n' : ''}`)
      keys.forEach((key, i) => {
        w.w(2, `${i > 0 ? '    \t' : ''}${key}=${attributes[key]}\n`)
      })
    }
    return true
  }
  if (v.projected) projected(w, v.projected)
  else if (v.downwardAPI) {
    w.w(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)\n    Items:\n')
    for (const item of v.downwardAPI.items ?? [])
      w.w(3, `${item.fieldRef?.fieldPath ?? item.resourceFieldRef?.resource} -> ${item.path}\n`)
  } else if (v.ephemeral) {
    w.row(
      2,
      'Type',
      'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    )
    const template = v.ephemeral.volumeClaimTemplate
    if (template) {
      w.row(2, 'StorageClass', template.spec.storageClassName ?? '')
      w.row(2, 'Volume', '')
      w.labels('Labels', template.metadata?.labels, '    ')
      w.w(2, '')
      w.annotations('    Annotations', template.metadata?.annotations)
      w.row(2, 'Capacity', '')
      w.row(2, 'Access Modes', '')
      w.optional(2, 'VolumeMode', template.spec.volumeMode)
    }
  } else return false
  return true
}

function projected(w: Writer, p: any): void {
  w.row(2, 'Type', 'Projected (a volume that contains injected data from multiple sources)')
  for (const s of p.sources ?? []) {
    if (s.secret) {
      w.row(2, 'SecretName', s.secret.name)
      w.row(2, 'Optional', s.secret.optional === true)
    } else if (s.downwardAPI) w.row(2, 'DownwardAPI', 'true')
    else if (s.configMap) {
      w.row(2, 'ConfigMapName', s.configMap.name)
      w.row(2, 'Optional', s.configMap.optional === true)
    } else if (s.serviceAccountToken)
      w.row(2, 'TokenExpirationSeconds', s.serviceAccountToken.expirationSeconds ?? 3600)
  }
}

/** The `Volumes` block of a pod or template. */
export function describeVolumes(w: Writer, volumes: readonly any[] | undefined, indent: string): void {
  if (!volumes?.length) {
    w.w(0, `${indent}Volumes:\t<none>\n`)
    return
  }
  w.w(0, `${indent}Volumes:\n`)
  for (const v of volumes) {
    w.w(1, `${indent ? ' ' : ''}${v.name}:\n`)
    if (!describeSource(w, v)) w.w(1, '<unknown>\n')
  }
}
