import { put } from '../../host/index.ts'
import { ETCD_VERSION } from '../../programs/etcd/version.ts'
import { command } from '../lib/cobra.ts'

/** Models version_command.go: needs no server and no environment. */
export const version = command({
  use: 'version',
  short: 'Prints the version of etcdctl',
  *run({ p }) {
    const api = ETCD_VERSION.split('.').slice(0, 2).join('.')
    yield* put(p.stdout, `etcdctl version: ${ETCD_VERSION}\nAPI version: ${api}\n`)
    return 0
  },
})
