import type { Definition } from '../lib/define.ts'
import { configMap, namespace, secret, serviceAccount } from './config.ts'
import { disruptionBudget, ingress, priorityClass, quota } from './policy.ts'
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.ts'
import { serviceGroup } from './services.ts'
import { token } from './token.ts'
import { cronJob, deployment, job } from './workloads.ts'

/** Subcommands of `kubectl create`. */
export const generators: readonly Definition[] = [
  namespace,
  quota,
  secret,
  configMap,
  serviceAccount,
  serviceGroup,
  deployment,
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  disruptionBudget,
  priorityClass,
  job,
  cronJob,
  ingress,
  token,
]
