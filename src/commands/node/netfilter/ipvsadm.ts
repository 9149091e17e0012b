import { formatIp, MACHINE, may, type Program, parseIp, type VirtualServer } from '../../../host/index.ts'
import { command, Fail, stackOf } from '../lib/command.ts'

/** ipvsadm 1.31: lists and edits virtual servers. */
export const ipvsadm: Program = command('ipvsadm', (c) => {
  const { modules } = c.host.service(MACHINE)
  if (!modules.load('ip_vs'))
    throw new Fail(
      `modprobe: FATAL: Module ip_vs not found in directory /lib/modules/${c.host.service(MACHINE).platform.kernel.release}\nCan't initialize ipvs: Protocol not available\nAre you sure that IP Virtual Server is built in the kernel or as module?`,
      2,
    )
  if (!may(c.p.creds, 'NET_ADMIN'))
    throw new Fail(
      "Can't initialize ipvs: Permission denied (you must be root)\nAre you sure that IP Virtual Server is built in the kernel or as module?",
      2,
    )
  const { ipvs } = stackOf(c.p).host
  const words = c.args.flatMap((a) => (/^-[A-Za-z]{2,}$/.test(a) ? [...a.slice(1)].map((l) => `-${l}`) : [a]))
  const value = (...keys: string[]): string | undefined => {
    const at = words.findIndex((w) => keys.includes(w))
    return at >= 0 ? words[at + 1] : undefined
  }
  const has = (...keys: string[]): boolean => words.some((w) => keys.includes(w))
  const endpoint = (text: string | undefined): { ip: number; port: number } => {
    const [ip, port] = (text ?? '').split(':')
    return { ip: parseIp(ip) ?? 0, port: Number(port ?? 0) }
  }
  const proto: 'tcp' | 'udp' = has('-u', '--udp-service') ? 'udp' : 'tcp'
  const at = endpoint(value('-t', '--tcp-service', '-u', '--udp-service'))
  if (has('-A', '--add-service')) {
    if (ipvs.find(proto, at.ip, at.port)) throw new Fail('Service already exists', 255)
    ipvs.add({ proto, ...at, scheduler: value('-s', '--scheduler') ?? 'wlc', reals: [], next: 0 })
    return 0
  }
  if (has('-D', '--delete-service')) {
    if (!ipvs.remove(proto, at.ip, at.port)) throw new Fail('No such service', 255)
    return 0
  }
  if (has('-C', '--clear')) {
    ipvs.servers.clear()
    return 0
  }
  if (has('-a', '--add-server') || has('-d', '--delete-server')) {
    const server = ipvs.find(proto, at.ip, at.port)
    if (!server) throw new Fail('Service not defined', 255)
    const real = endpoint(value('-r', '--real-server'))
    const existing = server.reals.findIndex((r) => r.ip === real.ip && r.port === real.port)
    if (has('-d', '--delete-server')) {
      if (existing < 0) throw new Fail('No such destination', 255)
      server.reals.splice(existing, 1)
    } else if (existing >= 0) throw new Fail('Destination already exists', 255)
    else server.reals.push({ ...real, weight: Number(value('-w', '--weight') ?? 1), active: 0, inactive: 0 })
    return 0
  }
  const only = has('-t', '-u') ? ipvs.find(proto, at.ip, at.port) : undefined
  const list: VirtualServer[] = only
    ? [only]
    : [...ipvs.servers.values()].sort((a, b) =>
        a.proto === b.proto ? a.ip - b.ip || a.port - b.port : a.proto < b.proto ? -1 : 1,
      )
  c.out(
    'IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n',
  )
  for (const s of list) {
    c.out(
      `${s.proto.toUpperCase()}  ${formatIp(s.ip)}:${s.port} ${s.scheduler}${s.persistent ? ` persistent ${s.persistent}` : ''}\n`,
    )
    for (const r of s.reals)
      c.out(
        `  -> ${`${formatIp(r.ip)}:${r.port}`.padEnd(28)} Masq    ${String(r.weight).padEnd(6)} ${String(r.active).padEnd(10)} ${String(r.inactive).padEnd(10)}\n`,
      )
  }
  return 0
})
