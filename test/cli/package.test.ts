import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { publint } from 'publint';
import { beforeAll, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { PACKAGE, program, startProgram } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { makeScratch, removeScratch, scratch } from '../support/scratch.ts';
import { list } from '../support/tree.ts';

const SHIPPED =
  /^(bin\/criu-sweep\.js|bin\/package\.json|dist\/[\w-]+\.cjs|dist\/(criu-sweep\.8|THIRD-PARTY-LICENSES)|(schema|templates|examples|docs)\/[\w.-]+|(README|CHANGELOG|SECURITY)\.md|LICENSE|package\.json)$/;
let tarball = '';

beforeAll(async () => {
  const folder = makeScratch();
  const pack = ['npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  tarball = `${folder}/${(await program(pack, { cwd: PACKAGE })).out.trim()}`;
  return () => removeScratch(folder);
});

test('the package ships the command, its schema, README and licence, and nothing else', async () => {
  const { out } = await program(['tar', '-tzf', tarball]);
  const files = out
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
  expect(files.filter((path) => !SHIPPED.test(path))).toEqual([]);
  for (const path of [
    'bin/criu-sweep.js',
    'dist/criu-sweep.cjs',
    'dist/criu-sweep.8',
    'dist/THIRD-PARTY-LICENSES',
    'templates/criu-sweep.service',
    'examples/criu-sweep.rules.yml',
    'schema/report.schema.json',
    'README.md',
    'CHANGELOG.md',
    'docs/contract.md',
    'docs/recipes.md',
    'LICENSE',
    'package.json',
  ]) {
    expect(files).toContain(path);
  }
});

test('nothing that is shipped is larger than it looks', () => {
  expect(statSync(tarball).size).toBeLessThan(350_000);
});

test('publint finds nothing to say', async () => {
  const { messages } = await publint({
    pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
    strict: true,
  });
  expect(messages).toEqual([]);
});

test('installed globally from the tarball, it is one package without a word, and the command works', async (context) => {
  need(context, 'npm');
  const prefix = scratch();
  const install = ['npm', 'install', '--global', '--no-audit', '--no-fund', '--offline'];
  const said = await program([...install, '--prefix', prefix, tarball], { env: npmEnv() });
  expect(said).toMatchObject({ err: '', out: expect.stringMatching(/added 1 package in /) });
  const installed = `${prefix}/bin/criu-sweep`;
  const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
  expect((await program([installed, '--version'])).out).toBe(`${version}\n`);
  const dir = scratch();
  plantLeftover(dir);
  const { out } = await program([installed, '--json', '--report', `${dir}/r`, dir, `${dir}/no*thing`]);
  expect(reportOf(out)).toMatchObject({ tool: { version }, summary: { removed: 1 } });
  expect(reportOf(readFileSync(`${dir}/r`)).summary.removed).toBe(1);
  expect(list(dir)).toEqual(['r']);
  expect((await startProgram([installed]).ended).code).toBe(2);
  await program(['npm', 'uninstall', '--global', '--prefix', prefix, 'criu-sweep'], { env: npmEnv() });
  expect(existsSync(installed)).toBe(false);
}, 150_000);

/** npm's own settings (registry, cache) as this process has them. */
const npmEnv = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && /^(npm_config_|https?_proxy|no_proxy|NODE_EXTRA_CA)/i.test(name)
        ? [[name, value]]
        : [],
    ),
  );

/** What is bundled, by the comments that the bundler leaves. */
function bundledPackages(): ReadonlySet<string> {
  const chunks = readdirSync(`${PACKAGE}dist`).filter((name) => name.endsWith('.cjs'));
  const text = chunks.map((name) => readFileSync(`${PACKAGE}dist/${name}`, 'utf8')).join('\n');
  return new Set(
    [...text.matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name = '']) => name),
  );
}

test('the licence of each package that is bundled is passed on', () => {
  const shipped = readFileSync(`${PACKAGE}dist/THIRD-PARTY-LICENSES`, 'utf8');
  const packages = bundledPackages();
  for (const name of ['commander', 'fast-glob', 'micromatch', 'ms', 'picocolors', 'prom-client', 'yaml'])
    expect(packages).toContain(name);
  for (const name of packages) {
    const folder = `${PACKAGE}node_modules/${name}`;
    const licence = readdirSync(folder).find((file) => /^licen[sc]e/i.test(file));
    expect({ name, licence }).toEqual({ name, licence: expect.any(String) });
    expect(shipped).toContain(readFileSync(`${folder}/${licence}`, 'utf8').trim());
  }
});

test('nothing is required that Node has not', () => {
  for (const name of readdirSync(`${PACKAGE}dist`).filter((file) => file.endsWith('.cjs'))) {
    const text = readFileSync(`${PACKAGE}dist/${name}`, 'utf8').replace(/^\s*(?:\*|\/\/).*$/gm, '');
    for (const [, id = ''] of text.matchAll(/\brequire\(["']([^"']+)["']\)/g))
      expect({ name, id, found: id.startsWith('./') || isBuiltin(id) }).toEqual({ name, id, found: true });
  }
});

test('the module `process` is not required: Node 18 would make shared pipes non-blocking', () => {
  for (const name of readdirSync(`${PACKAGE}dist`).filter((file) => file.endsWith('.cjs')))
    expect(readFileSync(`${PACKAGE}dist/${name}`, 'utf8')).not.toMatch(
      /\brequire\(["'](?:node:)?process["']\)/,
    );
});

test('the package says what it needs: Linux, Node 18, ES modules, one command', async () => {
  const manifest = (await import('../../package.json', { with: { type: 'json' } })).default;
  expect(manifest).toMatchObject({
    type: 'module',
    os: ['linux'],
    engines: { node: '>=18' },
    license: 'MIT',
  });
  expect(manifest).not.toHaveProperty('dependencies');
  expect(manifest.bin).toEqual({ 'criu-sweep': 'bin/criu-sweep.js' });
  expect(readFileSync(`${PACKAGE}bin/criu-sweep.js`, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});
