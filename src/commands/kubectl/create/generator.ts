import type { Coro } from '../../../kernel/index.ts'
import { managerOf, savedConfig } from '../lib/change.ts'
import type { Definition } from '../lib/define.ts'
import { apiVersionOf, type Resource } from '../lib/discovery.ts'
import { CliError } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { printerFor } from '../lib/output.ts'
import type { Page } from '../pages/types.ts'

/** A `create KIND` command: makes one object from its flags. */
interface Generator {
  readonly page: Page
  /** Where the object goes, known without asking the server. */
  readonly resource: Resource
  /** Put before the server's words, e.g. `failed to create deployment:`. */
  readonly failure?: string
  readonly build: (k: Kube, name: string) => Coro<any>
}

/** A resource of the core group. */
export const core = (name: string, kind: string, namespaced = true): Resource =>
  resource('', 'v1', name, kind, namespaced)

/** A resource as discovery would tell of it, for objects that are made before the server is asked. */
export function resource(group: string, version: string, name: string, kind: string, namespaced = true): Resource {
  return {
    name,
    singular: kind.toLowerCase(),
    group,
    version,
    kind,
    namespaced,
    shortNames: [],
    categories: [],
    verbs: [],
    preferred: true,
  }
}

/** NameFromCommandArgs. */
export function nameArgument(k: Kube): string {
  const count = k.flags.argsLenAtDash >= 0 ? k.flags.argsLenAtDash : k.args.length
  if (count !== 1) throw k.usage(`exactly one NAME is required, got ${count}`)
  return k.args[0]
}

/** metadata of a new object: the namespace only where it was asked for. */
export function metadata(k: Kube, name: string, extra: object = {}): any {
  return { name, ...(k.namespaceGiven ? { namespace: k.namespace } : {}), ...extra }
}

/** `kubectl create THING NAME`: builds the object from flags, and creates or prints it. */
export function generator({ page, resource: target, failure, build }: Generator): Definition {
  return {
    page,
    *run(k) {
      const name = nameArgument(k)
      const mode = k.dryRun()
      const validation = k.flags.has('validate') ? k.fieldValidation() : undefined
      const printer = printerFor(k, { operation: 'created', typed: true })
      const object = savedConfig(k, { apiVersion: apiVersionOf(target), kind: target.kind, ...(yield* build(k, name)) })
      if (mode === 'client') {
        yield* printer.print(object)
        return 0
      }
      yield* printer.print(yield* submit(k, target, object, validation, mode === 'server', failure))
      return 0
    },
  }
}

/** Creates the object; the server's refusal is reworded as the command does. */
function* submit(
  k: Kube,
  target: Resource,
  object: any,
  fieldValidation: 'Strict' | 'Warn' | 'Ignore' | undefined,
  dryRun: boolean,
  failure: string | undefined,
): Coro<any> {
  const client = yield* k.client()
  try {
    return yield* client.create(target, target.namespaced ? k.namespace : undefined, object, {
      fieldManager: managerOf(k, 'kubectl-create'),
      fieldValidation,
      dryRun: dryRun || undefined,
    })
  } catch (error) {
    if (failure && error instanceof Error && !(error instanceof CliError))
      throw new CliError(`${failure} ${error.message}`)
    throw error
  }
}
