import { newLeaf } from '../../pki/index.ts'
import { certKubeconfig, controlPlaneUrl, kubeconfig as render } from '../../programs/kubeadm/index.ts'
import { command, noArgs } from '../lib/cobra.ts'
import { errorText, KubeadmError } from './errors.ts'
import { loadPair } from './files.ts'
import * as f from './flags.ts'
import { group } from './group.ts'
import { runRng } from './run-rng.ts'
import { initSettings } from './settings.ts'

const user = command({
  use: 'user',
  short: 'Output a kubeconfig file for an additional user',
  args: noArgs,
  flags: [
    {
      name: 'client-name',
      type: 'string',
      usage: 'The name of user. It will be used as the CN if client certificates are created',
      required: true,
    },
    f.config,
    {
      name: 'org',
      type: 'stringSlice',
      usage: 'The organizations of the client certificate. It will be used as the O if client certificates are created',
    },
    {
      name: 'token',
      type: 'string',
      usage:
        'The token that should be used as the authentication mechanism for this kubeconfig, instead of client certificates',
    },
    {
      name: 'validity-period',
      type: 'duration',
      default: 8760 * 3_600_000,
      usage: 'The validity period of the client certificate. It is an offset from the current time.',
    },
  ],
  *run({ p, flags }) {
    const { cluster, node } = yield* initSettings(p, flags)
    let ca: ReturnType<typeof loadPair>
    try {
      ca = loadPair(p, `${cluster.certificatesDir}/ca`)
    } catch (error) {
      throw new KubeadmError(`couldn't create a kubeconfig; the CA files couldn't be loaded: ${errorText(error)}`)
    }
    const [name, token, server] = [flags.string('client-name'), flags.string('token'), controlPlaneUrl(cluster, node)]
    const now = p.now()
    const text = token
      ? render({ caPem: ca.cert.pem, server, cluster: cluster.clusterName, userName: name, user: { token } })
      : certKubeconfig(
          ca.cert.pem,
          server,
          cluster.clusterName,
          newLeaf({ commonName: name, organizations: flags.strings('org'), usages: ['clientAuth'] }, ca, {
            rng: runRng(p),
            now,
            notAfter: now + flags.duration('validity-period'),
          }),
        )
    p.stdout.write(`${text}\n`)
    return 0
  },
})

/** `kubeadm kubeconfig`. */
export const kubeconfig = group({
  use: 'kubeconfig',
  short: 'Kubeconfig file utilities',
  long: 'Kubeconfig file utilities.',
  commands: [user],
})
