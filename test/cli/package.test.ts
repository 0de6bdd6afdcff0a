import { readFileSync, statSync } from 'node:fs';
import { publint } from 'publint';
import { beforeAll, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { PACKAGE, program, startProgram } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { reportOf } from '../support/schema.ts';
import { makeScratch, removeScratch, scratch } from '../support/scratch.ts';
import { list } from '../support/tree.ts';

const SHIPPED =
  /^(bin\/criu-sweep\.js|bin\/package\.json|dist\/[\w-]+\.cjs|dist\/criu-sweep\.8|(schema|templates|examples)\/[\w.-]+|README\.md|LICENSE|package\.json)$/;
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
    'templates/criu-sweep.service',
    'examples/criu-sweep.rules.yml',
    'schema/report.schema.json',
    'README.md',
    'LICENSE',
    'package.json',
  ]) {
    expect(files).toContain(path);
  }
});

test('nothing that is shipped is larger than it looks', () => {
  expect(statSync(tarball).size).toBeLessThan(200_000);
});

test('publint finds nothing to say', async () => {
  const { messages } = await publint({
    pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
    strict: true,
  });
  expect(messages).toEqual([]);
});

test('installed globally from the tarball, the command works', async (context) => {
  need(context, 'npm');
  const prefix = scratch();
  const install = ['npm', 'install', '--global', '--silent', '--no-audit', '--no-fund', '--prefer-offline'];
  await program([...install, '--prefix', prefix, tarball], { timeoutMs: 120_000, env: npmEnv() });
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

test('the package says what it needs: Linux, Node 20, ES modules, one command', async () => {
  const manifest = (await import('../../package.json', { with: { type: 'json' } })).default;
  expect(manifest).toMatchObject({
    type: 'module',
    os: ['linux'],
    engines: { node: '>=20' },
    license: 'MIT',
  });
  expect(manifest.bin).toEqual({ 'criu-sweep': 'bin/criu-sweep.js' });
  expect(readFileSync(`${PACKAGE}bin/criu-sweep.js`, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});
