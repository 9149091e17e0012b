/**
 * `read` with a memory for the latest texts: for files that are read again and again and hardly ever change. What it
 * returns is shared; who wants to change it copies it first.
 */
export function byText<T>(read: (text: string) => T, limit = 16): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    if (known.has(text)) return known.get(text)!
    const value = read(text)
    if (known.size >= limit) known.delete(known.keys().next().value!)
    known.set(text, value)
    return value
  }
}
