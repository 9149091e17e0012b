import type { Program } from '../../host/index.ts'
import { TabWriter } from '../../print/index.ts'
import { containerdOf } from '../../programs/containerd/index.ts'

const VERSION = 'runc version 1.3.6+ds1\ncommit: 1.3.6+ds1-1\nspec: 1.2.1\ngo: go1.26.5\nlibseccomp: 2.6.0\n'
const BUNDLES = '/run/containerd/io.containerd.runtime.v2.task/k8s.io'

/** runc: its version, and what runs below containerd's root (`--root /run/containerd/runc/k8s.io list`). */
export const runc: Program = {
  name: 'runc',
  *main(p) {
    const args = p.argv.slice(1)
    const root =
      args[0] === '--root'
        ? args.splice(0, 2)[1]
        : args[0]?.startsWith('--root=')
          ? args.shift()!.slice(7)
          : '/run/runc'
    const [verb = 'help', ...rest] = args
    if (verb === '--version' || verb === '-v') {
      p.stdout.write(VERSION)
      return 0
    }
    if (verb !== 'list') {
      p.stderr.write(`runc ${verb}: not simulated in this game\n`)
      return 127
    }
    const state = containerdOf(p.host)
    const here = root?.replace(/\/$/, '') === '/run/containerd/runc/k8s.io'
    const rows = (here ? [...state.sandboxes.values(), ...state.containers.values()] : [])
      .filter((c) => c.process && !c.process.status)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((c) => [
        c.id,
        String(c.process!.pid),
        'running',
        `${BUNDLES}/${c.id}`,
        `${new Date(c.createdAt).toISOString().slice(0, -1)}000000Z`,
        'root',
      ])
    if (rest.includes('-q') || rest.includes('--quiet')) p.stdout.write(rows.map((r) => `${r[0]}\n`).join(''))
    else {
      const writer = new TabWriter({ minWidth: 12, tabWidth: 1, padding: 3, padChar: ' ' })
      const lines = [['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER'], ...rows].map((r) => r.join('\t'))
      p.stdout.write(`${writer.format(lines.join('\n'))}\n`)
    }
    return 0
  },
}
