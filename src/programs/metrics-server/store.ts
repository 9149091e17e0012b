import { rfc3339 } from '../../api/index.ts'
import type { Reading, Scrape } from './scraper.ts'

/** Usage over the time between two readings. */
export interface Usage {
  readonly timestamp: string
  /** e.g. `15.012s` */
  readonly window: string
  readonly cpu: string
  readonly memory: string
}

/** The last two scrapes of every node: usage is known when there are two. Models pkg/storage. */
export class MetricsStore {
  private readonly nodes = new Map<string, { last: Scrape; before: Scrape | undefined }>()

  store(node: string, scrape: Scrape): void {
    this.nodes.set(node, { last: scrape, before: this.nodes.get(node)?.last })
  }

  /** Forgets nodes that are gone. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.nodes.keys()) if (!names.has(name)) this.nodes.delete(name)
  }

  get ready(): boolean {
    for (const { before } of this.nodes.values()) if (before) return true
    return false
  }

  node(name: string): Usage | undefined {
    const known = this.nodes.get(name)
    return known?.before && usage(known.before.node, known.last.node)
  }

  /** By container; undefined while not all containers were seen twice. */
  pod(namespace: string, name: string): { name: string; usage: Usage }[] | undefined {
    const key = `${namespace}/${name}`
    for (const { last, before } of this.nodes.values()) {
      const containers = last.pods.get(key)
      const earlier = before?.pods.get(key)
      if (!containers || !earlier) continue
      const list = []
      for (const [container, reading] of containers) {
        const old = earlier.get(container)
        if (!old || old.cpuSeconds > reading.cpuSeconds) return undefined
        list.push({ name: container, usage: usage(old, reading) })
      }
      return list
    }
    return undefined
  }
}

function usage(before: Reading, last: Reading): Usage {
  const seconds = Math.max(0.001, (last.at - before.at) / 1000)
  const nano = Math.max(0, Math.round(((last.cpuSeconds - before.cpuSeconds) / seconds) * 1e9))
  return {
    timestamp: rfc3339(last.at),
    window: `${Number(seconds.toFixed(3))}s`,
    cpu: nano === 0 ? '0' : `${nano}n`,
    memory: `${Math.ceil(last.memoryBytes / 1024)}Ki`,
  }
}
