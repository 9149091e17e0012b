import { clientVersion } from '../../api/http/version.ts'
import type { Coro } from '../../kernel/index.ts'
import { toYaml } from '../../print/index.ts'
import { releaseOf } from '../../programs/lib/releases.ts'
import { command, noArgs } from '../lib/cobra.ts'
import { KubeadmError } from './errors.ts'

/** `kubeadm version`. */
export const version = command({
  use: 'version',
  short: 'Print the version of kubeadm',
  args: noArgs,
  flags: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      usage: "Output format; available options are 'yaml', 'json' and 'short'",
    },
  ],
  *run({ p, flags }): Coro<number> {
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
  },
})
