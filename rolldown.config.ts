import { defineConfig, type Plugin } from 'rolldown';

/** What every start needs of node_modules; finding it there takes as long as running it. The rest stays outside. */
const BUNDLED = ['commander', 'ms'];

function external(id: string): boolean {
  return !/^[./]/.test(id) && !BUNDLED.includes(id);
}

const EAGER = "const childProcess = require('node:child_process');";
const LAZY = "const childProcess = { get spawn() { return require('node:child_process').spawn; } };";

/** commander starts programs for subcommands that are files, which ours are not; it need not load what that takes. */
const lazyCommander: Plugin = {
  name: 'lazy-commander',
  transform: {
    filter: { id: /commander\/lib\/command\.js$/ },
    handler(code) {
      if (!code.includes(EAGER)) throw new Error(`commander has no more: ${EAGER}`);
      return code.replace(EAGER, LAZY);
    },
  },
};

interface Importers {
  getModuleInfo(id: string): { readonly importers: readonly string[]; readonly isEntry: boolean } | null;
}

/** Whether the entry reaches a module without a dynamic import, so that every start needs it. */
function isNeededAtStart(id: string, modules: Importers, seen: Set<string> = new Set()): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  const info = modules.getModuleInfo(id);
  if (info === null) return false;
  return info.isEntry || info.importers.some((importer) => isNeededAtStart(importer, modules, seen));
}

/**
 * The command in one file, and one for each part that is loaded when it is asked for. CommonJS, because Node 20 reads
 * and links it in a third of the time that as many modules take.
 */
const command = defineConfig({
  input: { 'criu-sweep': 'src/cli.ts' },
  platform: 'node',
  external,
  plugins: [lazyCommander],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    codeSplitting: {
      groups: [
        {
          debugName: 'needed at start',
          name: (id, modules) => (isNeededAtStart(id, modules) ? 'criu-sweep' : null),
        },
      ],
    },
  },
});

/** What the build runs to write the man page. */
const manual = defineConfig({
  input: { manual: 'src/manual/build.ts' },
  platform: 'node',
  external,
  output: { dir: 'build', format: 'esm', entryFileNames: '[name].mjs', codeSplitting: false },
});

export default [command, manual];
