import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the package: the bundle lies in dist/, the sources in src/serve/. */
export const root = [1, 2]
  .map((up) => join(dirname(fileURLToPath(import.meta.url)), ...Array(up).fill('..')))
  .find((d) => existsSync(join(d, 'scenarios')))

/** A file of the package's content as lists show it. */
export interface ContentFile<Card> {
  readonly file: string
  readonly card?: Card
  /** Why it cannot be used, with file:line:column. */
  readonly error?: string
}

/** What the build has found in a file with this content. */
interface Indexed<Card> {
  readonly hash: string
  readonly card?: Card
  readonly error?: string
}

const contentHash = (content: string): string => createHash('sha1').update(content).digest('base64')

/** YAML files of the folders in a folder of the package, in order. */
export function yamlBelow(folder: string): string[] {
  if (!root) return []
  const base = join(root, folder)
  return readdirSync(base)
    .filter((d) => statSync(join(base, d)).isDirectory())
    .flatMap((d) => readdirSync(join(base, d)).map((f) => join(base, d, f)))
    .filter((f) => f.endsWith('.yaml'))
    .sort()
}

/**
 * Cards of a kind of content. Files that are as they were when the game was built come from the build's index: parsing
 * and checking takes longer than everything else that a list needs.
 */
export class ContentIndex<Card> {
  constructor(
    /** Below dist/. */
    private readonly name: string,
    readonly paths: () => string[],
    /** Parses a file: loaded only when the index does not know it. */
    private readonly parser: () => Promise<(file: string) => ContentFile<Card>>,
  ) {}

  async files(): Promise<ContentFile<Card>[]> {
    const known = this.built()
    const found: ContentFile<Card>[] = []
    for (const file of this.paths()) {
      const entry = known[relative(root!, file)]
      if (entry && entry.hash === contentHash(readFileSync(file, 'utf8')))
        found.push({ file, card: entry.card, error: entry.error })
      else found.push((await this.parser())(file))
    }
    return found
  }

  /** Run by the build. */
  async write(): Promise<Record<string, Indexed<Card>>> {
    const parse = await this.parser()
    return Object.fromEntries(
      this.paths().map((file) => {
        const { card, error } = parse(file)
        return [relative(root!, file), { hash: contentHash(readFileSync(file, 'utf8')), card, error }]
      }),
    )
  }

  get path(): string {
    return join(root!, 'dist', this.name)
  }

  private built(): Readonly<Record<string, Indexed<Card>>> {
    try {
      return JSON.parse(readFileSync(this.path, 'utf8'))
    } catch {
      // Not built, or not by us: every file is looked at.
      return {}
    }
  }
}
