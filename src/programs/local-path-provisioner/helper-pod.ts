import { parse } from 'yaml'
import type { KubeObject } from '../../api/types.ts'
import { type Process, SysError } from '../../host/index.ts'

/** What the helper pod does with a volume's directory. */
export type Action = 'create' | 'delete'

/** What a volume's directory must be like, and where. */
export interface VolumePlace {
  readonly name: string
  readonly path: string
  readonly node: string
  readonly mode: string
  /** Bytes. */
  readonly size: number
}

/** The part of config.json and its neighbours that is used. */
export interface ProvisionerConfig {
  /** Directories by node. */
  readonly paths: ReadonlyMap<string, readonly string[]>
  /** helperPod.yaml. */
  readonly template: KubeObject
}

const ANY_NODE = 'DEFAULT_PATH_FOR_NON_LISTED_NODES'

/** Reads what the ConfigMap `local-path-config` puts beside the program. Returns what went wrong as text. */
export function readConfig(p: Process, file: string): ProvisionerConfig | string {
  try {
    const map = JSON.parse(p.fs.readFile(file)).nodePathMap ?? []
    const dir = file.slice(0, file.lastIndexOf('/'))
    return {
      paths: new Map(map.map((m: { node: string; paths: string[] }) => [m.node, m.paths])),
      template: parse(p.fs.readFile(`${dir}/helperPod.yaml`)),
    }
  } catch (error) {
    if (error instanceof SysError) return `fail to load config file ${file}: ${error.goMessage}`
    return `fail to load config file ${file}: ${(error as Error).message}`
  }
}

/** The directory under which a node's volumes lie. Throws Error in the provisioner's words. */
export function basePath(config: ProvisionerConfig, node: string): string {
  const paths = config.paths.get(node) ?? config.paths.get(ANY_NODE)
  if (!paths) throw new Error(`config doesn't contain node ${node}, and no ${ANY_NODE} available`)
  if (paths.length === 0) throw new Error(`no local path available on node ${node}`)
  return paths[0]
}

/** The pod that runs the setup or teardown script on the volume's node. Models createHelperPod of provisioner.go. */
export function helperPod(
  config: ProvisionerConfig,
  action: Action,
  volume: VolumePlace,
  own: { readonly namespace: string; readonly serviceAccount: string; readonly configMap: string },
): KubeObject {
  const pod = structuredClone(config.template)
  const parent = volume.path.slice(0, volume.path.lastIndexOf('/'))
  const container = pod.spec.containers[0]
  const script = action === 'create' ? 'setup' : 'teardown'
  pod.metadata.name = `${pod.metadata.name}-${action}-${volume.name}`.slice(0, 128)
  pod.metadata.namespace = own.namespace
  pod.spec.nodeName ??= volume.node
  pod.spec.serviceAccountName = own.serviceAccount
  pod.spec.restartPolicy = 'Never'
  pod.spec.volumes = [
    ...(pod.spec.volumes ?? []),
    { name: 'data', hostPath: { path: `${parent}/`, type: 'DirectoryOrCreate' } },
    {
      name: 'script',
      configMap: { name: own.configMap, items: ['setup', 'teardown'].map((key) => ({ key, path: key })) },
    },
  ]
  container.volumeMounts = [
    ...(container.volumeMounts ?? []),
    { name: 'script', mountPath: '/script' },
    { name: 'data', mountPath: `${parent}/` },
  ]
  container.command = ['/bin/sh', `/script/${script}`]
  container.args = ['-p', volume.path, '-s', String(volume.size), '-m', volume.mode, '-a', action]
  container.env = [
    ...(container.env ?? []),
    { name: 'VOL_DIR', value: volume.path },
    { name: 'VOL_MODE', value: volume.mode },
    { name: 'VOL_SIZE_BYTES', value: String(volume.size) },
  ]
  return pod
}
