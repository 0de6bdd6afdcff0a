import { defineConfig, type Plugin, type RolldownOptions } from 'rolldown';
import { licensePlugin } from 'rolldown-license-plugin';

/** Replaces the only occurrence of a text in a module of another package, and fails where it is no longer there. */
function replaced(name: string, id: RegExp, old: string, by: string): Plugin {
  return {
    name,
    transform: {
      filter: { id },
      handler(code) {
        if (code.split(old).length !== 2) throw new Error(`${id.source} has no more, or twice: ${old}`);
        return code.replace(old, by);
      },
    },
  };
}

/** commander starts programs for subcommands that are files, which ours are not; it need not load what that takes. */
const lazyCommander = replaced(
  'lazy-commander',
  /commander\/lib\/command\.js$/,
  "const childProcess = require('node:child_process');",
  "const childProcess = { get spawn() { return require('node:child_process').spawn; } };",
);

/** To read `process.stdout` makes a shared pipe non-blocking. Colours are decided elsewhere, and told to picocolors. */
const picocolorsWithoutStdout = replaced(
  'picocolors-without-stdout',
  /picocolors\/picocolors\.js$/,
  '((p.stdout || {}).isTTY && env.TERM !== "dumb")',
  'false',
);

/** Node 18 reads `process.stdout` where the module of that name is required (lib/internal/bootstrap, syncExports). */
const processWithoutModule: Plugin = {
  name: 'process-without-module',
  transform: {
    filter: { code: /require\(["'](?:node:)?process["']\)/ },
    handler: (code) => code.replace(/\brequire\(["'](?:node:)?process["']\)/g, 'globalThis.process'),
  },
};

/** The texts that the bundled packages ask to be passed on. */
const licenses = licensePlugin({
  done(packages, context) {
    for (const { name, licenseText } of packages)
      if (licenseText.trim() === '') throw new Error(`${name} comes without the text of its licence`);
    const texts = packages.map(
      ({ name, version, license, licenseText }) =>
        `${name} ${version} (${license})\n\n${licenseText.trim()}\n`,
    );
    const source = `criu-sweep contains these packages:\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
    context.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES', source });
  },
});

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

/** Nothing but Node's own modules is left outside: what is installed is one package, and finds all it needs at once. */
export const strict: Pick<RolldownOptions, 'platform' | 'onLog' | 'transform'> = {
  platform: 'node',
  transform: { target: 'node18' },
  onLog(level, log, next) {
    if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    next(level, log);
  },
};

/**
 * The command in one file, and one for each part that is loaded when it is asked for. CommonJS, because Node 20 reads
 * and links it in a third of the time that as many modules take.
 */
export const command = defineConfig({
  ...strict,
  input: { 'criu-sweep': 'src/cli/main.ts' },
  plugins: [lazyCommander, picocolorsWithoutStdout, processWithoutModule, licenses],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    // Licences are in THIRD-PARTY-LICENSES, docstrings in the source.
    comments: { legal: false, jsdoc: false },
    codeSplitting: {
      groups: [
        {
          debugName: 'needed at start',
          name: (id, modules) =>
            id.startsWith('\0rolldown/') || isNeededAtStart(id, modules) ? 'criu-sweep' : null,
        },
      ],
    },
  },
});

/** What the build runs to write the man page. */
const manual = defineConfig({
  ...strict,
  input: { manual: 'src/manual/build.ts' },
  external: /^[^./]/,
  output: { dir: 'build', format: 'esm', entryFileNames: '[name].mjs', codeSplitting: false },
});

export default [command, manual];
