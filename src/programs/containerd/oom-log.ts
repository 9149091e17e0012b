import { JOURNAL, type Process } from '../../host/index.ts'
import type { Container } from './types.ts'

/** What the kernel writes when a control group is out of memory. Models mm/oom_kill.c, shortened. */
export function logOom(c: Container, victim: Process, score: number): void {
  const { host } = victim
  if (!host.has(JOURNAL)) return
  const kernel = (line: string, priority = 6): void => host.service(JOURNAL).kernel(line, priority)
  const name = (victim.argv[0] ?? victim.program.name).replace(/^.*\//, '').slice(0, 15)
  const pod = c.cgroup.slice(0, c.cgroup.lastIndexOf('/'))
  const wanted = Math.round(victim.rss / 1024)
  // It is killed when it reaches the limit, whatever more it asked for.
  const kb = Math.min(wanted, Math.round((c.config.resources.memoryLimit || Number.POSITIVE_INFINITY) / 1024))
  const row = [victim.pid, 0, victim.pid, wanted + 2200, kb, kb, 316, 0, 77824, 0, score]
  kernel(`${name} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=${score}`, 4)
  kernel(' dump_header+0x43/0x1c0', 4)
  kernel(' oom_kill_process.cold+0x8/0x8a', 4)
  kernel(
    `memory: usage ${Math.round(c.config.resources.memoryLimit / 1024)}kB, limit ${Math.round(c.config.resources.memoryLimit / 1024)}kB, failcnt 24`,
  )
  kernel('Tasks state (memory values in pages):')
  kernel(
    '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
  )
  const widths = [6, 5, 5, 8, 8, 8, 8, 8, 14, 8, 13]
  kernel(
    `[${row
      .map((n, i) => String(n).padStart(widths[i]))
      .join(' ')
      .replace(/^( *\d+) /, '$1] ')} ${name}`,
  )
  kernel(
    `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${c.id},mems_allowed=0,oom_memcg=${pod},task_memcg=${pod}/${c.id},task=${name},pid=${victim.pid},uid=${victim.creds.uid}`,
  )
  kernel(
    `Memory cgroup out of memory: Killed process ${victim.pid} (${name}) total-vm:${wanted + 2200}kB, anon-rss:${kb}kB, file-rss:1264kB, shmem-rss:0kB, UID:${victim.creds.uid} pgtables:76kB oom_score_adj:${score}`,
    3,
  )
}
