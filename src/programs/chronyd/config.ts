interface SourceConfig {
  readonly name: string
  readonly pool: boolean
  readonly iburst: boolean
  readonly minpoll: number
  readonly maxpoll: number
}

/** What chrony.conf says. */
export interface ChronyConfig {
  readonly sources: readonly SourceConfig[]
  /** Step when the offset is larger (seconds), in the first `limit` updates; limit < 0: always. */
  readonly makestep: { readonly threshold: number; readonly limit: number } | undefined
  /** False with `bindcmdaddress /`: no Unix socket, so that nobody may command. */
  readonly commandSocket: boolean
  /** Lines that chronyd refuses. */
  readonly error: string | undefined
}

const KNOWN = new Set(
  `acquisitionport allow bindacqaddress bindaddress bindcmdaddress bindcmdport clientloglimit clientloginterval cmdallow cmddeny cmdport
  cmdratelimit combinelimit confdir corrtimeratio deny driftfile dumpdir dumponexit hwclockfile hwtimestamp initstepslew include
  keyfile leapsecmode leapseclist leapsectz local lock_all log logbanner logchange logdir mailonchange makestep manual maxchange
  maxclockerror maxdistance maxdrift maxjitter maxsamples maxslewrate maxupdateskew minsamples minsources noclientlog nocerttimecheck
  ntpsigndsocket ntsaeads ntscachedir ntsdumpdir ntstrustedcerts peer pidfile pool port ratelimit refclock refresh reselectdist
  rtcautotrim rtcdevice rtcfile rtconutc rtcsync sched_priority server smoothtime sourcedir stratumweight tempcomp user`.split(
    /\s+/,
  ),
)

/** Reads chrony.conf. */
export function parseChronyConf(text: string, path: string): ChronyConfig {
  const sources: SourceConfig[] = []
  let makestep: ChronyConfig['makestep']
  let error: string | undefined
  let commandSocket = true
  text.split('\n').forEach((raw, i) => {
    const words = raw.trim().split(/\s+/)
    const key = words[0]
    if (key === '' || /^[#%;!]/.test(key)) return
    if (!KNOWN.has(key)) error ??= `Fatal error : Invalid directive "${key}" at line ${i + 1} in file ${path}`
    const option = (name: string, fallback: number): number => {
      const at = words.indexOf(name)
      return at > 0 ? Number(words[at + 1]) : fallback
    }
    if (key === 'server' || key === 'pool' || key === 'peer')
      sources.push({
        name: words[1] ?? '',
        pool: key === 'pool',
        iburst: words.includes('iburst'),
        minpoll: option('minpoll', 6),
        maxpoll: option('maxpoll', 10),
      })
    else if (key === 'bindcmdaddress' && words[1] === '/') commandSocket = false
    else if (key === 'makestep') makestep = { threshold: Number(words[1] ?? 1), limit: Number(words[2] ?? 3) }
  })
  return { sources, makestep, commandSocket, error }
}
