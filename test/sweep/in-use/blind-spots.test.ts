import { beforeEach, expect, test } from 'vitest';
import { bytes } from '../../../src/linux/bytes.ts';
import { BlindSpots } from '../../../src/sweep/in-use/blind-spots.ts';
import { need } from '../../support/abilities.ts';
import { hold } from '../../support/processes.ts';

const ROOT = 0;
const SOMEBODY = 54_321;
const NO_PID = 2 ** 30;
const REFUSED = { kind: 'hidden', code: 'EACCES', syscall: 'readlink' } as const;
const FAILED = { kind: 'hidden', code: 'EIO', syscall: 'readlink' } as const;
const PATH = bytes`/proc/1/cwd`;
const us = { pid: process.pid, command: bytes`node` };

let blind = new BlindSpots(ROOT);
beforeEach(() => {
  blind = new BlindSpots(ROOT);
});

const told = () => [blind.unreadable, blind.failed, blind.failures.length, blind.ofMounts.length];
const sight = (open: boolean, user: typeof us | null = us) => ({ path: PATH, user, open: () => open });

test('what was seen is handed on, and nothing else', () => {
  const taken: number[] = [];
  blind.see({ kind: 'seen', value: 7 }, sight(true), (value) => taken.push(value));
  blind.see<number>({ kind: 'gone' }, sight(true), (value) => taken.push(value));
  blind.see<number>(FAILED, sight(true), (value) => taken.push(value));
  expect(taken).toEqual([7]);
});

test('what has gone is no blind spot', () => {
  blind.see({ kind: 'gone' }, sight(true), () => {});
  expect(told()).toEqual([0, null, 0, 0]);
});

test('a refusal makes a process unreadable, and is a failed call only where the task is open to us', () => {
  blind.see(REFUSED, sight(false), () => {});
  blind.see(REFUSED, sight(false), () => {});
  expect(told()).toEqual([1, null, 0, 0]);
  blind.see(REFUSED, sight(true), () => {});
  expect(told()).toEqual([1, { code: 'EACCES', syscall: 'readlink', ...us }, 1, 0]);
  expect(blind.failures).toEqual([{ path: PATH, code: 'EACCES', syscall: 'readlink' }]);
});

test('another errno is a failed call; the first one is told', () => {
  blind.see(FAILED, sight(false), () => {});
  blind.see({ ...FAILED, code: 'ENOMEM' }, sight(false), () => {});
  expect(told()).toEqual([1, { code: 'EIO', syscall: 'readlink', ...us }, 2, 0]);
});

test('a failed call that is about no process counts for everybody', () => {
  blind = new BlindSpots(SOMEBODY);
  blind.see(FAILED, sight(false, null), () => {});
  expect(told()).toEqual([0, { code: 'EIO', syscall: 'readlink' }, 1, 0]);
});

test('for a user who is not root, processes of others do not count', () => {
  blind = new BlindSpots(SOMEBODY);
  blind.see(FAILED, sight(true), () => {});
  expect(told()).toEqual([0, null, 0, 0]);
  expect(blind.counts(process.pid)).toBe(false);
  expect(new BlindSpots(process.geteuid?.() ?? ROOT).counts(process.pid)).toBe(true);
  expect(new BlindSpots(ROOT).counts(NO_PID)).toBe(true);
});

test('root’s processes may open what is ours', (context) => {
  need(context, 'host pid namespace');
  expect(new BlindSpots(SOMEBODY).mayOpenOurs(1)).toBe(true);
});

test('a stranger’s processes may not', async (context) => {
  need(context, 'root', 'setpriv', 'cc');
  const { pid } = await hold({}, ['setpriv', `--reuid=${SOMEBODY + 1}`, '--clear-groups']);
  expect(new BlindSpots(SOMEBODY).mayOpenOurs(pid)).toBe(false);
});

test('our own processes may, and those of which we cannot tell', () => {
  expect(new BlindSpots(SOMEBODY).mayOpenOurs(NO_PID)).toBe(true);
  expect(new BlindSpots(process.geteuid?.() ?? ROOT).mayOpenOurs(process.pid)).toBe(true);
});

test('twenty failed calls are reported one by one', () => {
  for (let n = 0; n < 25; n += 1) blind.see(FAILED, sight(false), () => {});
  expect(blind.failures).toHaveLength(20);
});

test('mounts that are hidden name their process, and are a failed call where they are no refusal', () => {
  blind.hideMounts({ code: 'EACCES', syscall: 'open', pid: 7 });
  expect(told()).toEqual([1, null, 0, 1]);
  blind.hideMounts({ code: 'EIO', syscall: 'read', pid: 8 });
  blind.hideMounts({ code: 'EIO', syscall: 'read' });
  expect(told()).toEqual([2, { code: 'EIO', syscall: 'read', pid: 8 }, 2, 3]);
  expect(blind.failures.map(({ path }) => path)).toEqual(['/proc/8/mountinfo', '/proc']);
});

test('process 1 is hidden where /proc hides others', () => {
  blind.hideFirst();
  expect(told()).toEqual([1, null, 0, 1]);
  expect(blind.ofMounts).toEqual([{ code: 'ENOENT', syscall: 'stat', pid: 1 }]);
});

test('more than is remembered is a failed call, if none came before', () => {
  blind.overflow('readlink');
  expect(blind.failed).toEqual({ code: 'too-many', syscall: 'readlink' });
  blind.see(FAILED, sight(false), () => {});
  expect(blind.failed?.code).toBe('too-many');
  const late = new BlindSpots(ROOT);
  late.see(FAILED, sight(false), () => {});
  late.overflow('readlink');
  expect(late.failed?.code).toBe('EIO');
});
