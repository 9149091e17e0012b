import { parse } from 'yaml'
import type { Exchange } from '../../../api/index.ts'
import { FileError } from '../files.ts'

type Level = 'None' | 'Metadata' | 'Request' | 'RequestResponse'

/** When an audit event is written (audit.k8s.io/v1). */
export type Stage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic'

const LEVELS: readonly Level[] = ['None', 'Metadata', 'Request', 'RequestResponse']
const STAGES: readonly Stage[] = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']

interface GroupResources {
  readonly group?: string
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
}

interface Rule {
  readonly level: Level
  readonly users?: readonly string[]
  readonly userGroups?: readonly string[]
  readonly verbs?: readonly string[]
  readonly resources?: readonly GroupResources[]
  readonly namespaces?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly omitStages?: readonly Stage[]
  readonly omitManagedFields?: boolean
}

/** What is recorded of one request. */
export interface Decision {
  readonly level: Level
  readonly omit: ReadonlySet<Stage>
  readonly omitManagedFields: boolean
}

const NOTHING: Decision = { level: 'None', omit: new Set(), omitManagedFields: false }

/** Which requests are recorded, and how. Models apiserver/pkg/audit/policy (reader.go, checker.go, validation.go). */
export class Policy {
  private readonly rules: readonly { readonly rule: Rule; readonly decision: Decision }[]

  /** Throws FileError. */
  constructor(text: string, path: string) {
    const wrong = (why: string): FileError => new FileError(`loading audit policy file: ${why}: from file ${path}`)
    let doc: any
    try {
      doc = parse(text)
    } catch (error) {
      throw wrong(`failed decoding: yaml: ${(error as Error).message.split('\n')[0]}`)
    }
    if (doc?.apiVersion !== 'audit.k8s.io/v1' || doc.kind !== 'Policy')
      throw wrong(`unknown group version field ${doc?.apiVersion ?? ''}, Kind=${doc?.kind ?? ''} in policy`)
    const rules: Rule[] = doc.rules ?? []
    const errors = [
      ...stageErrors(doc.omitStages, 'omitStages'),
      ...rules.flatMap((rule, i) => [
        ...(LEVELS.includes(rule.level)
          ? []
          : [
              `rules[${i}].level: Unsupported value: ${JSON.stringify(rule.level ?? '')}: supported values: ${quoted(LEVELS)}`,
            ]),
        ...stageErrors(rule.omitStages, `rules[${i}].omitStages`),
      ]),
    ]
    if (errors.length > 0) throw wrong(errors.length > 1 ? `[${errors.join(', ')}]` : errors[0]!)
    if (rules.length === 0) throw wrong('loaded illegal policy with 0 rules')
    this.rules = rules.map((rule) => ({
      rule,
      decision: {
        level: rule.level,
        omit: new Set([...(doc.omitStages ?? []), ...(rule.omitStages ?? [])]),
        omitManagedFields: rule.omitManagedFields ?? doc.omitManagedFields ?? false,
      },
    }))
  }

  /** The first rule that matches decides. */
  decide(exchange: Exchange): Decision {
    return this.rules.find(({ rule }) => matches(rule, exchange))?.decision ?? NOTHING
  }
}

const quoted = (values: readonly string[]): string => values.map((v) => JSON.stringify(v)).join(', ')

const stageErrors = (stages: readonly string[] | undefined, field: string): string[] =>
  (stages ?? []).flatMap((stage, i) =>
    STAGES.includes(stage as Stage)
      ? []
      : [`${field}[${i}]: Invalid value: ${JSON.stringify(stage)}: allowed stages are ${STAGES.join(',')}`],
  )

const filled = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0

function matches(rule: Rule, { caller: user, request }: Exchange): boolean {
  if (filled(rule.users) && !rule.users!.includes(user.name)) return false
  if (filled(rule.userGroups) && !rule.userGroups!.some((group) => user.groups.includes(group))) return false
  if (filled(rule.verbs) && !rule.verbs!.includes(request.verb)) return false
  if (filled(rule.namespaces) || filled(rule.resources)) return 'resource' in request && matchesResource(rule, request)
  if (filled(rule.nonResourceURLs))
    return 'path' in request && rule.nonResourceURLs!.some((pattern) => matchesPath(pattern, request.path))
  return true
}

function matchesResource(rule: Rule, request: Extract<Exchange['request'], { resource: string }>): boolean {
  const { namespace = '', group, resource, subresource, name = '' } = request
  if (filled(rule.namespaces) && !rule.namespaces!.includes(namespace)) return false
  if (!filled(rule.resources)) return true
  const whole = subresource ? `${resource}/${subresource}` : resource
  return rule.resources!.some((wanted) => {
    if ((wanted.group ?? '') !== group) return false
    if (!filled(wanted.resources)) return true
    if (filled(wanted.resourceNames) && !wanted.resourceNames!.includes(name)) return false
    return wanted.resources!.some(
      (one) => one === '*' || one === whole || (subresource && one === `*/${subresource}`) || one === `${resource}/*`,
    )
  })
}

const matchesPath = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern
