import { type Inode, may, type Process, type Program, SysError } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { cobraProgram, command } from '../lib/cobra.ts'
import { CERTS } from './certs.ts'
import { CONFIG } from './config-print.ts'
import { KubeadmError, NotSimulated, onError } from './errors.ts'
import { INIT } from './init.ts'
import { INIT_PHASES } from './init-phases.ts'
import { JOIN } from './join.ts'
import { kubeconfigUser } from './kubeconfig-user.ts'
import { FLAGS } from './pages/flags.ts'
import { RESET } from './reset.ts'
import { TOKEN } from './token.ts'
import { commandTree, type Run } from './tree.ts'
import { UPGRADE } from './upgrade/index.ts'
import { version } from './version.ts'

const LONG = `

    ┌──────────────────────────────────────────────────────────┐
    │ KUBEADM                                                  │
    │ Easily bootstrap a secure Kubernetes cluster             │
    │                                                          │
    │ Please give us feedback at:                              │
    │ https://github.com/kubernetes/kubeadm/issues             │
    └──────────────────────────────────────────────────────────┘

Example usage:

    Create a two-machine cluster with one control-plane node
    (which controls the cluster), and one worker node
    (where your workloads, like Pods and Deployments run).

    ┌──────────────────────────────────────────────────────────┐
    │ On the first machine:                                    │
    ├──────────────────────────────────────────────────────────┤
    │ control-plane# kubeadm init                              │
    └──────────────────────────────────────────────────────────┘

    ┌──────────────────────────────────────────────────────────┐
    │ On the second machine:                                   │
    ├──────────────────────────────────────────────────────────┤
    │ worker# kubeadm join <arguments-returned-from-init>      │
    └──────────────────────────────────────────────────────────┘

    You can then repeat the second step on as many other machines as you like.
`

const SHELLS = ['bash', 'zsh']

/** `kubeadm completion`: the scripts themselves are not simulated. */
const completion: Run = function* ({ args }) {
  if (args.length === 0) throw new KubeadmError('shell not specified')
  if (args.length > 1) throw new KubeadmError('too many arguments. expected only the shell type')
  if (!SHELLS.includes(args[0]))
    throw new KubeadmError(
      `unsupported shell type ${JSON.stringify(args[0])}, the supported shell types are [${SHELLS.join(' ')}]`,
    )
  throw new NotSimulated(`completion ${args[0]}`)
}

/** --rootfs: the files of everything that follows lie below a directory. */
function changeRoot(p: Process, path: string): void {
  const fail = (why: string): never => {
    throw new KubeadmError(`unable to chroot to ${path}: ${why}`)
  }
  let dir: Inode
  try {
    dir = p.fs.resolve(path, p.cwd, p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    return fail(error.strerror.toLowerCase())
  }
  if (dir.kind !== 'dir') return fail('not a directory')
  if (!may(p.creds, 'SYS_CHROOT')) return fail('operation not permitted')
  p.fs = p.fs.chroot(dir, p.fs.realpath(path, p.cwd, p.creds))
  p.cwd = '/'
}

const root = command({
  use: 'kubeadm',
  short: 'kubeadm: easily bootstrap a secure Kubernetes cluster',
  long: LONG,
  persistentFlags: ['rootfs', 'v', 'vmodule'].map((name) => FLAGS[name]),
  commands: [
    command({ use: 'alpha', short: 'Kubeadm experimental sub-commands' }),
    ...commandTree({
      ...CERTS,
      ...CONFIG,
      ...INIT,
      ...INIT_PHASES,
      ...JOIN,
      ...RESET,
      ...TOKEN,
      ...UPGRADE,
      'kubeconfig user': kubeconfigUser,
      completion,
      version,
    }),
  ],
})

/** `kubeadm` 1.36.4. */
export const kubeadmProgram: Program = cobraProgram(root, {
  style: 'cobra',
  onError,
  // A Go program of this size needs a moment to start.
  *before({ p, flags }) {
    yield* sleep(p.host.kernel, 60)
    if (flags.string('rootfs')) changeRoot(p, flags.string('rootfs'))
  },
})
