import { type LabelSelector, parseLabelSelector } from '../../../api/selector.ts'
import { deepEqual } from '../../../kinds/index.ts'
import { compareBytes } from '../../../print/index.ts'
import { MISSING_RESOURCE } from '../lib/builder.ts'
import { typesAndNames } from '../lib/complete.ts'
import type { Definition } from '../lib/define.ts'
import { CliError } from '../lib/errors.ts'
import { defaultSubcommand } from '../lib/help.ts'
import { pages } from '../pages/set.ts'
import { checkLocal, objectsToSet, podSpecOf, setEach } from './change.ts'
import { env } from './env.ts'
import { image } from './image.ts'
import { resources } from './resources.ts'

/** Models kubectl/pkg/cmd/set/set_serviceaccount.go. */
const serviceaccount: Definition = {
  page: pages.serviceaccount,
  records: true,
  complete: typesAndNames,
  *run(k) {
    checkLocal(k)
    if (k.args.length === 0) throw new CliError('serviceaccount is required')
    const infos = yield* objectsToSet(k, k.args.slice(0, -1), MISSING_RESOURCE)
    const options = {
      operation: 'serviceaccount updated',
      manager: 'kubectl-set',
      failure: 'failed to patch ServiceAccountName',
      always: true,
    }
    yield* setEach(k, infos, options, (object) => {
      podSpecOf(object).serviceAccountName = k.args.at(-1)
      return true
    })
    return 0
  },
}

/** Only Services have a selector that can be set, and that is a map. */
function selectorMap({ requirements }: LabelSelector): Record<string, string> {
  const others = requirements.filter(({ operator }) => operator !== '=' && operator !== '==')
  if (others.length > 0) {
    const shown = others.map((r) => `{${r.key} ${OPERATORS[r.operator] ?? r.operator} [${r.values.join(' ')}]}`)
    throw new CliError(`match expression [${shown.join(' ')}] not supported on this object`)
  }
  return Object.fromEntries(requirements.map(({ key, values }) => [key, values[0] ?? '']))
}

/** As metav1.LabelSelector calls them. */
const OPERATORS: Readonly<Record<string, string>> = {
  in: 'In',
  notin: 'NotIn',
  '!=': 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
}

/** Models kubectl/pkg/cmd/set/set_selector.go. */
const selector: Definition = {
  page: pages.selector,
  records: true,
  complete: typesAndNames,
  *run(k) {
    if (k.args.length === 0) throw new CliError('one selector is required')
    const wanted = parseLabelSelector(k.args.at(-1)!)
    const version = k.flags.string('resource-version')
    const infos = yield* objectsToSet(k, k.args.slice(0, -1), MISSING_RESOURCE)
    const options = { operation: 'selector updated', manager: 'kubectl-set', failure: '', always: true, bare: true }
    yield* setEach(k, infos, options, (object) => {
      if (object.kind !== 'Service') throw new CliError('setting a selector is only supported for Services')
      object.spec.selector = selectorMap(wanted)
      if (version) object.metadata.resourceVersion = version
      return true
    })
    return 0
  },
}

/** Models kubectl/pkg/cmd/set/set_subject.go. */
const subject: Definition = {
  page: pages.subject,
  complete: typesAndNames,
  *run(k) {
    const { flags } = k
    const infos = yield* objectsToSet(k, k.args, MISSING_RESOURCE)
    checkLocal(k)
    const each = (name: string): string[] => [...new Set(flags.strings(name))].sort(compareBytes)
    const [users, groups, accounts] = [each('user'), each('group'), each('serviceaccount')]
    if (users.length + groups.length + accounts.length === 0)
      throw new CliError('you must specify at least one value of user, group or serviceaccount')
    const apiGroup = 'rbac.authorization.k8s.io'
    const wanted = [
      ...users.map((name) => ({ apiGroup, kind: 'User', name })),
      ...groups.map((name) => ({ apiGroup, kind: 'Group', name })),
      ...accounts.map((text) => {
        const parts = text.split(':')
        if (parts.length !== 2 || parts[1] === '') throw new CliError('serviceaccount must be <namespace>:<name>')
        if (parts[0] === '' && infos.some(({ object }) => object.kind === 'ClusterRoleBinding'))
          throw new CliError('serviceaccount must be <namespace>:<name>, namespace must be specified')
        return { kind: 'ServiceAccount', name: parts[1], namespace: parts[0] || k.namespace }
      }),
    ]
    const options = {
      operation: 'subjects updated',
      manager: 'kubectl-set',
      failure: 'failed to patch subjects to rolebinding:',
    }
    yield* setEach(k, infos, options, (object) => {
      if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding')
        throw new CliError('setting subjects is only supported for RoleBinding/ClusterRoleBinding')
      const subjects: any[] = object.subjects ?? []
      const added = wanted.filter((one) => !subjects.some((old) => deepEqual(old, one)))
      object.subjects = [...subjects, ...added]
      return added.length > 0
    })
    return 0
  },
}

export const set: Definition = {
  page: pages.set,
  run: defaultSubcommand,
  commands: [env, image, resources, selector, serviceaccount, subject],
}
