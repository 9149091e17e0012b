import { clientVersion } from '../../api/http/version.ts'
import { toYaml } from '../../print/index.ts'
import { releaseOf } from '../../programs/lib/releases.ts'
import { KubeadmError } from './errors.ts'
import type { Run } from './tree.ts'

/** `kubeadm version`. */
export const version: Run = function* ({ p, flags }) {
  const v = clientVersion(releaseOf(p))
  switch (flags.string('output')) {
    case '':
      p.stdout.write(
        `kubeadm version: &version.Info{Major:"${v.major}", Minor:"${v.minor}", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"${v.gitVersion}", GitCommit:"${v.gitCommit}", GitTreeState:"${v.gitTreeState}", BuildDate:"${v.buildDate}", GoVersion:"${v.goVersion}", Compiler:"${v.compiler}", Platform:"${v.platform}"}\n`,
      )
      return 0
    case 'short':
      p.stdout.write(`${v.gitVersion}\n`)
      return 0
    case 'yaml':
      p.stdout.write(toYaml({ clientVersion: v }))
      return 0
    case 'json':
      p.stdout.write(`${JSON.stringify({ clientVersion: v }, null, 2)}\n`)
      return 0
    default:
      throw new KubeadmError(`invalid output format: ${flags.string('output')}`)
  }
}
