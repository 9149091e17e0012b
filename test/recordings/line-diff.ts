/** Lines of `want` that are missing (`-`) and lines of `have` that are too many (`+`), in order: the longest common rest stays out. */
export function lineDiff(want: readonly string[], have: readonly string[]): string[] {
  const rest = want.map(() => new Uint32Array(have.length + 1))
  rest.push(new Uint32Array(have.length + 1))
  for (let i = want.length - 1; i >= 0; i--)
    for (let j = have.length - 1; j >= 0; j--)
      rest[i][j] = want[i] === have[j] ? rest[i + 1][j + 1] + 1 : Math.max(rest[i + 1][j], rest[i][j + 1])
  const out: string[] = []
  let [i, j] = [0, 0]
  while (i < want.length || j < have.length) {
    if (i < want.length && j < have.length && want[i] === have[j]) {
      i++
      j++
    } else if (j >= have.length || (i < want.length && rest[i + 1][j] >= rest[i][j + 1])) out.push(`- ${want[i++]}`)
    else out.push(`+ ${have[j++]}`)
  }
  return out
}
