import { bytesToText, textToBytes } from '../../../kernel/index.ts'
import { decode, encode } from '../base64.ts'
import { type Json, print } from './json.ts'
import { describe, JqError, text } from './values.ts'

/** `@base64`, `@csv` … */
export function format(name: string, v: Json): string {
  switch (name) {
    case '@text':
      return text(v)
    case '@json':
      return print(v, { indent: '' })
    case '@html':
      return text(v).replace(
        /[<>&'"]/g,
        (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' })[c]!,
      )
    case '@uri':
      return [...textToBytes(text(v))]
        .map((b) =>
          /[A-Za-z0-9\-_.~]/.test(String.fromCharCode(b))
            ? String.fromCharCode(b)
            : `%${b.toString(16).toUpperCase().padStart(2, '0')}`,
        )
        .join('')
    case '@csv':
    case '@tsv': {
      if (!Array.isArray(v))
        throw new JqError(`${describe(v)} cannot be ${name.slice(1)}-formatted, only an array can be`)
      const cells = v.map((x) => {
        if (x === null) return ''
        if (typeof x === 'number' || typeof x === 'boolean') return text(x)
        if (typeof x !== 'string') throw new JqError(`${describe(x)} is not valid in a csv row`)
        return name === '@csv'
          ? `"${x.replaceAll('"', '""')}"`
          : x.replace(/[\\\t\n\r]/g, (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[c]!)
      })
      return cells.join(name === '@csv' ? ',' : '\t')
    }
    case '@sh': {
      const one = (x: Json): string => {
        if (x !== null && typeof x === 'object') throw new JqError(`${describe(x)} can not be escaped for shell`)
        return typeof x === 'string' ? `'${x.replaceAll("'", "'\\''")}'` : text(x)
      }
      return Array.isArray(v) ? v.map(one).join(' ') : one(v)
    }
    case '@base64':
      return encode(textToBytes(text(v)))
    case '@base64d': {
      const s = text(v)
      const { bytes, ok } = decode(s.replace(/=+$/, '') + '='.repeat((4 - (s.replace(/=+$/, '').length % 4)) % 4))
      if (!ok && bytes.length === 0 && s !== '') throw new JqError(`${describe(s)} is not valid base64 data`)
      return bytesToText(bytes)
    }
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`)
  }
}
