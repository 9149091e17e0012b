import stringWidth from 'string-width'

/**
 * Characters that take one cell whatever their neighbours are: Latin, Greek, Cyrillic, punctuation, arrows, boxes and
 * the signs that the game draws. No marks, no emoji.
 */
const SINGLE =
  /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03a1\u03b1-\u0482\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc\u2605\u2713\u2717]*$/

const SGR = /\u001b\[[0-9;]*m/g

/**
 * Cells that a text takes on a terminal. The build gives this function to Ink, too: string-width's rules for emoji
 * take a tenth of a second to compile when they meet their first arrow.
 */
export default function width(text: string, options?: Parameters<typeof stringWidth>[1]): number {
  if (options !== undefined) return stringWidth(text, options)
  const bare = text.includes('\u001b') ? text.replace(SGR, '') : text
  return SINGLE.test(bare) ? bare.length : stringWidth(bare)
}
