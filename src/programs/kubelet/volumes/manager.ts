import { Dir, type FileSystem, type Host, type Inode, normalize, withoutHelper } from '../../../host/index.ts'
import { containers, initContainers, type MountedVolume, type Pod, type PodRecord } from '../types.ts'
import { hostPath, ownDir } from './host-path.ts'
import { MountError } from './mount-error.ts'
import { type Payload, ProjectedDir } from './projected-dir.ts'
import { type ContentSource, configMapFiles, downwardFiles, projectedFiles, secretFiles } from './sources.ts'
import { inMemory, volumeMounts } from './tmpfs.ts'

/** Resolves what a claim is bound to. Throws Error. */
export type ClaimLookup = (
  pod: Pod,
  claim: string,
) => { name: string } & (
  | { kind: 'hostPath'; path: string }
  | { kind: 'local'; path: string }
  | { kind: 'nfs'; nfs: NfsSource }
)

const PLUGIN: Record<string, string> = {
  configMap: 'kubernetes.io~configmap',
  secret: 'kubernetes.io~secret',
  projected: 'kubernetes.io~projected',
  downwardAPI: 'kubernetes.io~downward-api',
  emptyDir: 'kubernetes.io~empty-dir',
}

const typeOf = (volume: any): string => Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir'

/** Where containers mount other volumes below this one, relative to it; not what lies below another of these. Models nested_volumes.go. */
function nestedMountPoints(pod: Pod, volume: string): string[] {
  const found = [...initContainers(pod), ...containers(pod)].flatMap((c) => {
    const paths = (c.volumeMounts ?? []).map((m: any): string => normalize(m.mountPath)).sort()
    return (c.volumeMounts ?? [])
      .filter((m: any) => m.name === volume)
      .flatMap((m: any) => {
        const above = `${normalize(m.mountPath)}/`
        const below = paths.filter((p: string) => p.startsWith(above))
        return below
          .filter((p: string) => !below.some((other: string) => p.startsWith(`${other}/`)))
          .map((p: string) => p.slice(above.length))
      })
  })
  return [...new Set(found)]
}

/** Directories under /var/lib/kubelet/pods and what is mounted from them. */
export class VolumeManager {
  private readonly podDirs = new Map<string, Dir>()

  constructor(
    private readonly host: Host,
    private readonly source: ContentSource,
    private readonly claims: ClaimLookup,
  ) {
    host.fs.listToo('kubelet', () => volumeMounts(host))
  }

  /** Volumes of the pod that are not set up yet. */
  missing(r: PodRecord): any[] {
    return (r.pod.spec.volumes ?? []).filter((v: any) => !r.volumes.has(v.name))
  }

  /** Sets one volume up. Throws MountError, or Error with the text behind `MountVolume.SetUp failed for volume "x" : `. */
  mount(r: PodRecord, volume: any): void {
    const type = typeOf(volume)
    const mounted = this.setUp(r, volume, type)
    r.volumes.set(volume.name, mounted)
    const plugin = PLUGIN[type]
    if (plugin) this.enter(r, plugin, volume.name, mounted.node)
  }

  /** Writes changed ConfigMaps, Secrets and labels into volumes that are set up. */
  refresh(r: PodRecord): void {
    for (const v of r.volumes.values()) {
      try {
        v.refresh?.()
      } catch (error) {
        if (!(error instanceof Error) || error.constructor !== Error) throw error
        // A source that has vanished leaves the old content in place.
      }
    }
  }

  /** The pod's volumes are no longer its own. Its directory stays until housekeeping finds that the pod has gone. */
  tearDown(r: PodRecord): void {
    r.volumes.clear()
    this.podDirs.delete(r.uid)
  }

  /** Removes directories of pods that are not `known` (of which there are `count`), and says whose. Models cleanupOrphanedPodDirs. */
  removeOrphans(count: number, known: (uid: string) => boolean): string[] {
    const pods = this.host.fs.find('/var/lib/kubelet/pods')
    if (pods?.kind !== 'dir' || pods.entries.size <= count) return []
    const gone = [...pods.entries.keys()].filter((uid) => !known(uid))
    for (const uid of gone) pods.entries.delete(uid)
    return gone
  }

  /** The pod's own directory, made at once and filled when looked at. Throws SysError where none can be made. */
  podDir(uid: string): Dir {
    let dir = this.podDirs.get(uid)
    if (!dir) {
      const { host } = this
      const pods = host.fs.mkdir('/var/lib/kubelet/pods', { parents: true, mode: 0o750 })
      const before = pods.entries.get(uid)
      if (before?.kind === 'dir') dir = before
      else {
        host.fs.mkdir(`/var/lib/kubelet/pods/${uid}`)
        dir = new Dir(host.rootFs, 0o750, () =>
          ['containers', 'plugins', 'volumes'].map((name) => [name, ownDir(host, 0o750, undefined)]),
        )
        dir.mtime = host.clock.now()
        pods.entries.set(uid, dir)
      }
      this.podDirs.set(uid, dir)
    }
    return dir
  }

  private enter(r: PodRecord, plugin: string, name: string, node: Inode): void {
    const volumes = this.podDir(r.uid).entries.get('volumes')
    if (volumes?.kind !== 'dir') return
    let own = volumes.entries.get(plugin)
    if (!own) volumes.entries.set(plugin, (own = ownDir(this.host, 0o755, undefined)))
    if (own.kind === 'dir') own.entries.set(name, node)
  }

  private setUp(r: PodRecord, volume: any, type: string): MountedVolume {
    const { pod } = r
    const { name } = volume
    const gid: number | undefined = pod.spec.securityContext?.fsGroup
    const path = `/var/lib/kubelet/pods/${r.uid}/volumes/${PLUGIN[type] ?? type}/${name}`
    const content = (files: () => ReadonlyMap<string, Payload>, storage = this.tmpfs(pod)): MountedVolume => {
      const dir = new ProjectedDir(storage, files(), () => this.host.clock.now(), gid, nestedMountPoints(pod, name))
      return { name, path, node: dir.dir, readOnly: true, refresh: () => dir.update(files()) }
    }
    const current = (): Pod => r.pod
    switch (type) {
      case 'configMap':
        return content(() => configMapFiles(current(), volume.configMap, this.source), this.host.rootFs)
      case 'secret':
        return content(() => secretFiles(current(), volume.secret, this.source))
      case 'projected':
        return content(() => projectedFiles(current(), volume.projected, this.source))
      case 'downwardAPI':
        return content(() => downwardFiles(current(), volume.downwardAPI, this.source))
      case 'emptyDir':
        return { name, path, node: this.emptyDir(r, volume, gid) }
      case 'hostPath':
        return this.hostPath(name, volume.hostPath.path, volume.hostPath.type ?? '')
      case 'persistentVolumeClaim':
      case 'ephemeral':
        return this.claim(r, name, volume.persistentVolumeClaim?.claimName ?? `${pod.metadata.name}-${name}`)
      case 'nfs':
        throw new Error(nfsProblem(volume.nfs, `/var/lib/kubelet/pods/${r.uid}/volumes/kubernetes.io~nfs/${name}`))
      case 'csi':
        throw new Error(
          `kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name ${volume.csi?.driver ?? ''} not found in the list of registered CSI drivers`,
        )
      default:
        throw new Error(`${type}: not simulated in this game`)
    }
  }

  /** Its type is checked once; what lies there is looked up at each container's start: it may have been exchanged. */
  private hostPath(name: string, path: string, type: string): MountedVolume {
    const { host } = this
    hostPath(host, path, type)
    return {
      name,
      path,
      get node() {
        return hostPath(host, path, '')
      },
    }
  }

  /** Survives restarts of the kubelet: what is there already is used. */
  private emptyDir(r: PodRecord, volume: any, gid: number | undefined): Dir {
    const volumes = this.podDir(r.uid).entries.get('volumes')
    const plugin = volumes?.kind === 'dir' ? volumes.entries.get(PLUGIN.emptyDir) : undefined
    const before = plugin?.kind === 'dir' ? plugin.entries.get(volume.name) : undefined
    if (before?.kind === 'dir') return before
    const { medium, sizeLimit } = volume.emptyDir ?? {}
    if (medium !== 'Memory') return ownDir(this.host, 0o777, gid)
    const storage = this.tmpfs(r.pod, sizeLimit)
    storage.root.mode = 0o777
    return storage.root
  }

  private tmpfs(pod: Pod, sizeLimit?: string): FileSystem {
    return inMemory(pod, this.source.allocatable.memory, sizeLimit)
  }

  private claim(r: PodRecord, name: string, claim: string): MountedVolume {
    const pv = this.claims(r.pod, claim)
    if (pv.kind !== 'nfs') {
      const node = pv.kind === 'local' ? this.host.fs.find(pv.path) : hostPath(this.host, pv.path, 'DirectoryOrCreate')
      if (!node) {
        const why = `path "${pv.path}" does not exist`
        throw new MountError('MountVolume.NewMounter initialization', 'local-volume', pv.name, why)
      }
      return { name, path: pv.path, node }
    }
    const dir = `/var/lib/kubelet/pods/${r.uid}/volumes/kubernetes.io~nfs/${pv.name}`
    throw new MountError('MountVolume.SetUp', 'nfs', pv.name, nfsProblem(pv.nfs, dir))
  }
}

interface NfsSource {
  readonly server: string
  readonly path: string
  readonly readOnly?: boolean
  readonly mountOptions?: readonly string[]
}

/** Why an export is not mounted: the machines have no mount.nfs (nfs-common). Models doMount of mount-utils. */
function nfsProblem({ server, path, readOnly, mountOptions = [] }: NfsSource, dir: string): string {
  const options = [...new Set([...mountOptions, ...(readOnly ? ['ro'] : [])])].sort()
  const given = options.length > 0 ? `-o ${options.join(',')} ` : ''
  return `mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs ${given}${server}:${path} ${dir}\nOutput: mount: ${withoutHelper(dir)}\n`
}
