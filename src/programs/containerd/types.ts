import type { Inode, NetNs, Process, Sink, Source } from '../../host/index.ts'
import type { Image } from '../images/index.ts'
import type { ContainerLog } from './log-file.ts'

/** Models runtime/v1 PodSandboxConfig. */
export interface SandboxConfig {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly attempt: number
  readonly hostname: string
  /** /var/log/pods/<ns>_<name>_<uid> */
  readonly logDirectory: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly hostNetwork: boolean
  readonly dns?: { servers: readonly string[]; searches: readonly string[]; options: readonly string[] }
  readonly portMappings: readonly { protocol: string; containerPort: number; hostPort: number; hostIp: string }[]
  readonly cgroupParent: string
  readonly runtimeHandler: string
  readonly sysctls?: Readonly<Record<string, string>>
}

type SandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY'

/** A pod sandbox. */
export interface Sandbox {
  readonly id: string
  readonly config: SandboxConfig
  /** Whose file system its pause process has. */
  readonly image: string
  /** Number of its writable layer. */
  readonly snapshot: number
  state: SandboxState
  /** ms of the host's clock. */
  readonly createdAt: number
  ip: string
  net: NetNs | undefined
  /** Whose child everything in the pod is. */
  shim: Process | undefined
  /** The pause container. */
  process: Process | undefined
}

/** A bind mount of a container. */
export interface Mount {
  readonly containerPath: string
  readonly hostPath: string
  /** The inode mounted; kept, so that replacing the path later does not change what the container sees. */
  readonly source: Inode
  readonly readOnly: boolean
}

/** Models runtime/v1 ContainerConfig. */
export interface ContainerConfig {
  readonly name: string
  readonly attempt: number
  /** As the user wrote it. */
  readonly image: string
  /** The image ID to start from. */
  readonly imageId: string
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly workingDir: string
  readonly env: readonly (readonly [string, string])[]
  readonly mounts: readonly Mount[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** Relative to the sandbox's log directory: `name/0.log`. */
  readonly logPath: string
  readonly stdin: boolean
  readonly stdinOnce: boolean
  readonly tty: boolean
  resources: Resources
  /** How ready the kernel is to kill it: -997 … 1000. */
  readonly oomScoreAdj: number
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly groups: readonly number[]
  readonly privileged: boolean
  /** Added to and dropped from the runtime's default. */
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] }
  readonly noNewPrivileges?: boolean
  /** Under the runtime's default seccomp profile. */
  readonly seccomp?: boolean
  readonly readOnlyRootfs: boolean
  readonly stopSignal: string | undefined
  /** Shares the process namespace of the host, the pod, or another container. */
  readonly pidMode: 'POD' | 'CONTAINER' | 'NODE' | 'TARGET'
  /** Name of the container whose namespace it joins, for TARGET. */
  readonly pidTarget?: string
}

/** The shim that every containerd brings along. */
export const RUNC = 'io.containerd.runc.v2'

/** Limits of a container's cgroup; 0 is none. */
export interface Resources {
  readonly memoryLimit: number
  /** In millicores. */
  readonly cpuLimit: number
  readonly cpuShares: number
}

type ContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN'

/** A container of the CRI. */
export interface Container {
  readonly id: string
  readonly sandbox: Sandbox
  readonly config: ContainerConfig
  readonly image: Image
  /** Number of its writable layer. */
  readonly snapshot: number
  state: ContainerState
  /** ms of the host's clock; 0 when it has not happened. */
  readonly createdAt: number
  startedAt: number
  finishedAt: number
  exitCode: number
  reason: string
  message: string
  process: Process | undefined
  /** The path of the log file on the host. */
  readonly logFile: string
  readonly log: ContainerLog
  readonly cgroup: string
  /** Who reads along: `kubectl attach`. */
  readonly attached: Set<{ stdout: Sink; stderr: Sink }>
  stdin: Source | undefined
  stdinSink: Sink | undefined
  readonly execs: Set<Process>
  /** How many were ever started: their pids inside follow from it. */
  execCount: number
  oomKilled: boolean
}

/** An image in containerd's store, with its names. */
export interface StoredImage {
  readonly image: Image
  /** `docker.io/library/nginx:1.27`, … */
  readonly tags: Set<string>
  /** `docker.io/library/nginx@sha256:…` */
  readonly digests: Set<string>
  readonly pinned: boolean
  /** Bytes on disk, unpacked. */
  readonly diskUsage: number
  /** Number of its layer. */
  readonly snapshot: number
  lastUsed: number
}

/** A change that the kubelet's PLEG will notice. */
export interface RuntimeEvent {
  readonly type: 'created' | 'started' | 'stopped' | 'deleted'
  readonly podUid: string
  readonly containerId: string
  readonly sandbox: boolean
}

/** Streams of a command that runs in a container. */
export interface ExecOptions {
  readonly stdin?: Source
  readonly stdout: Sink
  readonly stderr: Sink
  readonly tty?: boolean
}
