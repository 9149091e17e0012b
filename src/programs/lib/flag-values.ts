/** The types whose values pflag parses. */
export type ParsedType = 'bool' | 'int' | 'uint' | 'float' | 'duration' | 'ip'

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/

/** Why pflag refuses a value of a type; undefined when it takes it. */
export function valueProblem(type: ParsedType, value: string): string | undefined {
  const quoted = JSON.stringify(value)
  switch (type) {
    case 'ip':
      return IPV4.test(value) || (value.includes(':') && /^[0-9a-fA-F:]+$/.test(value))
        ? undefined
        : `failed to parse IP: ${quoted}`
    case 'int':
      return /^[+-]?\d+$/.test(value) ? undefined : `strconv.ParseInt: parsing ${quoted}: invalid syntax`
    case 'uint':
      return /^\d+$/.test(value) ? undefined : `strconv.ParseUint: parsing ${quoted}: invalid syntax`
    case 'float':
      return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(value)
        ? undefined
        : `strconv.ParseFloat: parsing ${quoted}: invalid syntax`
    case 'bool':
      return /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value)
        ? undefined
        : `strconv.ParseBool: parsing ${quoted}: invalid syntax`
    case 'duration':
      return durationProblem(value)
  }
}

/** What time.ParseDuration says. */
function durationProblem(value: string): string | undefined {
  const quoted = JSON.stringify(value)
  if (/^[+-]?0$/.test(value)) return undefined
  const parts = /^[+-]?((?:(?:\d+\.?\d*|\.\d+)[^\d.]+)*)(\d+\.?\d*|\.\d+)?$/.exec(value)
  if (!parts || (parts[1] === '' && parts[2] === undefined)) return `time: invalid duration ${quoted}`
  for (const [, unit] of parts[1].matchAll(/[\d.]+([^\d.]+)/g))
    if (!/^(ns|us|µs|μs|ms|s|m|h)$/.test(unit))
      return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`
  return parts[2] === undefined ? undefined : `time: missing unit in duration ${quoted}`
}
