import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import width from '../../src/ui/width.ts'

test('is what string-width says, for every character of the basic plane and for pairs', () => {
  const wrong: string[] = []
  for (let point = 0; point < 0x10000; point += 1 + (point % 3)) {
    const c = String.fromCharCode(point)
    for (const text of [c, `é${c}`, `${c}\u0301`, `${c}\ufe0f`, `\u001b[1m${c}\u001b[0m`])
      if (width(text) !== stringWidth(text)) wrong.push(`${point.toString(16)} ${JSON.stringify(text)}`)
  }
  expect(wrong).toEqual([])
})
