import { apiResources, apiVersions } from './api-resources.ts'
import { apply } from './apply.ts'
import { attach } from './attach.ts'
import { auth } from './auth/index.ts'
import { autoscale } from './autoscale.ts'
import { certificate } from './certificate.ts'
import { clusterInfo } from './cluster-info.ts'
import { config } from './config/index.ts'
import { cp } from './cp.ts'
import { create } from './create.ts'
import { debug } from './debug.ts'
import { del } from './delete.ts'
import { describe } from './describe.ts'
import { diff } from './diff.ts'
import { cordon, drain, uncordon } from './drain.ts'
import { edit } from './edit.ts'
import { events } from './events.ts'
import { exec } from './exec.ts'
import { explain } from './explain.ts'
import { expose } from './expose.ts'
import { get } from './get.ts'
import { kuberc } from './kuberc.ts'
import { annotate, label } from './label.ts'
import type { Definition } from './lib/define.ts'
import { logs } from './logs.ts'
import { alpha, completion, kustomize, options } from './misc.ts'
import { patch } from './patch.ts'
import { plugin } from './plugin.ts'
import { portForward } from './port-forward.ts'
import { proxy } from './proxy.ts'
import { replace } from './replace.ts'
import { rollout } from './rollout/index.ts'
import { run } from './run.ts'
import { scale } from './scale.ts'
import { set } from './set/index.ts'
import { taint } from './taint.ts'
import { top } from './top.ts'
import { version } from './version.ts'
import { wait } from './wait.ts'

/** Every command of kubectl. */
export const commands: readonly Definition[] = [
  alpha,
  annotate,
  apiResources,
  apiVersions,
  apply,
  attach,
  auth,
  autoscale,
  certificate,
  clusterInfo,
  completion,
  config,
  cordon,
  cp,
  create,
  debug,
  del,
  describe,
  diff,
  drain,
  edit,
  events,
  exec,
  explain,
  expose,
  get,
  kuberc,
  kustomize,
  label,
  logs,
  options,
  patch,
  plugin,
  portForward,
  proxy,
  replace,
  rollout,
  run,
  scale,
  set,
  taint,
  top,
  uncordon,
  version,
  wait,
]
