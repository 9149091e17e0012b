import { Document, type Node, type YAMLMap, type YAMLSeq } from 'yaml'
import type { KubeObject } from '../api/index.ts'
import type { World } from '../cluster/index.ts'
import { normalize } from '../host/index.ts'
import { isReady } from './checks.ts'
import { Observer } from './observer.ts'
import type { Check } from './schema.ts'

/** A line that was typed, where and when. */
interface Step {
  readonly at: number
  readonly host: string
  line: string
}

/** A file that is open in an editor: what was changed there can only be seen when it is closed. */
interface Editing {
  readonly path: string
  readonly before: string | undefined
}

/** Something that can be well or not, by `kind namespace/name`. */
type Health = ReadonlyMap<string, { readonly well: boolean; readonly object: KubeObject }>

const KINDS = ['Node', 'Deployment', 'StatefulSet', 'DaemonSet', 'PersistentVolumeClaim', 'Service'] as const
/** Commands that only look, and filters of what they say. */
const LOOK =
  /^(?:(?:k|kubectl)(?: -n \S+| --namespace[ =]\S+)* (?:get|describe|logs|explain|top|events|cluster-info|api-resources|api-versions|version|config view|config get-contexts|auth can-i)\b|(?:sleep|watch|ls|ll|cat|less|more|head|tail|grep|sort|uniq|wc|cut|column|jq|df|du|ps|pwd|history|clear|uptime|free|id|whoami|ss|dig|nslookup|ping|crictl (?:ps|pods|images|logs|inspect)|systemctl (?:status|list-units|is-active|cat)|journalctl|etcdctl(?: \S+)* (?:endpoint|member list|get|alarm list)|openssl x509(?! .*-out)|kubeadm certs check-expiration|date(?! .*(?:-s|--set)\b)|sed(?! .*-i\b)|hostname$)(?:\s|$))/
/** Where a command ends. Quotes are not minded: who is in doubt keeps the line. */
const BETWEEN = /\|\|?|&&|;|\n/
const EDITOR = /^(?:sudo )?(?:vi|vim|nano|view)\s+(?:-\S+\s+)*([^\s;|&]+)\s*$/
const LOGIN = /^(?:exit|logout|ssh [a-z0-9.-]+)$/
const OBJECT_EDITOR = /^(?:k|kubectl)\b.*\bedit\b/
/** Between lines that came this much apart something was waited for, ms. */
const PAUSE = 3000
const MAX_LINES = 500

/** Whether a line changes nothing: it is no part of a fault or a repair then. */
function onlyLooks(line: string): boolean {
  const said = line.replace(/2>\s*(?:&1|\/dev\/null)/g, '').replace(/\\\n/g, ' ')
  const parts = said.split(BETWEEN).map((part) => part.trim())
  return !/[>`]|\$\(/.test(said) && parts.every((part) => part === '' || LOOK.test(part))
}

/**
 * What was done in a sandbox, for the draft of a scenario: first what broke the cluster, then, after `broken`, what
 * repaired it.
 */
export class Recording {
  private readonly steps: Step[] = []
  private editing: Editing | undefined
  /** The line that the next one may go on with: what it does is known only when it is whole. */
  private last: Step | undefined
  private readonly observer: Observer
  private readonly begun: number
  /** How many steps belong to the fault; undefined as long as things are being broken. */
  private fault: number | undefined
  private brokenAt = 0
  private ill: Health = new Map()
  private wasReachable = true

  constructor(
    private readonly world: World,
    private readonly cluster: string,
  ) {
    this.observer = new Observer(world)
    this.begun = world.now()
  }

  /** The repair has begun. */
  get repairing(): boolean {
    return this.fault !== undefined
  }

  /** A line was entered at a prompt of `host`, in the folder `cwd`; without a host it goes on with the line before. */
  typed(line: string, host: string | undefined, cwd = '/root'): void {
    if (host === undefined) {
      if (this.last) this.last.line += `\n${line}`
      return
    }
    this.settle()
    const text = line.trim()
    if (text === '' || text.startsWith('#') || LOGIN.test(text)) return
    if (this.steps.length >= MAX_LINES) return
    const step = { at: this.world.now(), host, line: text }
    this.steps.push(step)
    this.last = step
    const file = EDITOR.exec(text)?.[1]
    if (file === undefined) return
    const path = normalize(file, cwd)
    this.editing = { path, before: this.contentOf(host, path) }
  }

  /** The last line is whole: one that only looked goes, one that opened an editor becomes what was made of the file. */
  private settle(): void {
    const { last, editing } = this
    this.last = undefined
    this.editing = undefined
    if (!last) return
    if (!editing) {
      if (onlyLooks(last.line)) this.steps.pop()
      return
    }
    const { path, before } = editing
    const after = this.contentOf(last.host, path)
    if (after === undefined || after === before) this.steps.pop()
    else last.line = `cat > ${path} <<'RECORDED'\n${after.replace(/\n?$/, '\n')}RECORDED`
  }

  /** Everything is broken as it should be: from here on it is being repaired. */
  broken(): void {
    if (this.repairing) return
    this.settle()
    this.fault = this.steps.length
    this.brokenAt = this.world.now()
    this.wasReachable = this.observer.sees()
    this.ill = this.health()
  }

  /** The draft. What it cannot know says so in its place. */
  draft(id: string): string {
    this.settle()
    const fault = this.fault ?? this.steps.length
    const goals = this.goals()
    const doc = new Document({
      version: 1,
      id,
      title: { en: 'A title that tells nothing', fr: 'Un titre qui ne dit rien' },
      domain: 'troubleshooting',
      difficulty: 2,
      minutes: 15,
      seed: this.world.seed,
      cluster: this.cluster,
      brief: {
        en: 'What the player is told: symptoms only.',
        fr: 'Ce que le joueur apprend : des symptômes seulement.',
      },
      symptoms: this.symptoms(),
      given: this.given(this.steps.slice(0, fault)),
      goals,
      hints: [{ en: 'Where to look first.', fr: 'Où regarder d’abord.' }],
      solution: this.attempts(this.steps.slice(fault)),
      debrief: {
        en: 'What was wrong, and why it showed as it did.',
        fr: 'Ce qui n’allait pas, et pourquoi cela se voyait ainsi.',
      },
    })
    doc.commentBefore =
      ' yaml-language-server: $schema=./notready.scenario.schema.json\n A draft of what was recorded. `notready prove THIS-FILE` says whether it holds as it stands.'
    const note = (key: string, text: string): void => {
      const node = doc.get(key, true) as Node | undefined
      if (node) node.commentBefore = ` ${text}`
    }
    note('symptoms', 'what shows at the start; add what the player would notice first')
    note('goals', 'outcomes; add what a user of the cluster would want')
    if (goals.length === 0) note('goals', 'nothing that was broken is well again: say what should hold')
    this.commentEditors(doc.get('given') as YAMLSeq)
    this.commentEditors(doc.get('solution') as YAMLSeq)
    return doc.toString({ lineWidth: 120 })
  }

  /** Cluster state at this moment; nothing when no API server answers. */
  private health(): Health {
    const out = new Map<string, { well: boolean; object: KubeObject }>()
    const slices = this.observer.list('EndpointSlice') ?? []
    for (const kind of KINDS)
      for (const object of this.observer.list(kind) ?? []) {
        const { namespace, name } = object.metadata
        const whole = { ...object, kind }
        out.set(`${kind} ${namespace ?? ''}/${name}`, { well: isWell(whole, slices), object: whole })
      }
    return out
  }

  private symptoms(): Check[] {
    if (!this.wasReachable)
      return [{ type: 'command', run: 'kubectl get --raw /readyz --request-timeout=5s', not: '^ok$', exit: 1 }]
    const shown = [...this.ill.values()].filter(({ well }) => !well).map(({ object }) => symptomOf(object))
    return shown.length > 0 ? shown.slice(0, 5) : [{ type: 'command', run: 'true' }]
  }

  /** What was ill and is well again. */
  private goals(): unknown[] {
    const now = this.health()
    const healed = [...this.ill]
      .filter(([key, { well }]) => !well && now.get(key)?.well)
      .map(([, { object }]) => object)
    const ready = healed.slice(0, 8).map(goalOf)
    if (this.wasReachable) return ready
    const answers = { type: 'command', run: 'kubectl get --raw /readyz', stdout: '^ok$' }
    const say = { en: 'The API server answers', fr: 'Le serveur d’API répond' }
    return [{ id: 'api-answers', say, check: answers }, ...ready]
  }

  private given(steps: readonly Step[]): unknown[] {
    const acts = this.paced(steps).map((step) => (step.wait ? step : { ...step, allowFailure: true }))
    const rest = (this.fault === undefined ? this.world.now() : this.brokenAt) - (steps.at(-1)?.at ?? this.begun)
    return rest > PAUSE ? [...acts, { wait: pause(rest) }] : acts
  }

  private attempts(steps: readonly Step[]): unknown[] {
    const ways = this.paced(steps).map((step) => (step.run !== undefined && !step.on ? step.run : step))
    return ways.length > 0 ? ways : ['true']
  }

  /** What was done, and where something was waited for in between. */
  private paced(steps: readonly Step[]): { wait?: string; run?: string; on?: string }[] {
    return steps.flatMap(({ at, host, line }, i) => {
      const waited = i === 0 ? 0 : at - steps[i - 1].at
      const on = host === this.world.home.name ? {} : { on: host }
      return [...(waited > PAUSE ? [{ wait: pause(waited) }] : []), { run: line, ...on }]
    })
  }

  private commentEditors(list: YAMLSeq): void {
    for (const item of list.items as (Node | YAMLMap)[]) {
      const text = String('get' in item ? item.get('run') : (item as any).value)
      if (OBJECT_EDITOR.test(text))
        item.commentBefore = ' an editor cannot be replayed: say it with kubectl patch, set or apply'
    }
  }

  private contentOf(host: string, path: string): string | undefined {
    const node = this.world.hosts.get(host)?.fs.find(path)
    return node?.kind === 'file' ? node.read() : undefined
  }
}

const pause = (ms: number): string => `${Math.min(3600, Math.ceil(ms / 1000))}s`

/** A claim is well when it is bound, a Service when somebody would answer. */
function isWell(object: KubeObject, slices: readonly KubeObject[]): boolean {
  const { kind, metadata, spec, status } = object as any
  if (kind === 'PersistentVolumeClaim') return status?.phase === 'Bound'
  if (kind !== 'Service') return isReady(object)
  const endpoints = slices
    .filter((slice) => slice.metadata.namespace === metadata.namespace)
    .filter((slice) => slice.metadata.labels?.[SERVICE_LABEL] === metadata.name)
    .flatMap((slice: any) => slice.endpoints ?? [])
  return !spec?.selector || endpoints.some((endpoint) => endpoint.conditions?.ready !== false)
}

const SERVICE_LABEL = 'kubernetes.io/service-name'

/** One of its lines names the addresses at which pods are ready. */
const described = (name: string, namespace: string | undefined): string =>
  `kubectl -n ${namespace} describe service ${name}`

/** What was ill is well again, as a goal. */
function goalOf({ kind, metadata: { name, namespace } }: KubeObject): unknown {
  const at = namespace ? { namespace } : {}
  const id = (what: string): string => `${name}-${what}`.replace(/[^a-z0-9-]/g, '-')
  if (kind === 'PersistentVolumeClaim')
    return {
      id: id('bound'),
      say: { en: `The claim ${name} is bound`, fr: `La demande ${name} est liée` },
      check: { type: 'object', kind, name, ...at, path: '.status.phase', equals: 'Bound' },
    }
  if (kind === 'Service')
    return {
      id: id('answers'),
      say: { en: `Behind the Service ${name} somebody answers`, fr: `Derrière le Service ${name}, quelqu’un répond` },
      check: { type: 'command', run: described(name, namespace), stdout: '^Endpoints: +\\d' },
    }
  return {
    id: id('ready'),
    say: { en: `${kind} ${name} is ready`, fr: `${kind} ${name} est prêt` },
    check: { type: 'ready', kind, name, ...at },
  }
}

function symptomOf({ kind, metadata: { name, namespace } }: KubeObject): Check {
  const at = namespace ? { namespace } : {}
  if (kind === 'Service') return { type: 'command', run: described(name, namespace), stdout: '^Endpoints: *$' }
  if (kind === 'PersistentVolumeClaim')
    return { type: 'object', kind, name, ...at, path: '.status.phase', matches: '^(Pending|Lost)$' }
  if (kind === 'Node') {
    const path = '.status.conditions[?(@.type=="Ready")].status'
    return { type: 'object', kind, name, path, matches: '^(False|Unknown)$' }
  }
  const missing: Record<string, [string, string]> = {
    Deployment: ['.status.unavailableReplicas', '^[1-9]'],
    DaemonSet: ['.status.numberUnavailable', '^[1-9]'],
  }
  // A StatefulSet counts only who is there: its column says 1/2.
  if (!missing[kind])
    return { type: 'command', run: `kubectl -n ${namespace} get ${kind} ${name}`, stdout: '\\s(\\d+)/(?!\\1\\s)\\d' }
  const [path, matches] = missing[kind]
  return { type: 'object', kind, name, ...at, path, matches }
}
