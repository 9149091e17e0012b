import { File, type FileSystem, Special, SysError } from '../../host/index.ts'
import { utf8Length } from '../../kernel/index.ts'
import type { Kubelet } from './kubelet.ts'

const ROOT = '/var/lib/kubelet'

const DIRS: Readonly<Record<string, number>> = {
  checkpoints: 0o700,
  'device-plugins': 0o755,
  image_manager: 0o700,
  'image_manager/pulled': 0o700,
  'image_manager/pulling': 0o700,
  plugins: 0o750,
  plugins_registry: 0o750,
  'pod-resources': 0o750,
}

/** Managers without a policy, and claims of no pod: what they first write is all they ever write here. */
const FIXED: Readonly<Record<string, string>> = {
  cpu_manager_state: '{"policyName":"none","defaultCpuSet":"","checksum":1353318690}',
  dra_manager_state:
    '{"Data":"{\\"kind\\":\\"DRACheckpoint\\",\\"apiVersion\\":\\"checkpoint.dra.kubelet.k8s.io/v1\\",\\"ClaimInfoStateList\\":[]}","Checksum":2361995144}',
  memory_manager_state: '{"policyName":"None","machineState":{},"checksum":4047769151}',
}

/** A file whose text is made when it is looked at: too small to be counted. */
class Rendered extends File {
  private written = 0

  constructor(fs: FileSystem, render: () => string) {
    super(fs, 0o600)
    Object.defineProperty(this, 'size', {
      get: () => (typeof this.raw === 'function' ? utf8Length(this.read()) : this.written),
      set: (size: number) => void (this.written = size),
    })
    this.write(render)
  }

  protected override get charged(): number {
    return this.written
  }
}

/** FNV-1a over a string as spew shows it. Models pkg/kubelet/checkpointmanager/checksum. */
export function checksum(data: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`(string)${data}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

/** The resources of the pods that were admitted. Models pkg/kubelet/allocation/state/checkpoint.go. */
export function podsState(k: Pick<Kubelet, 'records'>): string {
  const entries: Record<string, unknown> = {}
  for (const uid of [...k.records.keys()].sort()) {
    const { initContainers = [], containers } = k.records.get(uid)!.pod.spec
    const all: any[] = [...containers, ...initContainers.filter((c: any) => c.restartPolicy === 'Always')]
    const resources = all.map((c) => [c.name, c.resources ?? {}] as const).sort(([a], [b]) => (a < b ? -1 : 1))
    entries[uid] = { ContainerResources: Object.fromEntries(resources), PodLevelResources: null }
  }
  const data = JSON.stringify({ entries })
  return JSON.stringify({ data, checksum: checksum(data) })
}

/** What a kubelet keeps in its directory besides its pods, made at its start; a full disk has no place for it. */
export function layCheckpoints(k: Kubelet): void {
  try {
    lay(k)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
  }
}

function lay(k: Kubelet): void {
  const { fs } = k.host
  for (const [name, mode] of Object.entries(DIRS)) fs.mkdir(`${ROOT}/${name}`, { parents: true, mode })
  for (const name of ['device-plugins', 'pod-resources']) {
    const path = `${ROOT}/${name}/kubelet.sock`
    if (!fs.exists(path)) fs.link(new Special(k.host.rootFs, 0o755, 'socket'), path)
  }
  for (const [name, text] of Object.entries(FIXED))
    if (!fs.exists(`${ROOT}/${name}`)) fs.writeFile(`${ROOT}/${name}`, text, { mode: 0o600 })
  for (const name of ['actuated_pods_state', 'allocated_pods_state']) {
    fs.remove(`${ROOT}/${name}`)
    fs.link(new Rendered(k.host.rootFs, () => podsState(k)), `${ROOT}/${name}`)
  }
}
