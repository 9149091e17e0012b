// Bundles the game into dist/: one entry a program, shared chunks, everything that is not needed for the first frame
// loaded later. Run by `npm install` (prepare) and `npm run build`.
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)

let esbuild
try {
  esbuild = require('esbuild')
} catch {
  // Installed as a dependency of something else: the bundle came with the package.
  process.exit(0)
}

/** Ink's devtools are optional and never shipped. */
const noDevtools = {
  name: 'no-devtools',
  setup(build) {
    build.onResolve({ filter: /^react-devtools-core$/ }, (a) => ({ path: a.path, namespace: 'stub' }))
    build.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({
      contents: 'export default { initialize() {}, connectToDevTools() {} }',
    }))
  },
}

/** Ink measures text with our function, which starts faster. */
const fastWidth = {
  name: 'fast-width',
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ importer }) =>
      importer.endsWith('src/ui/width.ts') ? undefined : { path: `${root}src/ui/width.ts` },
    )
  },
}

/** Ink's layout engine fetches its own data: URL, and Node would load a whole HTTP client for that. */
const noFetch = {
  name: 'no-fetch',
  setup(build) {
    build.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => {
      const before = readFileSync(path, 'utf8')
      const contents = before.replace('"function"!=typeof fetch', 'true')
      if (contents === before) throw new Error(`${path} does not ask for fetch any more: noFetch is not needed`)
      return { contents }
    })
  },
}

rmSync(`${root}dist`, { recursive: true, force: true })
const version = require(`${root}package.json`).version
await esbuild.build({
  absWorkingDir: root,
  entryPoints: {
    notready: 'src/main.ts',
    recordings: 'test/recordings/main.ts',
    bench: 'test/bench/main.ts',
    coverage: 'test/coverage/main.ts',
    'prove-worker': 'src/serve/prove-worker.ts',
    'write-index': 'src/serve/write-index.ts',
  },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunk-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  jsx: 'automatic',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    __VERSION__: JSON.stringify(version),
  },
  // CommonJS parts of Ink's dependencies call require.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  plugins: [noDevtools, fastWidth, noFetch],
})
chmodSync(`${root}dist/notready.mjs`, 0o755)
await import(`${root}dist/write-index.mjs`)
