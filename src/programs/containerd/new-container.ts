import type { Image } from '../images/index.ts'
import { ContainerLog } from './log-file.ts'
import type { ContainerdState } from './store.ts'
import type { Container, Sandbox } from './types.ts'

/** A container that was made and has never run, with a writable layer of its own. */
export function newContainer(
  state: ContainerdState,
  sandbox: Sandbox,
  image: Image,
  given: Pick<Container, 'id' | 'config' | 'logFile' | 'cgroup'>,
): Container {
  const { host } = state
  return {
    ...given,
    sandbox,
    image,
    snapshot: ++state.snapshots,
    state: 'CONTAINER_CREATED',
    createdAt: host.clock.now(),
    startedAt: 0,
    finishedAt: 0,
    exitCode: 0,
    reason: '',
    message: '',
    process: undefined,
    log: new ContainerLog(host.fs, given.logFile, () => host.clock.now()),
    attached: new Set(),
    stdin: undefined,
    stdinSink: undefined,
    execs: new Set(),
    execCount: 0,
    oomKilled: false,
  }
}
