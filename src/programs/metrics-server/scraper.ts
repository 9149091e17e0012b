import type { KubeObject } from '../../api/types.ts'
import { TransportError } from '../../api/types.ts'
import type { Process } from '../../host/index.ts'
import { connectNow, exchangeNow } from '../lib/transport.ts'

/** CPU seconds used since the start, and memory in use now, in bytes. */
export interface Reading {
  readonly at: number
  readonly cpuSeconds: number
  readonly memoryBytes: number
}

/** What one kubelet said: its node, and the containers by `namespace/pod`. */
export interface Scrape {
  readonly node: Reading
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, Reading>>
}

/** How the metrics server reaches kubelets. */
export interface ScrapeOptions {
  /** --kubelet-preferred-address-types */
  readonly addressTypes: readonly string[]
  readonly insecure: boolean
  readonly caPem: string | undefined
  readonly token: string | undefined
  readonly useStatusPort: boolean
  readonly port: number
}

/** Why a node gave nothing; `timeout` is logged in other words. */
export class ScrapeError extends Error {
  constructor(
    message: string,
    readonly timeout = false,
  ) {
    super(message)
  }
}

/** Reads a kubelet's /metrics/resource. Throws ScrapeError. Models pkg/scraper/client/resource. */
export function scrape(p: Process, node: KubeObject, options: ScrapeOptions): Scrape {
  const addresses: any[] = node.status?.addresses ?? []
  const host = options.addressTypes.map((type) => addresses.find((a) => a.type === type)?.address).find((a) => a)
  if (!host) throw new ScrapeError(`no address matched types [${options.addressTypes.join(' ')}]`)
  const port = options.useStatusPort
    ? node.status?.daemonEndpoints?.kubeletEndpoint?.Port || options.port
    : options.port
  const url = `https://${host}:${port}/metrics/resource`
  let body: unknown
  let status: number
  try {
    const tls = { insecure: options.insecure, caPem: options.caPem }
    const connection = connectNow(p, { host, port, tls })
    const headers: Record<string, string> = options.token ? { authorization: `Bearer ${options.token}` } : {}
    ;({ status, body } = exchangeNow(connection, { method: 'GET', path: '/metrics/resource', headers }))
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    const timeout = error.kind === 'timeout'
    throw new ScrapeError(
      `Get ${JSON.stringify(url)}: ${timeout ? 'context deadline exceeded' : error.message}`,
      timeout,
    )
  }
  if (status !== 200)
    throw new ScrapeError(`request failed, status: ${JSON.stringify(`${status} ${REASONS[status] ?? ''}`)}`)
  return parseMetrics(String(body))
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
}

const SAMPLE = /^(\w+)(?:\{([^}]*)\})? (\S+)(?: (\d+))?$/

function parseMetrics(text: string): Scrape {
  const pods = new Map<string, Map<string, Reading>>()
  let node: Reading = { at: 0, cpuSeconds: 0, memoryBytes: 0 }
  for (const line of text.split('\n')) {
    const m = SAMPLE.exec(line)
    if (!m) continue
    const [, name, labels = '', value, time] = m
    const change = name!.includes('_cpu_')
      ? { cpuSeconds: Number(value), at: Number(time) }
      : { memoryBytes: Number(value) }
    if (name === 'node_cpu_usage_seconds_total' || name === 'node_memory_working_set_bytes') {
      node = { ...node, ...change }
    } else if (name === 'container_cpu_usage_seconds_total' || name === 'container_memory_working_set_bytes') {
      const label = (key: string): string => new RegExp(`${key}="([^"]*)"`).exec(labels)?.[1] ?? ''
      const key = `${label('namespace')}/${label('pod')}`
      let containers = pods.get(key)
      if (!containers) pods.set(key, (containers = new Map()))
      const container = label('container')
      containers.set(container, { at: 0, cpuSeconds: 0, memoryBytes: 0, ...containers.get(container), ...change })
    }
  }
  return { node, pods }
}
