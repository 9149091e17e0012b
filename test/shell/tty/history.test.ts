import { describe, expect, test } from 'vitest'
import { expandHistory } from '../../../src/shell/tty/history.ts'

const PAST = ['cd /etc', 'cat hosts passwd', 'kubectl get pods -n shop']

describe('history expansion', () => {
  test.each([
    ['!!', 'kubectl get pods -n shop'],
    ['sudo !!', 'sudo kubectl get pods -n shop'],
    ['!1', 'cd /etc'],
    ['!-2', 'cat hosts passwd'],
    ['!ca', 'cat hosts passwd'],
    ['!?passwd?', 'cat hosts passwd'],
    ['echo !$', 'echo shop'],
    ['echo !^', 'echo get'],
    ['vi !*', 'vi get pods -n shop'],
    ['ls !cat:1', 'ls hosts'],
    ['^pods^nodes^', 'kubectl get nodes -n shop'],
    ["echo '!!'", "echo '!!'"],
    ['echo \\!!', 'echo \\!!'],
    ['[ ! -e x ]', '[ ! -e x ]'],
    ['a != b', 'a != b'],
  ])('%s', (line, expanded) => {
    expect(expandHistory(line, PAST)).toBe(expanded)
  })

  test.each([
    ['!nothing', '!nothing: event not found'],
    ['!99', '!99: event not found'],
    ['^nope^x', ':s^nope^x: substitution failed'],
  ])('%s', (line, message) => {
    expect(() => expandHistory(line, PAST)).toThrow(message)
  })
})
