import type { World } from '../cluster/index.ts'
import type { Invocation } from '../main.ts'
import type { Language } from '../serve/language.ts'

/** `notready play`. */
export async function play({ text }: Invocation): Promise<number> {
  process.stderr.write(text.needsTerminal)
  return 2
}

/** An interactive shell in a world, without a mission. */
export async function shellIn(_world: World, _host: string | undefined, _language: Language): Promise<number> {
  return 2
}
