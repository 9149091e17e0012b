import type { Api, Header } from '../../etcd/api.ts'
import { ClusterApi } from '../../etcd/cluster-api.ts'
import { decimal, type Id } from '../../etcd/ids.ts'
import type { MemberInfo } from '../../etcd/lineage.ts'
import { put } from '../../host/index.ts'
import { type Call, command } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { clientOf, type Format, formatOf, timeoutOf } from './globals.ts'
import { field, headerFields, json, jsonHeader, jsonId } from './output.ts'
import { table } from './table.ts'

const started = (m: MemberInfo): string => (m.name === '' ? 'unstarted' : 'started')

const row = (m: MemberInfo): string[] => [
  m.id,
  started(m),
  m.name,
  m.peerUrls.join(','),
  m.clientUrls.join(','),
  String(m.isLearner),
]

const jsonMember = (m: MemberInfo, hex = false): Record<string, unknown> => ({
  ID: jsonId(m.id, hex),
  name: m.name || undefined,
  peerURLs: m.peerUrls,
  clientURLs: m.clientUrls.length > 0 ? m.clientUrls : undefined,
  isLearner: m.isLearner || undefined,
})

const cluster = (api: Api): ClusterApi => new ClusterApi(api.member)

/** `%16x`: padded with blanks. */
const wide = (id: Id): string => id.padStart(16)

function memberArg(text: string | undefined): Id {
  if (text === undefined) throw badArgs('member ID is not provided')
  if (!/^[0-9a-fA-F]{1,16}$/.test(text))
    throw badArgs(
      `bad member ID arg (strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax), expecting ID in Hex`,
    )
  return text.toLowerCase().replace(/^0+(?=.)/, '')
}

const list = command({
  use: 'list',
  short: 'Lists all members in the cluster',
  long: `When --write-out is set to simple, this command prints out comma-separated member lists for each endpoint.
The items in the lists are ID, Status, Name, Peer Addrs, Client Addrs, Is Learner.`,
  flags: [{ name: 'consistency', type: 'string', default: 'l', usage: 'Linearizable(l) or Serializable(s)' }],
  *run(call) {
    const { p, flags } = call
    const consistency = flags.string('consistency')
    if (consistency !== 'l' && consistency !== 's') throw new ExitError(EXIT.badFeature, 'unknown consistency flag "l"')
    const format = formatOf(call)
    const hex = flags.bool('hex')
    const { header, members } = yield* clientOf(call).call(
      'Cluster/MemberList',
      timeoutOf(call),
      (api) => api.memberList(consistency === 's'),
      true,
    )
    const titles = ['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER']
    const text: Record<Format, () => string> = {
      simple: () => members.map((m) => `${row(m).join(', ')}\n`).join(''),
      table: () => table(titles, members.map(row)),
      json: () => `${json({ header: jsonHeader(header, hex), members: members.map((m) => jsonMember(m, hex)) })}\n`,
      fields: () =>
        headerFields(header, false) +
        members
          .map(
            (m) =>
              field('ID', hex ? m.id : decimal(m.id)) +
              field('Name', JSON.stringify(m.name)) +
              m.peerUrls.map((u) => field('PeerURL', JSON.stringify(u))).join('') +
              m.clientUrls.map((u) => field('ClientURL', JSON.stringify(u))).join('') +
              `${field('IsLearner', m.isLearner)}\n`,
          )
          .join(''),
      protobuf: () => '',
    }
    yield* put(p.stdout, text[format]())
    return 0
  },
})

/** Header, and members where the answer has them, in the formats that are not simple. */
function other(format: Format, header: Header, members?: readonly MemberInfo[], member?: MemberInfo): string {
  if (format !== 'json') return headerFields(header, false)
  return `${json({ header: jsonHeader(header), member: member && jsonMember(member), members: members?.map((m) => jsonMember(m)) })}\n`
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
    if (args.length > 1) throw badArgs('too many arguments')
    const urls = flags.string('peer-urls')
    if (urls === '') throw badArgs('member peer urls not provided')
    const [name] = args
    const learner = flags.bool('learner')
    const format = formatOf(call, ['table'])
    const { header, member, members } = yield* clientOf(call).call('Cluster/MemberAdd', timeoutOf(call), (api) =>
      cluster(api).add(urls.split(','), learner),
    )
    if (format !== 'simple') {
      yield* put(p.stdout, other(format, header, members, member))
      return 0
    }
    const initial = members.flatMap((m) => m.peerUrls.map((u) => `${m.id === member.id ? name : m.name}=${u}`))
    yield* put(
      p.stdout,
      `Member ${wide(member.id)} added ${learner ? 'as learner ' : ''}to cluster ${wide(header.clusterId)}\n\nETCD_NAME=${JSON.stringify(name)}\nETCD_INITIAL_CLUSTER=${JSON.stringify(initial.join(','))}\nETCD_INITIAL_ADVERTISE_PEER_URLS=${JSON.stringify(member.peerUrls.join(','))}\nETCD_INITIAL_CLUSTER_STATE="existing"\n`,
    )
    return 0
  },
})

const remove = command({
  use: 'remove <memberID>',
  short: 'Removes a member from the cluster',
  *run(call) {
    const { p, args } = call
    const id = memberArg(args[0])
    const format = formatOf(call, ['table'])
    const { header } = yield* clientOf(call).call('Cluster/MemberRemove', timeoutOf(call), (api) =>
      cluster(api).remove(id),
    )
    yield* put(
      p.stdout,
      format === 'simple'
        ? `Member ${wide(id)} removed from cluster ${wide(header.clusterId)}\n`
        : other(format, header),
    )
    return 0
  },
})

const update = command({
  use: 'update <memberID> [options]',
  short: 'Updates a member in the cluster',
  flags: [{ name: 'peer-urls', type: 'string', usage: 'comma separated peer URLs for the updated member.' }],
  *run(call) {
    const { p, args, flags } = call
    const id = memberArg(args[0])
    const urls = flags.string('peer-urls')
    if (urls === '') throw badArgs('member peer urls not provided')
    const format = formatOf(call, ['table'])
    const { header } = yield* clientOf(call).call('Cluster/MemberUpdate', timeoutOf(call), (api) =>
      cluster(api).update(id, urls.split(',')),
    )
    yield* put(
      p.stdout,
      format === 'simple' ? `Member ${wide(id)} updated in cluster ${wide(header.clusterId)}\n` : other(format, header),
    )
    return 0
  },
})

const promote = command({
  use: 'promote <memberID>',
  short: 'Promotes a non-voting member in the cluster',
  long: 'Promotes a non-voting learner member to a voting one in the cluster.',
  *run(call: Call) {
    const { p, args } = call
    const id = memberArg(args[0])
    const format = formatOf(call, ['table'])
    const { header } = yield* clientOf(call).call('Cluster/MemberPromote', timeoutOf(call), (api) =>
      cluster(api).promote(id),
    )
    yield* put(
      p.stdout,
      format === 'simple'
        ? `Member ${wide(id)} promoted in cluster ${wide(header.clusterId)}\n`
        : other(format, header),
    )
    return 0
  },
})

export const member = command({
  use: 'member <subcommand>',
  short: 'Membership related commands',
  commands: [add, remove, update, list, promote],
})
