import type { JobResult, JobType, Unit } from '../../../host/index.ts'
import type { Signal } from '../../../kernel/index.ts'
import { expand, type Handler, needUnits, requireRoot, warnIfChanged } from './call.ts'

/** start, stop, restart …: queues a job for each unit and waits for them; `words` names the verb in error messages. */
export const job = (type: JobType, words: string): Handler =>
  function* (call) {
    needUnits(call)
    requireRoot(call, words)
    const { c, systemd, o } = call
    let status = 0
    const jobs: {
      unit: Unit
      run: { result: JobResult | undefined; finished: Signal }
    }[] = []
    for (const name of expand(call)) {
      const unit = systemd.unit(name)
      const refused = refusal(type, unit, words, call.verb)
      if (refused) {
        c.err(`${refused.text}\n`)
        status = refused.status
        continue
      }
      if (refused === null) continue
      warnIfChanged(call, unit)
      jobs.push({ unit, run: systemd.jobs.request(type, unit) })
    }
    if (o.has('no-block')) return status
    for (const { unit, run } of jobs) {
      while (run.result === undefined) yield { on: [run.finished] }
      if (run.result !== 'done' && run.result !== 'skipped' && run.result !== 'canceled') {
        if (!o.has('q')) c.err(failureText(unit, run.result))
        status = 1
      }
    }
    return status
  }

/** Why a job cannot be queued; null: nothing to do; undefined: go on. */
function refusal(
  type: JobType,
  unit: Unit,
  words: string,
  verb: string,
): { text: string; status: number } | null | undefined {
  const { load } = unit.config
  const fail = (text: string, status: number): { text: string; status: number } => ({
    text: `Failed to ${words} ${unit.name}: ${text}`,
    status,
  })
  if (load === 'not-found') {
    // Whose file was taken away while it was active is still there to be stopped.
    if (type === 'stop' && unit.active !== 'inactive') return undefined
    return fail(`Unit ${unit.name} not ${type === 'stop' ? 'loaded' : 'found'}.`, 5)
  }
  if (load === 'masked' && type !== 'stop') return fail(`Unit ${unit.name} is masked.`, 1)
  if (load === 'bad-setting' && type !== 'stop')
    return fail(
      `Unit ${unit.name} has a bad unit file setting.\nSee system logs and 'systemctl status ${unit.name}' for details.`,
      1,
    )
  if (verb.startsWith('try-') && unit.active !== 'active') return null
  if (type === 'reload') {
    if ((unit.config.service?.commands.ExecReload.length ?? 0) === 0)
      return fail(`Job type reload is not applicable for unit ${unit.name}.`, 3)
    if (unit.active !== 'active') return { text: `${unit.name} is not active, cannot reload.`, status: 1 }
  }
  return undefined
}

function failureText(unit: Unit, result: JobResult): string {
  const name = unit.name
  if (result === 'dependency') return `A dependency job for ${name} failed. See 'journalctl -xe' for details.\n`
  const see = `See "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`
  if (unit.result === 'start-limit-hit')
    return `Job for ${name} failed because start of the service was attempted too often.\n${see}To force a start use "systemctl reset-failed ${name}"\nfollowed by "systemctl start ${name}" again.\n`
  const why: Record<string, string> = {
    'exit-code': ' because the control process exited with error code',
    signal: ' because a fatal signal was delivered to the control process',
    timeout: ' because a timeout was exceeded',
    resources: ' because of unavailable resources or another system error',
  }
  return `Job for ${name} failed${why[unit.result] ?? ''}.\n${see}`
}
