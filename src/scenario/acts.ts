import type { World } from '../cluster/index.ts'
import { cutPower, type Host, powerOn, SysError } from '../host/index.ts'
import { parseDuration } from './duration.ts'
import { ContentError } from './errors.ts'
import type { Act } from './schema.ts'

/** Where workloads for `use` come from: name → manifest text. */
export type Workloads = (name: string) => string | undefined

/** Does one act. Throws ContentError('…') without position; the caller adds it. */
export function perform(act: Act, world: World, workloads: Workloads): void {
  if ('wait' in act) return world.advance(parseDuration(act.wait))
  if ('run' in act) return runAll(act, world)
  if ('use' in act) return use(act.use, world, workloads)
  if ('network' in act) {
    if (act.network === 'mtu') return world.network.segment('lan').carryOnly(act.bytes)
    const name = `wire/${act.between.join('/')}`
    world.network.segment('lan').partition(name, act.network === 'cut' ? act.between.map((h) => [h]) : [])
    return
  }
  const host = hostNamed(act.on, world)
  if ('file' in act) return editFile(act, host)
  if ('unit' in act)
    return must(world.run(`systemctl ${act.do} ${act.unit}`, { host: host.name }), `systemctl ${act.do} ${act.unit}`)
  if ('clock' in act) {
    const { offset, rate } = act.clock
    if (offset)
      host.clock.set(
        host.clock.now() + (offset.startsWith('-') ? -parseDuration(offset.slice(1)) : parseDuration(offset)),
      )
    if (rate !== undefined) host.clock.setRate(rate)
    return
  }
  if (act.power !== 'on') cutPower(host)
  if (act.power !== 'off') world.kernel.spawn(`power on ${host.name}`, powerOn(host))
}

/** What a script writes word for word: `<<EOF`, the rest of its line, and the lines down to the mark. */
const HERE_DOCUMENT = /(<<-?\s*(['"]?)(\w+)\2[^\n]*)\n(?:[^\n]*\n)*?\s*\3(?=\n|$)/g

/** What an act does, in the words of a shell; undefined when nothing is done. */
export function describeAct(act: Act): string | undefined {
  if ('wait' in act) return undefined
  if ('run' in act)
    return (Array.isArray(act.run) ? act.run : [act.run])
      .join('; ')
      .replace(HERE_DOCUMENT, '$1 …')
      .trim()
      .replace(/\s*\n\s*/g, '; ')
  if ('use' in act) return `kubectl apply -f ${act.use}.yaml`
  if ('network' in act && act.network === 'mtu') return `mtu ${act.bytes}`
  if ('network' in act) return `${act.network === 'cut' ? '-/-' : '---'} ${act.between.join(' ↔ ')}`
  if ('unit' in act) return `systemctl ${act.do} ${act.unit}`
  if ('clock' in act)
    return `date ${[act.clock.offset, act.clock.rate && `×${act.clock.rate}`].filter(Boolean).join(' ')}`
  if ('power' in act) return `power ${act.power}`
  if (act.remove) return `rm ${act.file}`
  if (act.replace) return `${act.file}: ${act.replace.find.trim()} → ${act.replace.with.trim()}`
  return act.write !== undefined ? `> ${act.file}` : `chmod ${act.mode} ${act.file}`
}

function hostNamed(name: string, world: World): Host {
  const host = world.hosts.get(name)
  if (!host)
    throw new ContentError(
      '',
      0,
      0,
      `there is no host "${name}" in this cluster`,
      `hosts: ${[...world.hosts.keys()].join(', ')}`,
    )
  return host
}

function runAll(act: Extract<Act, { run: unknown }>, world: World): void {
  if (act.on) hostNamed(act.on, world)
  for (const line of Array.isArray(act.run) ? act.run : [act.run]) {
    const result = world.run(line, { host: act.on })
    if (!act.allowFailure) must(result, line)
  }
}

function must(result: { exit: number; stdout: string; stderr: string }, line: string): void {
  if (result.exit !== 0)
    throw new ContentError(
      '',
      0,
      0,
      `"${line.split('\n')[0]}" ended with status ${result.exit}: ${(result.stderr || result.stdout).trim().split('\n').at(-1) ?? ''}`,
      'set allowFailure: true if that is meant',
    )
}

function use(name: string, world: World, workloads: Workloads): void {
  const manifest = workloads(name)
  if (manifest === undefined) throw new ContentError('', 0, 0, `there is no content/workloads/${name}.yaml`)
  must(world.run('kubectl apply -f -', { stdin: manifest }), `kubectl apply of ${name}`)
}

function editFile(act: Extract<Act, { file: string }>, host: Host): void {
  try {
    if (act.remove) return host.fs.remove(act.file)
    const before = host.fs.exists(act.file) ? host.fs.readFile(act.file) : undefined
    let text = act.write
    if (act.replace) {
      if (before === undefined || !before.includes(act.replace.find))
        throw new ContentError(
          '',
          0,
          0,
          `${act.file} on ${act.on} does not contain ${JSON.stringify(act.replace.find)}`,
        )
      text = before.split(act.replace.find).join(act.replace.with)
    }
    if (text !== undefined) host.fs.writeFile(act.file, text)
    if (act.mode) host.fs.chmod(act.file, Number.parseInt(act.mode, 8))
  } catch (error) {
    if (error instanceof SysError) throw new ContentError('', 0, 0, `${act.file} on ${act.on}: ${error.strerror}`)
    throw error
  }
}
