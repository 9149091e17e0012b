import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export interface Step {
  readonly cmd: string
  /** Seconds since the start of the steps. */
  readonly at?: number
  readonly took?: number
  /** Ctrl-C was pressed after so many seconds. */
  readonly interrupted?: number
  readonly stdin?: string
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  readonly truncated?: boolean
  /** Host on which it was typed. */
  readonly node?: string
  readonly note?: string
}

export interface Recording {
  readonly area: string
  readonly topic: string
  readonly start?: string
  readonly files: Readonly<Record<string, string>>
  /** Variables of the shell in which everything was typed. */
  readonly env: Readonly<Record<string, string>>
  /** Commands, or (node/) a sentence that describes the lab. */
  readonly setup: readonly string[]
  readonly steps: readonly Step[]
}

export const AREAS = ['kubectl', 'control-plane', 'etcd', 'kubeadm', 'node'] as const

/** All recordings of an area, sorted by file name. */
export function recordings(root: string, area: string): Recording[] {
  return readdirSync(join(root, area))
    .filter((f) => f.endsWith('.yaml'))
    .sort()
    .map((f) => read(join(root, area, f), area, f.replace('.yaml', '')))
}

function read(file: string, area: string, name: string): Recording {
  const doc = parse(readFileSync(file, 'utf8'), { version: '1.1', maxAliasCount: -1 }) as any
  return {
    area,
    topic: doc.topic ?? name,
    start: doc.start,
    files: doc.files ?? {},
    env: doc.env ?? {},
    setup: Array.isArray(doc.setup) ? doc.setup : [],
    steps: (doc.steps ?? []).map((s: any) => ({
      ...s,
      cmd: String(s.cmd),
      stdout: s.stdout ?? '',
      stderr: s.stderr ?? '',
      took: s.took ?? s.secs,
      interrupted: s.interrupted_after_s,
      exit: s.exit ?? 0,
    })),
  }
}
