import type { Api, Header } from '../../etcd/api.ts'
import { ClusterApi } from '../../etcd/cluster-api.ts'
import type { Id } from '../../etcd/ids.ts'
import type { MemberInfo } from '../../etcd/lineage.ts'
import { put } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { goQuote, toGoJson } from '../../print/index.ts'
import { type Call, command } from '../lib/cobra.ts'
import { badArgs } from './errors.ts'
import { isSerializable } from './get.ts'
import { clientOf, formatOf, timeoutOf } from './globals.ts'
import { headerOf, MESSAGES, memberOf } from './messages.ts'
import { parseHexUint } from './numbers.ts'
import { display, field, headerFields, idField, message, textField } from './output.ts'
import { table } from './table.ts'

const row = (m: MemberInfo): string[] => [
  m.id,
  m.name === '' ? 'unstarted' : 'started',
  m.name,
  m.peerUrls.join(','),
  m.clientUrls.join(','),
  String(m.isLearner),
]

const cluster = (api: Api): ClusterApi => new ClusterApi(api)

/** `%16x`: padded with blanks. */
const wide = (id: Id): string => id.padStart(16)

function memberArg(args: readonly string[]): Id {
  if (args.length !== 1) throw badArgs('member ID is not provided')
  return parseHexUint(args[0], (why) => `bad member ID arg (${why}), expecting ID in Hex`)
}

const list = command({
  use: 'list',
  short: 'Lists all members in the cluster',
  long: `When --write-out is set to simple, this command prints out comma-separated member lists for each endpoint.
The items in the lists are ID, Status, Name, Peer Addrs, Client Addrs, Is Learner.
`,
  flags: [{ name: 'consistency', type: 'string', default: 'l', usage: 'Linearizable(l) or Serializable(s)' }],
  *run(call) {
    const serializable = isSerializable(call.flags.string('consistency'), 'l')
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    const { header, members } = yield* client.call(
      'Cluster/MemberList',
      timeout,
      (api) => api.memberList(serializable),
      { repeatable: true },
    )
    const shown = message(MESSAGES.members, { header: headerOf(header), members: members.map(memberOf) })
    yield* display(call, {
      ...shown,
      json: (hex) => (hex ? hexList(header, members) : shown.json!(false)),
      simple: () => members.map((m) => `${row(m).join(', ')}\n`).join(''),
      table: () => table(['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'], members.map(row)),
      fields: (hex) => headerFields(header, hex) + members.map((m) => memberFields(m, hex)).join(''),
    })
    return 0
  },
})

const memberFields = (m: MemberInfo, hex: boolean): string =>
  idField('ID', m.id, hex) +
  textField('Name', m.name) +
  m.peerUrls.map((u) => textField('PeerURL', u)).join('') +
  m.clientUrls.map((u) => textField('ClientURL', u)).join('') +
  `${field('IsLearner', m.isLearner)}\n`

/** Written by hand upstream, with another choice of fields. */
function hexList(header: Header, members: readonly MemberInfo[]): string {
  // Go's nil slice.
  const urls = (all: readonly string[]): string => (all.length === 0 ? 'null' : toGoJson(all))
  const each = members.map(
    (m) => `{"ID":"${m.id}","name":"${m.name}","peerURLs":${urls(m.peerUrls)},"clientURLs":${urls(m.clientUrls)}}`,
  )
  const head = `"header":{"cluster_id":"${header.clusterId}","member_id":"${header.memberId}","raft_term":${header.raftTerm}}`
  return `{${head}${each.length > 0 ? `,"members":[${each.join(',')}]` : ''}}\n`
}

const add = command({
  use: 'add <memberName> [options]',
  short: 'Adds a member into the cluster',
  flags: [
    { name: 'peer-urls', type: 'string', usage: 'comma separated peer URLs for the new member.' },
    { name: 'learner', type: 'bool', usage: 'indicates if the new member is raft learner' },
  ],
  *run(call) {
    const { p, args, flags } = call
    if (args.length < 1) throw badArgs('member name not provided')
    if (args.length > 1) {
      const urls = args.filter((arg) => arg.toLowerCase().startsWith('http'))
      throw badArgs(`too many arguments${urls.map((url) => `, did you mean --peer-urls=${url}`).join('')}`)
    }
    const urls = flags.string('peer-urls')
    if (urls === '') throw badArgs('member peer urls not provided')
    const [name] = args
    const learner = flags.bool('learner')
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    const { header, member, members } = yield* client.call('Cluster/MemberAdd', timeout, (api) =>
      cluster(api).add(urls.split(','), learner),
    )
    yield* display(call, {
      ...message(MESSAGES.memberAdd, {
        header: headerOf(header),
        member: memberOf(member),
        members: members.map(memberOf),
      }),
      simple: () =>
        `Member ${wide(member.id)} added ${learner ? 'as learner ' : ''}to cluster ${wide(header.clusterId)}\n`,
    })
    if (formatOf(call) !== 'simple') return 0
    const initial = members.flatMap((m) => m.peerUrls.map((u) => `${m.id === member.id ? name : m.name}=${u}`))
    yield* put(
      p.stdout,
      `\nETCD_NAME=${goQuote(name)}\nETCD_INITIAL_CLUSTER=${goQuote(initial.join(','))}\nETCD_INITIAL_ADVERTISE_PEER_URLS=${goQuote(urls)}\nETCD_INITIAL_CLUSTER_STATE="existing"\n`,
    )
    return 0
  },
})

/** A change of one member: what is shown of it, and the members as they are then. */
function* change(
  call: Call,
  method: string,
  act: (api: Api) => { readonly header: Header; readonly members: readonly MemberInfo[] },
  tell: (clusterId: Id) => string,
): Coro<number> {
  const timeout = timeoutOf(call)
  const client = yield* clientOf(call)
  const { header, members } = yield* client.call(method, timeout, act)
  yield* display(call, {
    ...message(MESSAGES.members, { header: headerOf(header), members: members.map(memberOf) }),
    simple: () => tell(wide(header.clusterId)),
  })
  return 0
}

const remove = command({
  use: 'remove <memberID>',
  short: 'Removes a member from the cluster',
  *run(call) {
    const id = memberArg(call.args)
    return yield* change(
      call,
      'Cluster/MemberRemove',
      (api) => cluster(api).remove(id),
      (of) => `Member ${wide(id)} removed from cluster ${of}\n`,
    )
  },
})

const update = command({
  use: 'update <memberID> [options]',
  short: 'Updates a member in the cluster',
  flags: [{ name: 'peer-urls', type: 'string', usage: 'comma separated peer URLs for the updated member.' }],
  *run(call) {
    const id = memberArg(call.args)
    const urls = call.flags.string('peer-urls')
    if (urls === '') throw badArgs('member peer urls not provided')
    return yield* change(
      call,
      'Cluster/MemberUpdate',
      (api) => cluster(api).update(id, urls.split(',')),
      (of) => `Member ${wide(id)} updated in cluster ${of}\n`,
    )
  },
})

const promote = command({
  use: 'promote <memberID>',
  short: 'Promotes a non-voting member in the cluster',
  long: `Promotes a non-voting learner member to a voting one in the cluster.
`,
  *run(call) {
    const id = memberArg(call.args)
    return yield* change(
      call,
      'Cluster/MemberPromote',
      (api) => cluster(api).promote(id),
      (of) => `Member ${wide(id)} promoted in cluster ${of}\n`,
    )
  },
})

export const member = command({
  use: 'member <subcommand>',
  short: 'Membership related commands',
  commands: [add, remove, update, list, promote],
})
