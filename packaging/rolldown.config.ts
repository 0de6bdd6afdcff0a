import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'rolldown';
import { command, strict } from '../rolldown.config.ts';
import type { Embedded } from '../src/package/embedded.ts';

/** Texts that the command reads from its package. */
const texts = ['package.json', ...readdirSync('templates').map((name) => `templates/${name}`)].sort();

/** Puts the package's texts into a bundle, and how it is started where it will be installed. */
function embedded(start: Embedded['command']): Plugin {
  const files = Object.fromEntries(texts.map((path) => [path, readFileSync(path, 'utf8')]));
  const value: Embedded = { files, command: start };
  return {
    name: 'embedded',
    load: {
      filter: { id: /\/src\/package\/embedded\.ts$/ },
      handler: () => `export const EMBEDDED = ${JSON.stringify(value)};`,
    },
  };
}

/** The command for the packages that depend on a Node of the distribution's. */
const script = defineConfig({
  ...command,
  plugins: [command.plugins, embedded(['/usr/bin/criu-sweep'])],
  output: { ...command.output, dir: 'build/packaging/script' },
});

/** The command in one file, which `require` of a single executable application wants: it knows Node's own modules only. */
const executable = defineConfig({
  ...command,
  plugins: [command.plugins, embedded(null)],
  output: {
    dir: 'build/packaging/executable',
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    codeSplitting: false,
  },
});

/** What makes the packages, and tests under other Nodes. */
const pack = defineConfig({
  ...strict,
  input: { pack: 'packaging/pack.ts', nodes: 'packaging/nodes.ts' },
  external: /^[^./]/,
  output: {
    dir: 'build/packaging',
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
  },
});

export default [script, executable, pack];
