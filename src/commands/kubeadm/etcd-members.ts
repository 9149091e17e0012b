import { ClusterApi } from '../../etcd/cluster-api.ts'
import { EtcdError } from '../../etcd/errors.ts'
import type { MemberInfo } from '../../etcd/lineage.ts'
import type { Process } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { ClientError, EtcdClient } from '../../programs/etcd/client.ts'
import type { Client } from './client.ts'
import { KubeadmError } from './errors.ts'
import { readText } from './files.ts'
import type { Settings } from './settings.ts'

/** timeouts.etcdAPICall. */
const CALL_MS = 120_000
/** How long a new member may take until it has the leader's log, ms. */
const JOIN_MS = 40_000

const peerUrl = ({ node }: Settings): string => `https://${node.address}:2380`

/** A client of all members that have a static pod (util/etcd NewFromCluster), with this machine's certificate. */
function* membersOf(p: Process, client: Client, { cluster }: Settings): Coro<EtcdClient> {
  const pods: any[] = yield* client.list('Pod', 'kube-system', { labelSelector: 'component=etcd,tier=control-plane' })
  const endpoints = pods
    .map((pod) => pod.metadata.annotations?.['kubeadm.kubernetes.io/etcd.advertise-client-urls'])
    .filter(Boolean)
  const read = (file: string): string => readText(p, `${cluster.certificatesDir}/etcd/${file}`)
  return new EtcdClient(p, {
    endpoints,
    files: {
      caPem: read('ca.crt'),
      certPem: read('healthcheck-client.crt'),
      keyPem: read('healthcheck-client.key'),
      insecure: false,
    },
    logger: 'etcd-client',
  })
}

const list = function* (etcd: EtcdClient): Coro<readonly MemberInfo[]> {
  return (yield* etcd.call('Cluster/MemberList', CALL_MS, (api) => api.memberList(false), { repeatable: true })).members
}

/** etcd's own words in kubeadm's error. */
function* told<T>(body: () => Coro<T>): Coro<T> {
  try {
    return yield* body()
  } catch (error) {
    if (!(error instanceof EtcdError || error instanceof ClientError)) throw error
    throw new KubeadmError(error.message)
  }
}

/** check-etcd: the members answer. */
export const checkMembers = (p: Process, client: Client, settings: Settings): Coro<void> =>
  told(function* () {
    yield* list(yield* membersOf(p, client, settings))
  })

/**
 * Announces this machine's member as a learner; `start` writes its static pod and gets the others as `name=url`. When
 * the learner has the log it is promoted.
 */
export const joinMembers = (
  p: Process,
  client: Client,
  settings: Settings,
  start: (others: readonly string[]) => void,
): Coro<void> =>
  told(function* () {
    const { kernel } = p.host
    const etcd = yield* membersOf(p, client, settings)
    const url = peerUrl(settings)
    const { member, members } = yield* etcd.call('Cluster/MemberAdd', CALL_MS, (api) =>
      new ClusterApi(api).add([url], true),
    )
    p.stdout.write('[etcd] Announced new etcd member joining to the existing etcd cluster\n')
    start(members.filter((m) => m.id !== member.id).flatMap((m) => m.peerUrls.map((u) => `${m.name}=${u}`)))
    p.stdout.write('[etcd] Waiting for the new etcd member to join the cluster. This can take up to 40s\n')
    const until = kernel.now() + JOIN_MS
    for (;;) {
      try {
        yield* etcd.call('Cluster/MemberPromote', CALL_MS, (api) => new ClusterApi(api).promote(member.id))
        return
      } catch (error) {
        if (!(error instanceof EtcdError) || kernel.now() >= until) throw error
      }
      yield* sleep(kernel, 1000)
    }
  })

/** RemoveStackedEtcdMemberFromCluster: this machine's member leaves, unless it is the only one or has left already. */
export const removeMember = (p: Process, client: Client, settings: Settings): Coro<void> =>
  told(function* () {
    const etcd = yield* membersOf(p, client, settings)
    const members = yield* list(etcd)
    const own = members.find((m) => m.peerUrls.includes(peerUrl(settings)))
    if (!own || members.length === 1) return
    yield* etcd.call('Cluster/MemberRemove', CALL_MS, (api) => new ClusterApi(api).remove(own.id))
  })
