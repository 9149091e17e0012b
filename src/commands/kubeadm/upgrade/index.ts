import { command } from '../../lib/cobra.ts'
import { NotSimulated } from '../errors.ts'
import { group } from '../group.ts'
import { apply } from './apply.ts'
import { adminClient, CHANGING, checkConfig, fetchOrFail } from './common.ts'
import { node } from './node.ts'
import { plan } from './plan.ts'

const diff = command({
  use: 'diff [version]',
  short:
    'Show what differences would be applied to existing static pod manifests. See also: kubeadm upgrade apply --dry-run',
  flags: CHANGING,
  *run({ p, flags }) {
    checkConfig(p, flags)
    yield* fetchOrFail(p, adminClient(p, flags), 'upgrade')
    throw new NotSimulated('upgrade diff')
  },
})

/** `kubeadm upgrade`. */
export const upgrade = group({
  use: 'upgrade',
  short: 'Upgrade your cluster smoothly to a newer version with this command',
  commands: [plan, apply, diff, node],
})
