import type { Runs } from '../tree.ts'
import { APPLY } from './apply.ts'
import { diff } from './diff.ts'
import { NODE } from './node.ts'
import { plan } from './plan.ts'

/** `kubeadm upgrade …`. */
export const UPGRADE: Runs = { ...APPLY, 'upgrade diff': diff, 'upgrade plan': plan, ...NODE }
