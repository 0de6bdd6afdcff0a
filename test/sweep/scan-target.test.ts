import { mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import { parseMountinfo } from '../../src/linux/mountinfo.ts';
import { OwnMounts } from '../../src/linux/own-mounts.ts';
import type { Interruption } from '../../src/model/events.ts';
import type { ScanScope } from '../../src/sweep/scanner.ts';
import { Stop } from '../../src/sweep/stop.ts';
import {
  type CandidateTarget,
  resolvedPath,
  scanTarget,
  scopeOf,
  statusOf,
  type Target,
} from '../../src/sweep/targets.ts';
import { scanScope } from '../support/scan-scope.ts';
import { returnAfterwards, scratch } from '../support/scratch.ts';

const KIND = { prefix: bytes`x.`, modes: null, mountable: false };
const scope: ScanScope = { ...scanScope(bytes`x.`), mounts: new OwnMounts([]), readsLeaves: true };
const NEVER = new Stop(() => null, null);

let dir = '';
beforeEach(() => {
  dir = scratch();
  mkdirSync(`${dir}/t/x.000000`, { recursive: true });
  mkdirSync(`${dir}/t/a/x.aaaaaa`, { recursive: true });
  returnAfterwards();
});

type Tree = Extract<Target, { kind: 'tree' }>;
const tree = (more: Partial<Tree> = {}): Tree => ({
  ...{ kind: 'tree', path: bytes`written`, resolved: asBytes(`${dir}/t`), identity: statSync(`${dir}/t`) },
  ...more,
});
const candidate = (more: Partial<CandidateTarget> = {}): CandidateTarget => ({
  ...{ kind: 'candidate', path: bytes`written`, parent: asBytes(`${dir}/t`), name: bytes`x.000000` },
  ...{ parentIdentity: statSync(`${dir}/t`), leftover: KIND },
  ...more,
});

/** What is handed out, and the report at the end. */
function scan(target: Target, stop = NEVER, some: Partial<ScanScope> = {}) {
  const found: string[] = [];
  for (const event of scanTarget(target, { ...scope, ...some }, stop)) {
    if (event.type === 'error') found.push(`${event.error.code} ${event.error.syscall}`);
    if (event.type === 'candidate') {
      const { parent, name, mountedAt, excluded } = event.candidate;
      expect(excluded).toBe(false);
      found.push(`${parent.path.slice(dir.length)}/${name}${mountedAt === null ? '' : ' mounted'}`);
    }
    if (event.type === 'target') return { found: found.sort(), ...event.target };
  }
  throw new Error('no report');
}

test('a directory is swept, and counted', () => {
  expect(scan(tree())).toEqual({
    found: ['/t/a/x.aaaaaa', '/t/x.000000'],
    ...{ path: 'written', resolved: `${dir}/t`, status: 'swept', directories: 2, entries: 3 },
  });
});

test('a leftover that is named is judged itself, in its parent', () => {
  expect(scan(candidate())).toEqual({
    found: ['/t/x.000000'],
    ...{ path: 'written', resolved: `${dir}/t/x.000000`, status: 'swept', directories: 0, entries: 1 },
  });
  const line = `9 1 0:9 / ${dir}/t/x.000000 rw - tmpfs x rw`;
  const mounts = new OwnMounts(parseMountinfo(asBytes(line)));
  expect(scan(candidate(), NEVER, { mounts }).found).toEqual(['/t/x.000000 mounted']);
  expect(process.cwd()).toBe(`${dir}/t`);
});

test('the parent of one must be the directory that it was', () => {
  const before = candidate();
  renameSync(`${dir}/t`, `${dir}/was`);
  expect(scan(before)).toMatchObject({ found: ['changed chdir'], status: 'unreadable', entries: 0 });
  mkdirSync(`${dir}/t`);
  expect(scan(before)).toMatchObject({ found: ['changed chdir'], status: 'unreadable', entries: 0 });
  writeFileSync(`${dir}/f`, '');
  symlinkSync('was', `${dir}/link`);
  const through = (parent: string) => scan({ ...before, parent: asBytes(`${dir}/${parent}`) }).found;
  expect([through('link'), through('f')]).toEqual([['changed chdir'], ['changed chdir']]);
  const long = asBytes(`/${'n'.repeat(256)}`);
  expect(scan({ ...before, parent: long }).found).toEqual(['ENAMETOOLONG lstat']);
});

test('what is another target’s, or could not be resolved, is only reported', () => {
  const again: Target = { kind: 'again', path: bytes`w`, resolved: bytes`/r` };
  const nothing = { found: [], directories: 0, entries: 0 };
  expect(scan(again)).toEqual({ ...nothing, path: 'w', resolved: '/r', status: 'swept' });
  const error = { path: bytes`w`, code: 'EACCES', syscall: 'open' };
  const none: Target = { kind: 'none', path: bytes`w`, status: 'missing', error: null };
  expect(scan(none)).toEqual({ ...nothing, path: 'w', resolved: null, status: 'missing' });
  expect(scan({ ...none, error })).toMatchObject({ found: ['EACCES open'], status: 'unreadable' });
  expect([again, none, tree(), candidate()].map(resolvedPath)).toEqual([
    ...['/r', null, `${dir}/t`, `${dir}/t/x.000000`],
  ]);
});

test.each([
  ['ENOENT', 'missing'],
  ['ENOTDIR', 'not-a-directory'],
  ['EACCES', 'unreadable'],
  ['changed', 'unreadable'],
])('one that could not be opened for %s is %s', (code, status) => {
  expect(statusOf({ code })).toBe(status);
});

test('a sweep that is to stop does not even begin', () => {
  const stop = new Stop(() => 'SIGTERM', null);
  expect(scan(tree(), stop)).toMatchObject({ found: [], status: 'interrupted', directories: 0 });
  expect([stop.refused, stop.reason]).toEqual([true, 'SIGTERM']);
});

test('a sweep stops before what comes after a signal', () => {
  let signal: Interruption | null = null;
  const stop = new Stop(() => signal, null);
  const events = scanTarget(tree(), scope, stop);
  expect(events.next().value).toMatchObject({ type: 'candidate' });
  signal = 'timeout';
  expect(events.next().value).toMatchObject({ type: 'target', target: { status: 'interrupted' } });
  expect([stop.reason, events.next().done]).toEqual(['timeout', true]);
});

test('a sweep stops where something was left out', () => {
  const stop = new Stop(() => null, 0);
  const events = scanTarget(tree(), scope, stop);
  events.next();
  stop.refuse();
  expect(events.next().value).toMatchObject({ type: 'target', target: { status: 'interrupted' } });
});

test('errors below a place that nobody named are forgiven by their own list', () => {
  const missing = tree({ resolved: asBytes(`${dir}/no`) });
  expect(scan({ ...missing, forgivenBelow: ['ENOENT'] }).found).toEqual(['ENOENT chdir']);
  expect(scan({ ...missing, forgiven: ['ENOENT'] })).toMatchObject({ found: [], status: 'missing' });
  const none: Target = { kind: 'none', path: bytes`w`, status: 'missing', error: null };
  const error = { path: bytes`w`, code: 'ENOENT', syscall: 'open' };
  expect(scan({ ...none, error }).found).toEqual(['ENOENT open']);
});

test('the bounds of a target narrow those of the scan', () => {
  const bounds = { maxDepth: 2, excludes: (path: string) => path === 'a' };
  const whole = { ...scope, maxDepth: 5, excludes: (path: string) => path === 'b' };
  expect(scopeOf(tree(), whole)).toBe(whole);
  expect(scopeOf(candidate(), whole)).toBe(whole);
  const both = scopeOf(tree({ bounds }), whole);
  expect(both.maxDepth).toBe(2);
  expect(['a', 'b', 'c'].filter((path) => both.excludes?.(path))).toEqual(['a', 'b']);
  expect(scopeOf(tree({ bounds: { ...bounds, maxDepth: null } }), whole).maxDepth).toBe(5);
  expect(scopeOf(tree({ bounds: { ...bounds, maxDepth: 9 } }), whole).maxDepth).toBe(5);
  const free = { maxDepth: null, excludes: null };
  expect(scopeOf(tree({ bounds: free }), scope)).toMatchObject({ maxDepth: Infinity, excludes: null });
  expect(scopeOf(tree({ bounds: free }), whole).excludes).toBe(whole.excludes);
  expect(scopeOf(tree({ bounds }), scope).excludes).toBe(bounds.excludes);
  expect(scan(tree({ bounds: { maxDepth: 1, excludes: null } })).found).toEqual(['/t/x.000000']);
});
