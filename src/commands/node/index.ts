import type { Program } from '../../host/index.ts'
import { dmesg } from './journalctl/dmesg.ts'
import { journalctl } from './journalctl/journalctl.ts'
import { powerCommands, service, systemctl } from './systemctl/systemctl.ts'

/** Commands of a Linux node: systemd, journal, network, kernel, clock. */
export const hostPrograms: Program[] = [systemctl, service, ...powerCommands, journalctl, dmesg]
