import type { Coro } from '../../../kernel/index.ts'
import { KUBECTL_TABLE, tabulate } from '../../../print/index.ts'
import { compactRules } from '../describe/rbac.ts'
import type { Definition } from '../lib/define.ts'
import type { Resource } from '../lib/discovery.ts'
import { CliError, ExitError, isNotFound } from '../lib/errors.ts'
import { defaultSubcommand } from '../lib/help.ts'
import type { Kube } from '../lib/kube.ts'
import { printerFor } from '../lib/output.ts'
import { pages } from '../pages/auth.ts'
import { reconcile } from './reconcile.ts'

const USAGE = 'you must specify two arguments: verb resource or verb resource/resourceName.'

const review = (resource: string, kind: string, spec: object): any => ({
  verb: 'create',
  group: 'authorization.k8s.io',
  version: 'v1',
  resource,
  body: { apiVersion: 'authorization.k8s.io/v1', kind, metadata: {}, spec, status: {} },
})

const canI: Definition = {
  page: pages['can-i'],
  *run(k) {
    const { flags } = k
    const namespace = flags.bool('all-namespaces') ? '' : k.namespace
    const client = yield* k.client()
    if (flags.bool('list')) {
      if (k.args.length > 0) throw new CliError('list option must be specified with no arguments')
      if (flags.bool('quiet'))
        throw new CliError("list option can't be specified with neither quiet nor subresource options")
      const answer = yield* client.send(
        review('selfsubjectrulesreviews', 'SelfSubjectRulesReview', { namespace: k.namespace }),
      )
      const rules = [...(answer.status.resourceRules ?? []), ...(answer.status.nonResourceRules ?? [])]
      const rows = compactRules(rules).map(
        (r) => `${r.combined}\t[${r.urls.join(' ')}]\t[${r.names.join(' ')}]\t[${r.verbs.join(' ')}]\n`,
      )
      const head = flags.bool('no-headers') ? '' : 'Resources\tNon-Resource URLs\tResource Names\tVerbs\n'
      yield* k.out(tabulate(head + rows.join(''), KUBECTL_TABLE))
      return 0
    }
    if (k.args.length !== 2) throw new CliError(`${USAGE}\nSee 'kubectl auth can-i -h' for help and examples.`)
    const [verb, what] = k.args
    let spec: any
    if (what.startsWith('/')) {
      if (flags.string('subresource')) throw new CliError('--subresource can not be used with NonResourceURL')
      spec = { nonResourceAttributes: { path: what, verb } }
    } else {
      const [type, name = ''] = what.split('/')
      const resource = yield* target(k, type)
      spec = {
        resourceAttributes: {
          namespace,
          verb,
          group: resource.group,
          resource: resource.name,
          subresource: flags.string('subresource'),
          name,
        },
      }
    }
    const { status } = yield* client.send(review('selfsubjectaccessreviews', 'SelfSubjectAccessReview', spec))
    const quiet = flags.bool('quiet')
    let text = status.allowed ? 'yes' : 'no'
    if (!status.allowed && status.reason) text += ` - ${status.reason}`
    if (!status.allowed && status.evaluationError) text += ` - ${status.evaluationError}`
    if (!quiet) yield* k.out(`${text}\n`)
    if (!status.allowed) throw new ExitError(1)
    return 0
  },
}

/** The resource meant, with warnings for what does not exist or has no namespace. */
function* target(k: Kube, type: string): Coro<Pick<Resource, 'name' | 'group'>> {
  if (type === '*') return { name: '*', group: '' }
  const discovery = yield* k.discovery()
  const found = yield* discovery.find(type)
  // Whether it has a namespace is asked anew each time.
  if (found && k.verbosity >= 6) {
    const client = yield* k.client()
    yield* client.raw({ verb: 'get', path: found.group ? `/apis/${found.group}/${found.version}` : '/api/v1' })
  }
  if (!found) {
    const [name, ...group] = type.split('.')
    const where = group.length > 0 ? ` in group '${group.join('.')}'` : ''
    k.err(`Warning: the server doesn't have a resource type '${name}'${where}\n`)
    return { name, group: group.join('.') }
  }
  if (!found.namespaced && !k.flags.bool('all-namespaces')) {
    const where = found.group ? ` in group '${found.group}'` : ''
    k.err(`Warning: resource '${found.name}' is not namespace scoped${where}\n`)
  }
  return found
}

const whoami: Definition = {
  page: pages.whoami,
  *run(k) {
    const client = yield* k.client()
    let answer: any
    try {
      answer = yield* client.send({
        verb: 'create',
        group: 'authentication.k8s.io',
        version: 'v1',
        resource: 'selfsubjectreviews',
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} },
      })
    } catch (error) {
      if ((error as { reason?: string }).reason === 'Forbidden' || isNotFound(error))
        throw new CliError(
          'the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it',
        )
      throw error
    }
    const { kind, apiVersion, metadata, status } = answer
    if (k.flags.string('output')) yield* printerFor(k, { typed: true }).print({ kind, apiVersion, metadata, status })
    else {
      const user = answer.status.userInfo
      const rows = [['Username', user.username]]
      if (user.uid) rows.push(['UID', user.uid])
      if (user.groups?.length) rows.push(['Groups', `[${user.groups.join(' ')}]`])
      for (const key of Object.keys(user.extra ?? {}).sort())
        rows.push([`Extra: ${key}`, `[${user.extra[key].join(' ')}]`])
      yield* k.out(tabulate(`ATTRIBUTE\tVALUE\n${rows.map((row) => `${row.join('\t')}\n`).join('')}`, KUBECTL_TABLE))
    }
    return 0
  },
}

/** Models kubectl/pkg/cmd/auth. */
export const auth: Definition = {
  page: pages.auth,
  run: defaultSubcommand,
  commands: [canI, reconcile, whoami],
}
