import type { Program } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { cobraProgram, command } from '../lib/cobra.ts'
import { certs } from './certs.ts'
import { config } from './config-print.ts'
import { NotSimulated, onError } from './errors.ts'
import { GLOBAL } from './flags.ts'
import { init } from './init.ts'
import { join } from './join.ts'
import { kubeconfig } from './kubeconfig-user.ts'
import { reset } from './reset.ts'
import { token } from './token.ts'
import { upgrade } from './upgrade/index.ts'
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

const root = command({
  use: 'kubeadm',
  short: 'kubeadm: easily bootstrap a secure Kubernetes cluster',
  long: LONG,
  persistentFlags: GLOBAL,
  commands: [
    command({ use: 'alpha', short: 'Kubeadm experimental sub-commands' }),
    certs,
    command({
      use: 'completion [SHELL]',
      short: 'Output shell completion code for the specified shell (bash or zsh)',
      *run() {
        throw new NotSimulated('completion')
      },
    }),
    config,
    init,
    join,
    kubeconfig,
    reset,
    token,
    upgrade,
    version,
  ],
})

/** `kubeadm` 1.36.4. */
export const kubeadmProgram: Program = cobraProgram(root, {
  style: 'cobra',
  onError,
  // A Go program of this size needs a moment to start.
  *before({ p }) {
    yield* sleep(p.host.kernel, 60)
  },
})
