/**
 * Names the functions of src that no test of the built command ever runs:
 *
 *     npm run test:coverage [-- path/of/tests...]
 *
 * Node writes what a process ran where it ends by itself (NODE_V8_COVERAGE); self-kill.cjs has it written before a process
 * signals itself. What SIGKILL ends is not counted. A test that watches every call or file of the command can fail under
 * this: that is no matter here.
 *
 * @see https://nodejs.org/docs/latest-v20.x/api/cli.html#node_v8_coveragedir
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where the processes of any user write; read, and emptied, all the while: one writes some hundred kB. */
const DIRECTORY = resolve('build/coverage');

const BUNDLES = pathToFileURL('dist/').href;

/** Tests that run the built command. */
const TESTS = [
  'test/cli',
  'test/commands',
  'test/hazards',
  'test/properties/sweep.test.ts',
  'test/request',
  'test/manual',
];

/** A function of a bundle. `runs`: how often all processes together ran it. */
class Func {
  /** @param {string} name @param {number} start @param {number} end offsets in the bundle's text */
  constructor(name, start, end) {
    Object.assign(this, { name, start, end, runs: 0 });
  }
}

/** The functions of each bundle, by its path, then by their places. @type {Map<string, Map<string, Func>>} */
const bundles = new Map();
let processes = 0;

rmSync(DIRECTORY, { recursive: true, force: true });
mkdirSync(DIRECTORY, { recursive: true });
chmodSync(DIRECTORY, 0o1777);

const args = process.argv.slice(2);
const vitest = spawn(
  'node_modules/.bin/vitest',
  ['run', '--maxWorkers=1', ...(args.length > 0 ? args : TESTS)],
  {
    env: { ...process.env, CRIU_SWEEP_COVERAGE: DIRECTORY },
    stdio: 'inherit',
  },
);
const timer = setInterval(takeIn, 1000);
vitest.once('exit', () => {
  clearInterval(timer);
  takeIn();
  report();
});

/** Adds up what has been written, and removes it. What is still being written is left for the next time. */
function takeIn() {
  for (const name of readdirSync(DIRECTORY)) {
    const path = `${DIRECTORY}/${name}`;
    try {
      JSON.parse(readFileSync(path, 'utf8')).result.forEach(add);
    } catch (error) {
      if (error instanceof SyntaxError) continue;
      throw error;
    }
    processes += 1;
    rmSync(path);
  }
}

/** Adds the functions of one script, as V8 tells them, if it is a bundle of ours. */
function add({ url, functions }) {
  // A test also runs a copy that lies elsewhere.
  const path = url.startsWith(BUNDLES) ? fileURLToPath(url) : '';
  if (!existsSync(`${path}.map`)) return;
  const known = bundles.get(path) ?? new Map();
  bundles.set(path, known);
  for (const { functionName, ranges } of functions) {
    const [{ startOffset, endOffset, count }] = ranges;
    const key = `${startOffset}-${endOffset}`;
    const func = known.get(key) ?? new Func(functionName, startOffset, endOffset);
    func.runs += count;
    known.set(key, func);
  }
}

/** Prints, for each folder of src, how many of its functions ran, and all that did not. */
function report() {
  const folders = new Map();
  const never = [];
  const notLoaded = readdirSync('dist').filter(
    (name) => name.endsWith('.cjs') && !bundles.has(resolve(`dist/${name}`)),
  );
  for (const [path, functions] of bundles) {
    const text = readFileSync(path, 'utf8');
    const payload = JSON.parse(readFileSync(`${path}.map`, 'utf8'));
    const map = new SourceMap(payload);
    const lines = new Map(
      payload.sources.map((source, n) => [source, payload.sourcesContent[n].split('\n')]),
    );
    for (const { name, start, end, runs } of functions.values()) {
      const before = text.slice(0, start).split('\n');
      const entry = map.findEntry(before.length - 1, before.at(-1).length);
      const source = entry.originalSource?.replace(/^(\.\.\/)+/, '') ?? '';
      // A bundle also has helpers, and modules of others, that are mapped to no source or to the one before.
      const line = lines.get(entry.originalSource)?.[entry.originalLine] ?? '';
      const isWhole = start === 0 && end === text.length;
      if (!source.startsWith('src/') || isWhole || !line.includes(name)) continue;
      const folder = source.split('/').slice(0, -1).join('/');
      const [ran, all] = folders.get(folder) ?? [0, 0];
      folders.set(folder, [ran + (runs > 0 ? 1 : 0), all + 1]);
      const what = name || text.slice(start, Math.min(end, start + 60)).replace(/\s+/g, ' ');
      if (runs === 0) never.push(`${source}:${entry.originalLine + 1} ${what}`);
    }
  }
  console.log(`\n${processes} processes told what they ran.\n`);
  for (const [folder, [ran, all]] of [...folders].sort()) console.log(`${folder}: ${ran} of ${all}`);
  console.log(`\nNever run:\n${never.sort().join('\n')}`);
  if (notLoaded.length > 0) console.log(`\nNever loaded: ${notLoaded.join(', ')}`);
}
