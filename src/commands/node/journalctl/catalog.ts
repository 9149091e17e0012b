import type { JournalEntry } from '../../../host/index.ts'

type Text = (e: JournalEntry) => readonly [subject: string, ...body: string[]]

/** Explanations of `journalctl -x`, from systemd's message catalogue. */
const TEXTS: Record<NonNullable<JournalEntry['catalog']>['id'], Text> = {
  'unit-starting': (e) => [
    `A start job for unit ${e.about} has begun execution`,
    `A start job for unit ${e.about} has begun execution.`,
    '',
    `The job identifier is ${e.catalog?.job ?? 0}.`,
  ],
  'unit-started': (e) => [
    `A start job for unit ${e.about} has finished successfully`,
    `A start job for unit ${e.about} has finished successfully.`,
    '',
    `The job identifier is ${e.catalog?.job ?? 0}.`,
  ],
  'unit-failed-start': (e) => [
    `A start job for unit ${e.about} has failed`,
    `A start job for unit ${e.about} has finished with a failure.`,
    '',
    `The job identifier is ${e.catalog?.job ?? 0} and the job result is ${e.catalog?.result ?? 'failed'}.`,
  ],
  'unit-stopping': (e) => [
    `A stop job for unit ${e.about} has begun execution`,
    `A stop job for unit ${e.about} has begun execution.`,
    '',
    `The job identifier is ${e.catalog?.job ?? 0}.`,
  ],
  'unit-stopped': (e) => [
    `A stop job for unit ${e.about} has finished`,
    `A stop job for unit ${e.about} has finished.`,
    '',
    `The job identifier is ${e.catalog?.job ?? 0} and the job result is ${e.catalog?.result ?? 'done'}.`,
  ],
  'unit-success': (e) => ['Unit succeeded', `The unit ${e.about} has successfully entered the 'dead' state.`],
  'unit-failed': (e) => [
    'Unit failed',
    `The unit ${e.about} has entered the 'failed' state with result '${e.catalog?.result ?? 'exit-code'}'.`,
  ],
  'unit-exited': (e) => [
    'Unit process exited',
    `An ${e.catalog?.result ?? 'ExecStart'}= process belonging to unit ${e.about} has exited.`,
    '',
    `The process' exit code is '${e.catalog?.exitCode ?? 'exited'}' and its exit status is ${e.catalog?.exitStatus ?? ''}.`,
  ],
  'unit-restart': (e) => [
    'Automatic restarting of a unit has been scheduled',
    `Automatic restarting of the unit ${e.about} has been scheduled, as the result for`,
    'the configured Restart= setting for the unit.',
  ],
  'unit-resources': (e) => [
    'Resources consumed by unit runtime',
    `The unit ${e.about} completed and consumed the indicated resources.`,
  ],
}

/** The explanation below an entry. */
export function catalogText(e: JournalEntry): string {
  const [subject, ...body] = TEXTS[e.catalog!.id](e)
  return [`Subject: ${subject}`, 'Defined-By: systemd', 'Support: https://www.debian.org/support', '', ...body]
    .map((line) => `░░ ${line}\n`)
    .join('')
}
