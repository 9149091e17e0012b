import type { Coro } from '../../kernel/index.ts'
import { deepEqual } from '../../kinds/index.ts'
import { toYaml } from '../../print/index.ts'
import { fileInfos, getObject, hasFiles, type Info } from './lib/builder.ts'
import { managerOf, withoutLastApplied, withSource } from './lib/change.ts'
import type { Definition } from './lib/define.ts'
import { runChild } from './lib/editor.ts'
import { CliError, isExpected, isNotFound, PlainError, renderError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { shownFields } from './lib/output.ts'
import { isEmptyPatch } from './lib/patches.ts'
import { type ThreeWay, threeWayPatch } from './lib/three-way.ts'
import { pages } from './pages/diff.ts'

/** Models kubectl/pkg/cmd/diff/diff.go. Exit status: 0 no differences, 1 differences, more: an error. */
export const diff: Definition = {
  page: pages.diff,
  *run(k) {
    try {
      return yield* compare(k)
    } catch (error) {
      if (!isExpected(error)) throw error
      const { text, code } = renderError(error)
      throw new PlainError(text, code <= 1 ? 2 : code)
    }
  },
}

function* compare(k: Kube): Coro<number> {
  const { p, flags } = k
  if (k.args.length > 0) throw k.usage(`Unexpected args: [${k.args.join(' ')}]`)
  if (!hasFiles(k)) throw new CliError('must specify one of -f and -k')
  if (flags.bool('prune')) throw new PlainError('kubectl: diff --prune not simulated', 127)
  const infos = yield* fileInfos(k)
  const directory = (name: string): string => {
    const path = `${p.env.TMPDIR || '/tmp'}/${name}-${p.host.rng.int(4_000_000_000)}`
    p.fs.mkdir(path, { mode: 0o700, creds: p.creds })
    return path
  }
  const [from, to] = [directory('LIVE'), directory('MERGED')]
  try {
    for (const info of infos) {
      if ('error' in info) throw (info as any).error
      yield* write(k, info, from, to)
    }
    return yield* show(k, from, to)
  } finally {
    p.fs.remove(from)
    p.fs.remove(to)
  }
}

function* write(k: Kube, info: Info, from: string, to: string): Coro<void> {
  const { live, merged } = yield* versions(k, info)
  const { group, version } = info.resource
  const name = [group, version, info.object.kind, info.namespace ?? '', info.name].filter((part, i) => i > 0 || part)
  const file = name.join('.')
  let [a, b] = [shown(k, live), shown(k, merged)]
  if (info.object.kind === 'Secret' && !k.flags.bool('show-secrets')) [a, b] = mask(a, b)
  k.p.fs.writeFile(`${from}/${file}`, a ? toYaml(a) : '', { creds: k.p.creds })
  k.p.fs.writeFile(`${to}/${file}`, b ? toYaml(b) : '', { creds: k.p.creds })
}

const shown = (k: Kube, object: any): any => (object ? shownFields(k, object) : undefined)

/** The object as it is, and as `apply` would leave it. */
function* versions(k: Kube, info: Info): Coro<{ live: any; merged: any }> {
  const client = yield* k.client()
  let live: any
  try {
    live = yield* getObject(k, info.resource, info.namespace, info.name)
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  const { resource, namespace, name, object } = info
  if (k.flags.bool('server-side')) {
    const merged = yield* client.patch(resource, namespace, name, 'application/apply-patch+yaml', object, {
      fieldManager: managerOf(k, 'kubectl'),
      force: k.flags.bool('force-conflicts'),
      dryRun: true,
    })
    return { live, merged }
  }
  const fieldManager = managerOf(k, 'kubectl-client-side-apply')
  if (!live) return { live, merged: yield* client.create(resource, namespace, object, { dryRun: true, fieldManager }) }
  const { type, patch } = patchFor(k, info, live)
  if (isEmptyPatch(patch)) return { live, merged: live }
  patch.metadata = { ...patch.metadata, resourceVersion: live.metadata.resourceVersion }
  return { live, merged: yield* client.patch(resource, namespace, name, type, patch, { dryRun: true, fieldManager }) }
}

function patchFor(k: Kube, { object, source }: Info, live: any): ThreeWay {
  try {
    return threeWayPatch(k, withoutLastApplied(object), live)
  } catch (error) {
    throw withSource('patching', source, error)
  }
}

/** Hides the values of a Secret; what differs is told apart. */
function mask(a: any, b: any): [any, any] {
  const masked = (object: any, other: any, note: string): any => {
    if (!object?.data) return object
    const data = Object.fromEntries(
      Object.entries(object.data).map(([key, value]) => [
        key,
        other?.data?.[key] === undefined || deepEqual(other.data[key], value) ? '***' : `*** (${note})`,
      ]),
    )
    return { ...object, data }
  }
  return [masked(a, b, 'before'), masked(b, a, 'after')]
}

function* show(k: Kube, from: string, to: string): Coro<number> {
  const external = k.p.env.KUBECTL_EXTERNAL_DIFF
  const words = external ? external.split(' ').filter((w) => /^[a-zA-Z0-9_=./-]+$/.test(w)) : ['diff', '-u', '-N']
  const status = yield* runChild(k, [...words, from, to])
  if (status === undefined) throw new CliError(`failed to run "${words[0]}": executable file not found in $PATH`)
  if (status > 1) throw new PlainError('', status)
  return status
}
