import { z } from 'zod'
import { published } from '../programs/lib/releases.ts'
import { DOMAINS } from './curriculum.ts'
import type { Text } from './language.ts'

/** A text in one language, or in both. */
export const text: z.ZodType<Text> = z.union([
  z.string().min(1),
  z.strictObject({ en: z.string().min(1), fr: z.string().min(1) }),
])

const hostName = z
  .string()
  .regex(/^[a-z0-9{}][a-z0-9.{}-]*$/, 'a host name such as node01, or a variant such as {{node}}')
export const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens')
export const duration = z.string().regex(/^(\d+(\.\d+)?(ms|s|m|h|d))+$/, 'a duration such as 90s, 5m or 1h30m')
const lines = z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(50)])

/** One thing that is done to the cluster: verbs on causes. Everything can also be said with `run`. */
export const act = z.union([
  z
    .strictObject({ run: lines, on: hostName.optional(), allowFailure: z.boolean().optional() })
    .describe('shell lines, as root on a host (the first control plane by default)'),
  z.strictObject({ wait: duration }).describe('virtual time passes'),
  z.strictObject({ use: z.string().regex(/^[a-z0-9-]+$/) }).describe('apply content/workloads/NAME.yaml'),
  z
    .strictObject({
      file: z.string().startsWith('/'),
      on: hostName,
      write: z.string().optional(),
      replace: z.strictObject({ find: z.string().min(1), with: z.string() }).optional(),
      remove: z.literal(true).optional(),
      mode: z
        .string()
        .regex(/^0?[0-7]{3,4}$/)
        .optional(),
    })
    .describe('a file is written, edited or removed'),
  z
    .strictObject({
      unit: z.string(),
      on: hostName,
      do: z.enum(['start', 'stop', 'restart', 'enable', 'disable', 'mask']),
    })
    .describe('a systemd unit'),
  z.strictObject({ power: z.enum(['off', 'on', 'cycle']), on: hostName }).describe('the machine itself'),
  z
    .strictObject({
      clock: z.strictObject({
        offset: z
          .string()
          .regex(
            /^-?((\d+(\.\d+)?(ms|s|m|h|d))+|\{\{\w+\}\})$/,
            'an offset such as -26h, or a variant such as -{{behind}}',
          )
          .optional(),
        rate: z.number().min(0.1).max(10).optional(),
      }),
      on: hostName,
    })
    .describe("the machine's clock"),
  z
    .strictObject({ network: z.enum(['cut', 'heal']), between: z.tuple([hostName, hostName]) })
    .describe('the wire between two machines'),
  z
    .strictObject({ network: z.literal('mtu'), bytes: z.number().int().min(576).max(9216) })
    .describe('the largest packet that the network between the machines carries; their cards are configured for it'),
])

/** Something that breaks a cluster, or repairs it. */
export type Act = z.infer<typeof act>

/** Check verbs: outcomes, never the way they were reached. */
export const check = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('command'),
    run: z.string().min(1),
    on: hostName.optional(),
    exit: z.number().int().optional(),
    stdout: z.string().optional(),
    stderr: z.string().optional(),
    not: z.string().optional(),
    within: duration.optional(),
  }),
  z.strictObject({
    type: z.literal('object'),
    kind: z.string(),
    name: z.string(),
    namespace: z.string().optional(),
    path: z.string().optional(),
    equals: z.unknown().optional(),
    matches: z.string().optional(),
    absent: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('ready'),
    kind: z.enum(['Node', 'Deployment', 'DaemonSet', 'StatefulSet', 'Pod']),
    name: z.string().optional(),
    namespace: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('http'),
    from: z.string(),
    url: z.string().url(),
    status: z.number().int().optional(),
    body: z.string().optional(),
    fails: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('tcp'), from: z.string(), to: z.string(), open: z.boolean().optional() }),
  z.strictObject({ type: z.literal('dns'), from: z.string(), name: z.string(), is: z.string().optional() }),
  z.strictObject({
    type: z.literal('backends'),
    service: z.string(),
    ownedBy: z.string().optional(),
    atLeast: z.number().int().optional(),
  }),
  z.strictObject({
    type: z.literal('etcd'),
    members: z.number().int().min(1).optional(),
    healthy: z.number().int().min(1).optional(),
    oneCluster: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('certificate'),
    on: hostName,
    file: z.string().optional(),
    serves: z.string().optional(),
    validFor: duration,
  }),
  z.strictObject({
    type: z.literal('unit'),
    on: hostName,
    unit: z.string(),
    active: z.boolean().optional(),
    enabled: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('lease'),
    name: z.string(),
    namespace: z.string().optional(),
    renewedWithin: duration,
  }),
  z.strictObject({
    type: z.literal('unchanged'),
    kind: z.string(),
    name: z.string(),
    namespace: z.string().optional(),
    path: z.string(),
  }),
  z
    .strictObject({
      type: z.literal('survives'),
      /** A machine whose power is cut for a while … */
      cut: hostName.optional(),
      /** … or what is done to the cluster, on a host. */
      run: z.string().min(1).optional(),
      on: hostName.optional(),
      for: duration,
      check: z.array(z.unknown()).min(1).max(5),
    })
    .refine((c) => (c.cut === undefined) !== (c.run === undefined), 'give either cut or run'),
])

/** Something that holds or does not. */
export type Check = z.infer<typeof check>

/** A line that is typed, one with its host and how long it may take, or a wait. */
export const attempt = z.union([
  z.string().min(1),
  z.strictObject({
    on: hostName.optional(),
    run: z.string().min(1),
    allowFailure: z.boolean().optional(),
    timeout: duration.optional(),
  }),
  z.strictObject({ wait: duration }),
])

/** A way that somebody might go: its acts. */
export type Attempt = z.infer<typeof attempt>

const regex = z
  .string()
  .min(1)
  .refine((source) => {
    try {
      return new RegExp(source)
    } catch {
      return false
    }
  }, 'a regular expression')

/** An objective. */
export const goal = z.strictObject({ id: z.string().regex(/^[a-z0-9-]+$/), say: text, check })
/** Hints cost points; how many may be said. */
export const hint = z.union([text, z.strictObject({ say: text, cost: z.number().int().min(0).max(100) })])

const release = z
  .string()
  .refine(published, 'not a release of Kubernetes that is simulated')
  .describe('what is installed at the start, e.g. v1.35.3')

/** A preset, with certificates of some age or an older release perhaps, or so many machines. */
export const cluster = z
  .union([
    z.string(),
    z.strictObject({ preset: z.string(), certificateAge: duration.optional(), release: release.optional() }),
    z.strictObject({
      controlPlanes: z.number().int().min(1).max(5),
      workers: z.number().int().min(0).max(20),
      certificateAge: duration.optional(),
      release: release.optional(),
    }),
  ])
  .default('default')

/** A scenario file, format version 1. */
export const scenarioSchema = z.strictObject({
  version: z.literal(1),
  id: slug,
  title: text,
  domain: z.enum(DOMAINS),
  difficulty: z.number().int().min(1).max(5),
  minutes: z.number().int().min(1).max(120),
  seed: z.number().int().min(0).default(1),
  cluster,
  variants: z
    .array(z.record(z.string().regex(/^[a-z][a-zA-Z0-9]*$/), z.string()))
    .min(1)
    .max(20)
    .optional(),
  brief: text,
  symptoms: z.array(check).min(1).max(10),
  given: z.array(act).max(60),
  later: z
    .array(z.strictObject({ after: duration, do: z.array(act).min(1).max(20) }))
    .max(10)
    .optional(),
  goals: z.array(goal).min(1).max(12),
  keep: z
    .array(z.strictObject({ say: text, check }))
    .max(12)
    .optional(),
  hints: z.array(hint).min(1).max(10),
  solution: z.array(attempt).min(1).max(60),
  fixes: z
    .array(z.strictObject({ name: text, run: z.array(attempt).min(1).max(60) }))
    .max(10)
    .optional(),
  decoys: z
    .array(
      z
        .strictObject({
          /** What the player did, in a few words; the debrief says it. */
          name: text.optional(),
          why: text,
          /** Why one does it all the same. */
          tempting: text.optional(),
          /** Who types a line like this has stepped into it. */
          typed: regex.optional(),
          run: z.array(attempt).min(1).max(60),
        })
        .refine((d) => (d.name === undefined) === (d.typed === undefined), 'give name and typed together'),
    )
    .max(12)
    .optional(),
  /** Asked when all is repaired: what was it? One is right. */
  causes: z
    .array(z.strictObject({ say: text, right: z.literal(true).optional() }))
    .min(3)
    .max(6)
    .refine((causes) => causes.filter((c) => c.right).length === 1, 'exactly one cause is right: true')
    .optional(),
  settle: duration.default('60s'),
  spoilers: z.array(z.string()).max(20).optional(),
  debrief: text,
  /** Ids of the lessons that explain it. */
  lessons: z.array(slug).max(8).optional(),
})

/** A scenario's file as its author wrote it. */
export type ScenarioSource = z.infer<typeof scenarioSchema>
