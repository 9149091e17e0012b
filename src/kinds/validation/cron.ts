/**
 * What robfig/cron says about a schedule it cannot parse, or undefined when it can. The schedule itself is computed by
 * the CronJob controller.
 */
export function cronError(schedule: string): string | undefined {
  let text = schedule
  if (text.startsWith('TZ=') || text.startsWith('CRON_TZ=')) text = text.slice(text.indexOf(' ') + 1).trim()
  if (text === '') return 'empty spec string'
  if (text.startsWith('@')) return descriptorError(text)
  const fields = text.split(/\s+/).filter(Boolean)
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`
  for (const [i, field] of fields.entries()) {
    for (const part of field.split(',')) {
      if (part === '') continue
      const error = rangeError(part, BOUNDS[i]!)
      if (error) return error
    }
  }
  return undefined
}

const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

function descriptorError(text: string): string | undefined {
  if (DESCRIPTORS.includes(text)) return undefined
  if (text.startsWith('@every ')) {
    const duration = text.slice('@every '.length)
    if (/^[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/.test(duration)) {
      return undefined
    }
    return `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`
  }
  return `unrecognized descriptor: ${text}`
}

interface Bounds {
  min: number
  max: number
  names?: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const BOUNDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
]

/** A number or a name; the error otherwise. */
function parse(text: string, { min, names }: Bounds): number | string {
  const named = names?.indexOf(text.toLowerCase()) ?? -1
  if (named >= 0) return named + min
  if (!/^[-+]?\d+$/.test(text)) {
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
  }
  const value = Number(text)
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value
}

function rangeError(expression: string, bounds: Bounds): string | undefined {
  const rangeAndStep = expression.split('/')
  const lowAndHigh = rangeAndStep[0]!.split('-')
  let start = bounds.min
  let end = bounds.max
  if (lowAndHigh[0] !== '*' && lowAndHigh[0] !== '?') {
    const low = parse(lowAndHigh[0]!, bounds)
    if (typeof low === 'string') return low
    start = low
    if (lowAndHigh.length === 1) end = rangeAndStep.length > 1 ? bounds.max : start
    else if (lowAndHigh.length === 2) {
      const high = parse(lowAndHigh[1]!, bounds)
      if (typeof high === 'string') return high
      end = high
    } else return `too many hyphens: ${expression}`
  }
  if (rangeAndStep.length > 2) return `too many slashes: ${expression}`
  if (rangeAndStep.length === 2) {
    const step = parse(rangeAndStep[1]!, { min: 0, max: 0 })
    if (typeof step === 'string') return step
    if (step === 0) return `step of range should be a positive number: ${expression}`
  }
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${expression}`
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${expression}`
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`
  return undefined
}
