import type { Process } from '../../../host/index.ts'
import { compareVersions, indexFile, type Package, parseStanzas } from '../../../programs/lib/packages.ts'

/** A repository of /etc/apt. */
export interface Source {
  readonly uri: string
  /** `noble`; empty: a flat repository. */
  readonly suite: string
}

/** The series of Kubernetes that a repository of pkgs.k8s.io carries. */
export const seriesOfSource = ({ uri }: Source): string | undefined =>
  /^https:\/\/pkgs\.k8s\.io\/core:\/stable:\/v(\d+\.\d+)\/deb\/?$/.exec(uri)?.[1]

/** As messages name it: flat repositories leave two blanks. */
export const label = ({ uri, suite }: Source): string => `${uri.replace(/\/$/, '')} ${suite}`

const readFiles = (p: Process, dir: string, ending: string): string[] => {
  const found = p.fs.find(dir)
  if (found?.kind !== 'dir') return []
  return [...found.entries]
    .filter(([name, node]) => name.endsWith(ending) && node.kind === 'file')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, node]) => (node.kind === 'file' ? node.read() : ''))
}

/** Lines `deb [options] URI SUITE [components]`. */
function oneLine(text: string): Source[] {
  return text.split('\n').flatMap((line) => {
    const m = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line.trim())
    return m ? [{ uri: m[1], suite: m[2] === '/' ? '' : m[2] }] : []
  })
}

/** deb822: fields `URIs` and `Suites` of each paragraph. */
function paragraphs(text: string): Source[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const words = (name: string): string[] =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(block)?.[1].split(/\s+/).filter(Boolean) ?? []
    return words('URIs').flatMap((uri) => words('Suites').map((suite) => ({ uri, suite })))
  })
}

/** What sources.list and its directory name, Ubuntu's own first: they answer first. */
export function sources(p: Process): Source[] {
  const main = p.fs.find('/etc/apt/sources.list')
  const dir = '/etc/apt/sources.list.d'
  return [
    ...readFiles(p, dir, '.sources').flatMap(paragraphs),
    ...(main?.kind === 'file' ? oneLine(main.read()) : []),
    ...readFiles(p, dir, '.list').flatMap(oneLine),
  ]
}

/** A version that the lists of the last `update` offer, and whence. */
export interface Candidate extends Package {
  readonly source: Source
}

/** All versions that the machine knows of, newest first. */
export function candidates(p: Process, name: string): Candidate[] {
  return sources(p)
    .flatMap((source) => {
      const file = p.fs.find(indexFile(source.uri))
      return file?.kind === 'file' ? parseStanzas(file.read()).map((found) => ({ ...found, source })) : []
    })
    .filter((found) => found.name === name)
    .sort((a, b) => compareVersions(b.version, a.version))
}
