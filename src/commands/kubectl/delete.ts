import { readLine } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { fileInfos, filesGiven, type Info, itemsOf, listAll, queries } from './lib/builder.ts'
import { forEach, withSource } from './lib/change.ts'
import { typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { kindGroup, type Resource } from './lib/discovery.ts'
import { CliError, isExpected, isNotFound, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { rawRequest } from './lib/raw.ts'
import { awaitGone } from './lib/wait-gone.ts'
import { pages } from './pages/delete.ts'

/** What is to be deleted; `object` only where a list named it. */
interface Victim {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
  readonly source: string
}

/** Models kubectl/pkg/cmd/delete/delete.go. */
export const del: Definition = {
  page: pages.delete,
  complete: typesAndNames,
  *run(k) {
    const { flags } = k
    if (flags.string('raw')) return yield* rawRequest(k, 'delete')
    const grace = gracePeriod(k)
    const cascade = cascadePolicy(k)
    const output = flags.string('output')
    if (output !== '' && output !== 'name')
      throw new CliError(`unexpected -o output mode: ${output}. We only support '-o name'`)
    const mode = k.dryRun()
    const { victims, errors } = yield* find(k)
    if (flags.bool('interactive') && victims.length > 0 && mode === 'none' && !(yield* confirmed(k, victims))) return 0
    if (victims.length === 0 && errors.length === 0) {
      yield* k.out('No resources found\n')
      return 0
    }
    const waiting: (Victim & { uid: string })[] = []
    const failed = yield* forEach(victims, function* (victim: Victim) {
      const uid = mode === 'client' ? '' : yield* remove(k, victim, grace, cascade, mode === 'server')
      if (uid === undefined) return
      yield* k.out(`${message(k, victim, output)}\n`)
      if (uid) waiting.push({ ...victim, uid })
    })
    if (flags.bool('wait') && mode === 'none') yield* awaitGone(k, waiting, flags.duration('timeout'))
    throwAll([...errors, ...failed])
    return 0
  },
}

/** --now, --force and --grace-period: seconds, or undefined for the object's own. */
function gracePeriod(k: Kube): number | undefined {
  const { flags } = k
  const given = flags.changed('grace-period') ? flags.int('grace-period') : -1
  if (flags.has('now') && flags.bool('now')) {
    if (given !== -1) throw new CliError('--now and --grace-period cannot be specified together')
    return 1
  }
  if (flags.bool('force') && given > 0)
    throw new CliError('--force and --grace-period greater than 0 cannot be specified together')
  if (flags.bool('force') && given < 0) {
    warnForce(k)
    return 0
  }
  if (flags.bool('force')) warnForce(k)
  else if (given === 0) return 1
  return given >= 0 ? given : undefined
}

function warnForce(k: Kube): void {
  if (k.dryRun() === 'none')
    k.err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    )
}

/** --cascade as the API calls it; `true` and `false` are its old words. Throws CliError. */
export function cascadePolicy(k: Kube): 'Background' | 'Foreground' | 'Orphan' {
  const value = k.flags.string('cascade')
  const known: Record<string, 'Background' | 'Foreground' | 'Orphan'> = {
    background: 'Background',
    foreground: 'Foreground',
    orphan: 'Orphan',
  }
  if (known[value]) return known[value]
  if (value === 'true' || value === 'false') {
    const use = value === 'true' ? 'background' : 'orphan'
    k.log(
      'W',
      0,
      'helpers.go:683',
      `--cascade=${value} is deprecated (boolean value) and can be replaced with --cascade=${use}.`,
    )
    return known[use]
  }
  throw new CliError(`invalid cascade value (${value}). Must be "background", "foreground", or "orphan"`)
}

function* find(k: Kube): Coro<{ victims: Victim[]; errors: Error[] }> {
  const victims: Victim[] = []
  const errors: Error[] = []
  if (filesGiven(k, k.args)) {
    for (const info of yield* fileInfos(k)) {
      if ('error' in info) errors.push((info as { error: Error }).error)
      else victims.push(info satisfies Info)
    }
    return { victims, errors }
  }
  for (const query of yield* queries(k, k.args)) {
    if (query.name !== undefined) {
      victims.push({ resource: query.resource, namespace: query.namespace, name: query.name, source: '' })
      continue
    }
    try {
      if (!query.resource.verbs.includes('delete') || !query.resource.verbs.includes('list')) continue
      for (const object of itemsOf(yield* listAll(k, query), query.resource))
        victims.push({
          resource: query.resource,
          namespace: object.metadata.namespace,
          name: object.metadata.name,
          source: '',
        })
    } catch (error) {
      if (!isExpected(error)) throw error
      errors.push(error)
    }
  }
  return { victims, errors }
}

/** Deletes one; returns its uid, '' when it went at once, undefined when it was missing and may be. */
function* remove(
  k: Kube,
  victim: Victim,
  grace: number | undefined,
  policy: 'Background' | 'Foreground' | 'Orphan',
  dryRun: boolean,
): Coro<string | undefined> {
  const client = yield* k.client()
  try {
    const answer = yield* client.delete(victim.resource, victim.namespace, victim.name, {
      gracePeriodSeconds: grace,
      propagationPolicy: policy,
      dryRun: dryRun || undefined,
    })
    return (answer?.kind === 'Status' ? answer.details?.uid : answer?.metadata?.uid) ?? ''
  } catch (error) {
    // --all and selectors race with others who delete; a name given must exist.
    if (
      isNotFound(error) &&
      (k.flags.bool('ignore-not-found') || (k.flags.bool('all') && !k.flags.changed('ignore-not-found')))
    )
      return undefined
    throw withSource('deleting', victim.source, error)
  }
}

/** `pod "web" deleted from default namespace`, or what -o name says. */
export function message(
  k: Kube,
  { resource, namespace, name }: { resource: Resource; namespace: string | undefined; name: string },
  output: string,
): string {
  if (output === 'name') return `${kindGroup(resource)}/${name}`
  const verb = k.flags.bool('force') && gracePeriodIsZero(k) ? 'force deleted' : 'deleted'
  const where = resource.namespaced && namespace ? ` from ${namespace} namespace` : ''
  return `${kindGroup(resource)} "${name}" ${verb}${where}${k.dryRunSuffix()}`
}

const gracePeriodIsZero = (k: Kube): boolean => !k.flags.changed('grace-period') || k.flags.int('grace-period') <= 0

function* confirmed(k: Kube, victims: readonly Victim[]): Coro<boolean> {
  yield* k.out(`You are about to delete the following ${victims.length} resource(s):\n`)
  for (const { resource, name } of victims) yield* k.out(`${kindGroup(resource)}/${name}\n`)
  yield* k.out('Do you want to continue? (y/N): ')
  const answer = ((yield* readLine(k.p.stdin)) ?? '').trim().toLowerCase()
  if (answer === 'y' || answer === 'yes') return true
  yield* k.out('deletion is cancelled\n')
  return false
}
