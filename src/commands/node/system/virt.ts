import { MACHINE, type Program } from '../../../host/index.ts'
import { command, notSimulated } from '../lib/command.ts'

/** systemd-detect-virt: what the machine runs in. */
export const detectVirt: Program = command('systemd-detect-virt', (c) => {
  const { virtualization } = c.host.service(MACHINE).platform
  const [option] = c.args
  if (option !== undefined && !['-v', '--vm', '-c', '--container', '-q', '--quiet'].includes(option))
    return notSimulated(c, c.args.join(' '))
  // A virtual machine is no container.
  const found = option === '-c' || option === '--container' ? 'none' : virtualization || 'none'
  if (option !== '-q' && option !== '--quiet') c.out(`${found}\n`)
  return found === 'none' ? 1 : 0
})

/** Ubuntu's firewall tool as it is when nobody has switched it on. */
export const ufw: Program = command('ufw', (c) => {
  const words = c.args.filter((a) => a !== '--force')
  if (c.p.creds.uid !== 0) {
    c.err('ERROR: You need to be root to run this script\n')
    return 1
  }
  if (words[0] === 'status') c.out('Status: inactive\n')
  else if (words[0] === 'disable') c.out('Firewall stopped and disabled on system startup\n')
  else return notSimulated(c, words.join(' ') || 'this command')
  return 0
})
