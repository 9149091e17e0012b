/** What a history reference stands for could not be found. */
export class NoSuchEvent extends Error {}

/** bash's history expansion: !!, !n, !-n, !text, !?text?, !$, !^, !*, ^old^new. Returns the line unchanged when nothing asks for it. */
export function expandHistory(line: string, past: readonly string[]): string {
  const quick = /^\^([^^]+)\^([^^]*)\^?$/.exec(line)
  if (quick) {
    const last = past.at(-1)
    if (!last?.includes(quick[1])) throw new NoSuchEvent(`:s${line}: substitution failed`)
    return last.replace(quick[1], quick[2])
  }
  let out = ''
  let single = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (c === '\\' && !single) {
      out += c + (line[++i] ?? '')
      continue
    }
    if (c === "'") single = !single
    const reference = c === '!' && !single ? REFERENCE.exec(line.slice(i)) : null
    if (!reference) {
      out += c
      continue
    }
    out += resolve(reference, past)
    i += reference[0].length - 1
  }
  return out
}

const REFERENCE = /^!(?:(!)|(-?\d+)|([$^*])|\?([^?]+)\?|([A-Za-z_./][\w./-]*))(?::([$^*]|\d+))?/

function resolve(m: RegExpExecArray, past: readonly string[]): string {
  const [all, bang, number, ending, contained, start, word] = m
  let event: string | undefined
  if (bang || ending) event = past.at(-1)
  else if (number) event = number.startsWith('-') ? past.at(Number(number)) : past[Number(number) - 1]
  else if (contained) event = past.findLast((h) => h.includes(contained))
  else event = past.findLast((h) => h.startsWith(start))
  if (event === undefined) throw new NoSuchEvent(`${all}: event not found`)
  const part = ending ?? word
  if (part === undefined) return event
  const words = event.trim().split(/\s+/)
  if (part === '$') return words.at(-1) ?? ''
  if (part === '^') return words[1] ?? ''
  if (part === '*') return words.slice(1).join(' ')
  return words[Number(part)] ?? ''
}
