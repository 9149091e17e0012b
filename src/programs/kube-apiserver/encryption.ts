import { parse } from 'yaml'
import { keyPrefix } from '../../api/registry/keys.ts'
import { IN_CLEAR, type Transformer, type Transformers, Unreadable } from '../../api/storage/transformer.ts'
import { type Cipher, Sealed } from '../../etcd/sealed.ts'
import { builtinKinds } from '../../kinds/index.ts'
import { FileError } from './files.ts'

/** One entry of `providers`; identity has no keys. */
interface Provider {
  readonly cipher: Cipher | 'identity'
  readonly keys: readonly { readonly name: string; readonly secret: string }[]
}

interface Rule {
  readonly resources: readonly string[]
  readonly transformer: Transformer
}

/** Lengths of a cipher's key, bytes. */
const KEY_LENGTHS: Readonly<Record<Cipher, readonly number[]>> = {
  aescbc: [16, 24, 32],
  aesgcm: [16, 24, 32],
  secretbox: [32],
}
const isCipher = (name: string): name is Cipher => name in KEY_LENGTHS

/** What decryption with another secret of the same name says. */
const WRONG_SECRET: Readonly<Record<Cipher, string>> = {
  aescbc: 'invalid padding on input',
  aesgcm: 'cipher: message authentication failed',
  secretbox: 'output array was not large enough for encryption',
}

/**
 * What --encryption-provider-config says (apiserver.config.k8s.io/v1 EncryptionConfiguration). Throws FileError.
 * Models apiserver/pkg/server/options/encryptionconfig; kms providers are not simulated.
 */
export function encryption(text: string, path: string): Transformers {
  const rules = rulesOf(text, path)
  const known = new Map(builtinKinds.map((kind) => [keyPrefix(kind), kind.groupResource]))
  const chosen = new Map<string, Transformer>()
  return (key) => {
    const place = placeOf(key, known)
    let transformer = chosen.get(place)
    if (!transformer) {
      const name = known.get(place) ?? customResource(place)
      transformer = rules.find((rule) => rule.resources.some((r) => covers(r, name)))?.transformer ?? IN_CLEAR
      chosen.set(place, transformer)
    }
    return transformer
  }
}

/** `/registry/secrets/` of `/registry/secrets/default/x`; some resources have two words there. */
function placeOf(key: string, known: ReadonlyMap<string, unknown>): string {
  const [, root, first, second] = key.split('/')
  const two = `/${root}/${first}/${second}/`
  return known.has(two) || first?.includes('.') ? two : `/${root}/${first}/`
}

/** `/registry/example.com/widgets/` → `widgets.example.com`. */
function customResource(place: string): string {
  const [, , group, plural] = place.split('/')
  return plural ? `${plural}.${group}` : group!
}

function covers(pattern: string, name: string): boolean {
  if (pattern === '*.*') return true
  const group = name.includes('.') ? name.slice(name.indexOf('.') + 1) : ''
  return pattern.startsWith('*.') ? pattern.slice(2) === group : pattern === name
}

function rulesOf(text: string, path: string): Rule[] {
  const wrong = (why: string): FileError => new FileError(`error while parsing file: ${why}`)
  let doc: any
  try {
    doc = parse(text)
  } catch (error) {
    throw wrong(
      `error decoding encryption provider configuration file ${JSON.stringify(path)}: ${(error as Error).message.split('\n')[0]}`,
    )
  }
  if (doc?.kind !== 'EncryptionConfiguration' || doc.apiVersion !== 'apiserver.config.k8s.io/v1')
    throw wrong(
      `error decoding encryption provider configuration file ${JSON.stringify(path)}: no kind ${JSON.stringify(doc?.kind ?? '')} is registered for version ${JSON.stringify(doc?.apiVersion ?? '')} in scheme "k8s.io/apiserver/pkg/apis/apiserver/install/install.go"`,
    )
  return (doc.resources ?? []).map((entry: any, r: number) => {
    const providers = (entry.providers ?? []).map((provider: any, i: number): Provider => {
      const [name, options] = Object.entries<any>(provider ?? {})[0] ?? ['', undefined]
      if (name === 'identity') return { cipher: 'identity', keys: [] }
      if (!isCipher(name)) throw wrong(`not simulated: provider ${name}`)
      const keys = (options?.keys ?? []).map((key: any, k: number) => {
        checkSecret(name, key, `resources[${r}].providers[${i}].${name}.keys[${k}].secret`, wrong)
        return { name: String(key.name), secret: String(key.secret) }
      })
      return { cipher: name, keys }
    })
    return { resources: entry.resources ?? [], transformer: chain(providers) }
  })
}

function checkSecret(cipher: Cipher, key: any, field: string, wrong: (why: string) => FileError): void {
  const secret = String(key?.secret ?? '')
  const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(secret)
  const why = base64 ? lengthProblem(cipher, atob(secret).length) : 'secrets must be base64 encoded'
  if (why) throw wrong(`${field}: Invalid value: "REDACTED": ${why}`)
}

function lengthProblem(cipher: Cipher, length: number): string | undefined {
  const allowed = KEY_LENGTHS[cipher]
  if (allowed.includes(length)) return undefined
  return `secret is not of the expected length, got ${length}, expected one of [${allowed.join(' ')}]`
}

/** The first provider writes; all may read. */
function chain(providers: readonly Provider[]): Transformer {
  const [first] = providers
  const writes = first?.keys[0]
  return {
    seal: (object, nonce) =>
      first && first.cipher !== 'identity' && writes
        ? new Sealed(first.cipher, writes.name, writes.secret, object, nonce)
        : object,
    open(value) {
      if (!(value instanceof Sealed)) {
        if (providers.some((p) => p.cipher === 'identity')) return value as never
        throw new Unreadable('no matching prefix found')
      }
      const same = providers.filter((p) => p.cipher === value.cipher)
      if (same.length === 0) throw new Unreadable('no matching prefix found')
      const named = same.flatMap((p) => p.keys).filter((k) => k.name === value.keyName)
      if (named.some((k) => k.secret === value.secret)) return value.object as never
      const what = value.cipher === 'secretbox' ? 'Secretbox' : 'AES'
      throw new Unreadable(
        named.length > 0
          ? WRONG_SECRET[value.cipher]
          : `no matching key was found for the provided ${what} transformer`,
      )
    },
    stale: (value) =>
      value instanceof Sealed
        ? value.cipher !== first?.cipher || value.keyName !== writes?.name || value.secret !== writes?.secret
        : first?.cipher !== 'identity',
  }
}
