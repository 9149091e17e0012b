import type { Container, CriServer, Sandbox, StoredImage } from '../../programs/containerd/index.ts'
import { type Context, Fatal } from './context.ts'
import { ago, json, nanos, short, size, table, yaml } from './format.ts'
import type { Parsed } from './options.ts'

const STATES: Record<string, string> = { created: 'Created', running: 'Running', exited: 'Exited', unknown: 'Unknown' }
const shown = (state: string): string => STATES[state.replace(/^CONTAINER_/, '').toLowerCase()] ?? state

/** Labels that are asked for, as pairs. Throws Fatal. */
function wantedLabels(o: Parsed): [string, string][] {
  return o.all('label').map((pair) => {
    const at = pair.indexOf('=')
    if (at < 0) throw new Fatal(`incorrectly specified label: ${pair}`)
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
}

const labelsMatch = (
  labels: Readonly<Record<string, string>>,
  wanted: readonly (readonly [key: string, value: string])[],
): boolean => wanted.every(([key, value]) => labels[key] === value)

/** A mistake that crictl tells with Go's own logger. */
function logged(ctx: Context, text: string): Fatal {
  const d = new Date(ctx.p.now()).toISOString()
  ctx.p.stderr.write(`${d.slice(0, 10).replaceAll('-', '/')} ${d.slice(11, 19)} ${text}\n`)
  return new Fatal('')
}

/** Containers by the filters of ps, inspect, exec and stats: newest first. */
export function filterContainers(cri: CriServer, o: Parsed, all: boolean): Container[] {
  const wanted = wantedLabels(o)
  const state = o.get('state')?.toLowerCase()
  const last = o.has('latest') ? 1 : o.number('last', 0)
  let list = cri.listContainers().sort((a, b) => b.createdAt - a.createdAt || b.startedAt - a.startedAt)
  if (state) list = list.filter((c) => c.state === `CONTAINER_${state.toUpperCase()}`)
  else if (!all && last === 0) list = list.filter((c) => c.state === 'CONTAINER_RUNNING')
  const id = o.get('id')
  if (id) list = list.filter((c) => c.id.startsWith(id))
  const pod = o.get('pod')
  if (pod) list = list.filter((c) => c.sandbox.id.startsWith(pod))
  const name = o.get('name')
  if (name) list = list.filter((c) => new RegExp(name).test(c.config.name))
  const namespace = o.get('namespace')
  if (namespace) list = list.filter((c) => new RegExp(namespace).test(c.sandbox.config.namespace))
  const image = o.get('image')
  if (image) {
    const stored = cri.imageStatus(image)
    list = list.filter((c) => c.config.imageId === stored?.image.id || c.config.image === image)
  }
  list = list.filter((c) => labelsMatch(c.config.labels, wanted))
  return last > 0 ? list.slice(0, last) : list
}

const containerJson = (c: Container): unknown => ({
  id: c.id,
  podSandboxId: c.sandbox.id,
  metadata: { name: c.config.name, attempt: c.config.attempt },
  image: {
    image: c.config.imageId,
    annotations: {},
    userSpecifiedImage: c.config.image,
    runtimeHandler: '',
    imageRef: '',
  },
  imageRef: c.config.imageId,
  state: c.state,
  createdAt: nanos(c.createdAt),
  labels: sorted(c.config.labels),
  annotations: sorted(c.config.annotations),
  imageId: '',
})

/** Keys in order, as Go prints a map. */
export const sorted = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))

const indented = (map: Readonly<Record<string, string>>): string =>
  Object.entries(sorted(map))
    .map(([k, v]) => `\t${k} -> ${v}\n`)
    .join('')

/** `crictl ps`: the containers, newest first; without --all those that run. */
export function ps(ctx: Context, o: Parsed): void {
  const state = o.get('state')?.toLowerCase()
  const cri = ctx.runtime()
  ctx.image()
  if (state && !STATES[state]) throw logged(ctx, '--state should be one of created, running, exited or unknown')
  const list = filterContainers(cri, o, o.has('all'))
  const now = ctx.p.now()
  const id = (text: string): string => (o.has('no-trunc') ? text : short(text))
  const output = o.get('output') ?? 'table'
  if (o.has('quiet')) return ctx.out(list.map((c) => `${c.id}\n`).join(''))
  if (output === 'json') return ctx.out(json({ containers: list.map(containerJson) }))
  if (output === 'yaml') return ctx.out(yaml({ containers: list.map(containerJson) }))
  if (output !== 'table' && output !== '')
    throw new Fatal(`listing containers: unsupported output format ${JSON.stringify(output)}`)
  if (o.has('verbose')) {
    for (const c of list)
      ctx.out(
        `ID: ${c.id}\nPodID: ${c.sandbox.id}\nNamespace: ${c.sandbox.config.namespace}\nName: ${c.config.name}\nAttempt: ${c.config.attempt}\nState: ${shown(c.state)}\nImage: ${c.config.imageId}\nCreated: ${ago(now - c.createdAt)}\nLabels:\n${indented(c.config.labels)}Annotations:\n${indented(c.config.annotations)}\n`,
      )
    return ctx.out('\n')
  }
  ctx.out(
    table([
      ['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'],
      ...list.map((c) => [
        id(c.id),
        id(c.config.imageId),
        ago(now - c.createdAt),
        shown(c.state),
        c.config.name,
        String(c.config.attempt),
        id(c.sandbox.id),
        c.sandbox.config.name,
        c.sandbox.config.namespace,
      ]),
    ]),
  )
}

/** Sandboxes that the filters of the command line leave, newest first. */
export function filterPods(cri: CriServer, o: Parsed): Sandbox[] {
  const wanted = wantedLabels(o)
  let list = cri.listPodSandbox().sort((a, b) => b.createdAt - a.createdAt)
  const state = o.get('state')?.toLowerCase()
  if (state) list = list.filter((s) => s.state.toLowerCase() === `sandbox_${state}`)
  const id = o.get('id')
  if (id) list = list.filter((s) => s.id.startsWith(id))
  const name = o.get('name')
  if (name) list = list.filter((s) => new RegExp(name).test(s.config.name))
  const namespace = o.get('namespace')
  if (namespace) list = list.filter((s) => new RegExp(namespace).test(s.config.namespace))
  list = list.filter((s) => labelsMatch(s.config.labels, wanted))
  const last = o.has('latest') ? 1 : o.number('last', 0)
  return last > 0 ? list.slice(0, last) : list
}

const podJson = (s: Sandbox): unknown => ({
  id: s.id,
  metadata: { name: s.config.name, uid: s.config.uid, namespace: s.config.namespace, attempt: s.config.attempt },
  state: s.state,
  createdAt: nanos(s.createdAt),
  labels: sorted(s.config.labels),
  annotations: sorted(s.config.annotations),
  runtimeHandler: '',
})

/** `crictl pods`: the sandboxes. */
export function pods(ctx: Context, o: Parsed): void {
  const cri = ctx.runtime()
  if (o.get('state') && !/^(?:not)?ready$/i.test(o.get('state')!))
    throw logged(ctx, '--state should be ready or notready')
  const list = filterPods(cri, o)
  const now = ctx.p.now()
  const id = (text: string): string => (o.has('no-trunc') ? text : short(text))
  const state = (s: Sandbox): string => (s.state === 'SANDBOX_READY' ? 'Ready' : 'NotReady')
  const output = o.get('output') ?? 'table'
  if (o.has('quiet')) return ctx.out(list.map((s) => `${s.id}\n`).join(''))
  if (output === 'json') return ctx.out(json({ items: list.map(podJson) }))
  if (output === 'yaml') return ctx.out(yaml({ items: list.map(podJson) }))
  if (output !== 'table') throw new Fatal(`listing pod sandboxes: unsupported output format ${JSON.stringify(output)}`)
  if (o.has('verbose')) {
    for (const s of list)
      ctx.out(
        `ID: ${s.id}\nName: ${s.config.name}\nUID: ${s.config.uid}\nNamespace: ${s.config.namespace}\nStatus: ${state(s)}\nCreated: ${new Date(s.createdAt).toISOString().replace('T', ' ').replace('Z', '550565 +0000 UTC')}\nLabels:\n${indented(s.config.labels)}Annotations:\n${indented(s.config.annotations)}Runtime: (default)\n\n`,
      )
    return ctx.out('\n')
  }
  ctx.out(
    table([
      ['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'],
      ...list.map((s) => [
        id(s.id),
        ago(now - s.createdAt),
        state(s),
        s.config.name,
        s.config.namespace,
        String(s.config.attempt),
        '(default)',
      ]),
    ]),
  )
}

/** `name`, `tag` of each reference of an image. */
const rowsOf = (s: StoredImage): [string, string][] => {
  const tags = [...s.tags]
    .sort()
    .map((t): [string, string] => [t.slice(0, t.lastIndexOf(':')), t.slice(t.lastIndexOf(':') + 1)])
  if (tags.length > 0) return tags
  const [digest] = s.digests
  return [[digest?.split('@')[0] ?? '<none>', '<none>']]
}

/** A numeric user of an image is its uid, any other its name. */
const userOf = (s: StoredImage): { uid?: string; username: string } => {
  const user = (s.image.spec.config.user ?? '').replace(/:.*/, '')
  return /^\d+$/.test(user) ? { uid: user, username: '' } : { username: user }
}

const userLines = (s: StoredImage): string => {
  const { uid, username } = userOf(s)
  return `${uid ? `Uid: value:${uid}\n` : ''}${username ? `Username: ${username}\n` : ''}`
}

/** An image as `-o json` shows it: runtime.v1.Image. */
export const imageJson = (s: StoredImage): unknown => ({
  id: s.image.id,
  repoTags: [...s.tags].sort(),
  repoDigests: [...s.digests],
  size: String(s.image.spec.size),
  ...(userOf(s).uid ? { uid: { value: userOf(s).uid } } : {}),
  username: userOf(s).username,
  pinned: s.pinned,
})

/** `crictl images`: what the node has pulled. */
export function images(ctx: Context, o: Parsed): void {
  const cri = ctx.image()
  // containerd ignores the filter that a name on the command line becomes.
  const list = cri.listImages().sort((a, b) => (rowsOf(a)[0][0] < rowsOf(b)[0][0] ? -1 : 1))
  const output = o.get('output')
  if (o.has('quiet')) return ctx.out(list.map((s) => `${s.image.id}\n`).join(''))
  if (output === 'json') return ctx.out(json({ images: list.map(imageJson) }))
  if (output === 'yaml') return ctx.out(yaml({ images: list.map(imageJson) }))
  if (o.has('verbose')) {
    for (const s of list)
      ctx.out(
        `ID: ${s.image.id}\n${[...s.tags]
          .sort()
          .map((t) => `RepoTags: ${t}\n`)
          .join(
            '',
          )}${[...s.digests].map((d) => `RepoDigests: ${d}\n`).join('')}Size: ${s.image.spec.size}\n${userLines(s)}${s.pinned ? 'Pinned: true\n' : ''}\n`,
      )
    return
  }
  const digests = o.has('digests')
  const pinned = o.has('pinned')
  ctx.out(
    table([
      ['IMAGE', 'TAG', ...(digests ? ['DIGEST'] : []), 'IMAGE ID', 'SIZE', ...(pinned ? ['PINNED'] : [])],
      ...list.flatMap((s) =>
        rowsOf(s).map(([name, tag]) => [
          name,
          tag,
          ...(digests ? [o.has('no-trunc') ? s.image.digest : short(s.image.digest)] : []),
          o.has('no-trunc') ? s.image.id : short(s.image.id),
          size(s.image.spec.size, 3),
          ...(pinned ? [String(s.pinned)] : []),
        ]),
      ),
    ]),
  )
}
