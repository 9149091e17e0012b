import type { Shell } from '../shell.ts'

/** Reports an invalid option of a builtin with its usage line; the status is 2. */
export function usage(sh: Shell, name: string, option: string, text: string): number {
  if (sh.dialect === 'dash') sh.complain(`${name}: Illegal option ${option}`)
  else {
    sh.complain(`${name}: ${option}: invalid option`)
    sh.errorText(`${name}: usage: ${text}\n`)
  }
  return 2
}

/** getopt for builtins. `spec` lists letters, `:` after those with an argument. Returns a status when it failed. */
export function parseFlags(
  sh: Shell,
  argv: readonly string[],
  spec: string,
  usageText: string,
): { flags: Record<string, string | undefined>; args: string[] } | number {
  const flags: Record<string, string | undefined> = {}
  let i = 1
  for (; i < argv.length; i++) {
    const arg = argv[i]
    if (arg === '--') {
      i++
      break
    }
    if (!/^-./.test(arg)) break
    for (let j = 1; j < arg.length; j++) {
      const letter = arg[j]
      const at = letter === ':' ? -1 : spec.indexOf(letter)
      if (at < 0) return usage(sh, argv[0], `-${letter}`, usageText)
      if (spec[at + 1] !== ':') {
        flags[letter] = ''
        continue
      }
      const rest = arg.slice(j + 1)
      if (rest !== '') flags[letter] = rest
      else if (i + 1 < argv.length) flags[letter] = argv[++i]
      else {
        sh.complain(`${argv[0]}: -${letter}: option requires an argument`)
        sh.errorText(`${argv[0]}: usage: ${usageText}\n`)
        return 2
      }
      break
    }
  }
  return { flags, args: argv.slice(i) }
}
