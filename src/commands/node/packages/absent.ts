import type { Program } from '../../../host/index.ts'

/** Commands that a machine has and the simulation has not: they say so. */
export const absentCommands: Program[] = ['snap', 'ufw', 'crontab', 'losetup'].map((name) => ({
  name,
  *main(p) {
    p.stderr.write(`${name}: not simulated: ${p.argv.slice(1).join(' ') || 'this command'}\n`)
    return 127
  },
}))
