/** coreutils' quoting of operands in messages: 'name' in the C locale, shell quotes where the name needs them. */
export const quoteName = (name: string): string =>
  name.includes("'") && !/["$`\\!]/.test(name)
    ? `"${name}"`
    : /[\x00-\x1f\x7f]/.test(name)
      ? `'${name.replace(/[\x00-\x1f\x7f]/g, (c) => (c === '\n' ? "'$'\\n''" : c === '\t' ? "'$'\\t''" : c))}'`
      : `'${name.replaceAll("'", "'\\''")}'`

/** ‘name’: the typographic quotes that option-argument messages use in a UTF-8 locale. */
export const curly = (name: string): string => `‘${name}’`

/** Quotes a name only when a shell would need it (cp: cannot stat 'a b'; ls without -N on a terminal). */
export const quoteIfNeeded = (name: string): string =>
  /^(?![#~])[\p{L}\p{N}\p{M}_@%+:,./{}\]~#-]+$/u.test(name) ? name : quoteName(name)
