import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Ability, can, need } from '../support/abilities.ts';
import { PACKAGE, program, type RunOptions } from '../support/command.ts';
import { makeScratch, removeScratch } from '../support/scratch.ts';
import { after } from '../support/wrap.ts';

/** A clean clone of what was committed last, and how everything in it is called. */
interface Clone {
  readonly path: string;
  readonly options: RunOptions;
}

const places = ['/tmp', '/var/tmp'];
let clones: readonly Clone[] = [];

beforeEach((context) => need(context, 'git', 'npm'));

beforeAll(async () => {
  places.splice(0, places.length, ...places.map((base) => makeScratch(base)));
  if (!can('git')) return;
  const [near = '', far = ''] = places;
  clones = [
    await clone(`${near}/a`, '022', { TZ: 'UTC' }),
    await clone(`${far}/as/deep/as/this`, '077', { TZ: 'Asia/Tokyo', LANG: 'C' }),
  ];
});

afterAll(() => places.forEach(removeScratch));

/** Clones into a new directory, whoever owns the original, and copies what `npm ci` puts there, and the fetched Node. */
async function clone(path: string, umask: string, env: NonNullable<RunOptions['env']>): Promise<Clone> {
  mkdirSync(path, { recursive: true });
  const config = `${path}.gitconfig`;
  writeFileSync(config, '[safe]\n\tdirectory = *\n');
  const options = {
    wrap: after(`umask ${umask}`),
    env: { ...env, GIT_CONFIG_GLOBAL: config },
    timeoutMs: 500_000,
  };
  await program(['git', 'clone', '--quiet', '--no-hardlinks', PACKAGE, path], options);
  await program(['cp', '-a', `${PACKAGE}node_modules`, path], options);
  mkdirSync(`${path}/build`);
  symlinkSync(`${PACKAGE}build/node`, `${path}/build/node`);
  return { path, options: { ...options, cwd: path } };
}

/** Packs in both, one after the other, and returns the SHA-512 of each file that came of it, by its name. */
async function packInBoth(...script: readonly string[]): Promise<readonly Map<string, string>[]> {
  const packed: Map<string, string>[] = [];
  for (const { path, options } of clones) {
    const dir = `${path}/build/packages`;
    mkdirSync(dir, { recursive: true });
    const before = readdirSync(dir);
    await program(['npm', ...script], options);
    const made = readdirSync(dir).filter((name) => !before.includes(name));
    packed.push(new Map(made.map((name) => [name, sha512(`${dir}/${name}`)])));
  }
  return packed;
}

const sha512 = (path: string): string => createHash('sha512').update(readFileSync(path)).digest('base64');

/** Options of `pack`: as fast as can be, and the package that is the same for each processor. */
const script = ['--', '--level', '0', '--only', 'script'];

/** What is packed, what that takes, and npm's words for it. */
const FORMATS: readonly (readonly [string, readonly Ability[], readonly string[]])[] = [
  ['tarball', [], ['pack', '--pack-destination', 'build/packages']],
  ['executable', ['strip'], ['run', 'pack:executable']],
  ['.deb', ['dpkg-deb'], ['run', 'pack:deb', ...script]],
  ['.rpm', ['rpmbuild'], ['run', 'pack:rpm', ...script]],
  ['image', ['strip', 'buildah', 'root'], ['run', 'pack:image']],
];

for (const [format, needs, words] of FORMATS)
  test(`two clean clones, one ${format}: whatever their paths, umasks, time zones and times`, async (context) => {
    need(context, ...needs);
    const [one, other] = await packInBoth(...words);
    expect(one?.size).toBeGreaterThan(0);
    expect(other).toEqual(one);
  });
