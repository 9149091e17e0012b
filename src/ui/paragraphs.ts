import wrapAnsi from 'wrap-ansi'

/**
 * Running text cut to lines of `width`: blank lines separate paragraphs, other line ends are only the author's. What
 * follows a bullet or a number hangs under its text.
 */
export const paragraphs = (text: string, width: number): string[] =>
  text
    .replace(/^\n+|\s+$/g, '')
    .split(/\n\s*\n/)
    .flatMap((block, i) => {
      const [head] = /^ *(?:(?:[○●·✓✗▸$]|\d+\.|F\d+) +)?/.exec(block)!
      const body = block.slice(head.length).replace(/\n(?! )/g, ' ')
      const lines = wrapAnsi(body, Math.max(10, width - head.length), { hard: true }).split('\n')
      const hang = ' '.repeat(head.length)
      return [...(i > 0 ? [''] : []), ...lines.map((line, at) => `${at === 0 ? head : hang}${line}`)]
    })
