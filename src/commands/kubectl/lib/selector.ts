/** metav1.ParseToLabelSelector: a selector text as matchLabels and matchExpressions. */
export function parseSelector(text: string): any {
  const matchLabels: Record<string, string> = {}
  const matchExpressions: any[] = []
  for (const part of text.match(/[^,(]+(\([^)]*\))?/g) ?? []) {
    const equal = /^\s*([^!=\s]+)\s*==?\s*([^=]*?)\s*$/.exec(part)
    if (equal) matchLabels[equal[1]] = equal[2]
    else matchExpressions.push(expression(part.trim()))
  }
  return {
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
    ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}),
  }
}

function expression(part: string): any {
  const not = /^([^!=\s]+)\s*!=\s*(.+)$/.exec(part)
  if (not) return { key: not[1], operator: 'NotIn', values: [not[2]] }
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part)
  if (set)
    return {
      key: set[1],
      operator: set[2] === 'in' ? 'In' : 'NotIn',
      values: set[3]
        .split(',')
        .map((value) => value.trim())
        .sort(),
    }
  return part.startsWith('!')
    ? { key: part.slice(1).trim(), operator: 'DoesNotExist' }
    : { key: part, operator: 'Exists' }
}
