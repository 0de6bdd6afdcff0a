import { describe, expect, it } from 'vitest';
import { closingOf, operationOf } from '../../../src/criu/log/closing.ts';
import { nameIn } from '../../../src/criu/log/naming-lines.ts';
import { asBytes } from '../../../src/linux/bytes.ts';

describe('the lines CRIU writes', () => {
  it.each([
    ['Dumping FAILED.', 'dump', 'failed'],
    ['Pre-dumping FAILED.', 'pre-dump', 'failed'],
    ['Restoring FAILED.', 'restore', 'failed'],
    ['Lazy pages transfer FAILED.', 'lazy-pages', 'failed'],
    ['Dumping finished successfully', 'dump', 'succeeded'],
    ['Pre-dumping finished successfully', 'pre-dump', 'succeeded'],
    ['Lazy pages transfer finished successfully', 'lazy-pages', 'succeeded'],
    ['Restore finished successfully. Resuming tasks.', 'restore', 'succeeded'],
    ['Restore finished successfully. Tasks resumed.', 'restore', 'succeeded'],
    ['Worker(pid 4711) was killed by 9: Killed', 'unknown', 'cut-off'],
  ])('%s closes a %s', (text, operation, outcome) => {
    expect(closingOf(asBytes(text))).toEqual({ operation, outcome });
  });

  it.each([
    'Dumping finished succ',
    'xDumping FAILED.',
    'Worker(pid 4711) exited with 0',
    'restore late stage hook',
    'Worker(x) Worker(pid 4711) was killed by 9',
  ])('%s closes nothing', (text) => expect(closingOf(asBytes(text))).toBeNull());

  it.each([
    ['Dumping processes (pid: 246)', 'dump'],
    ['Dumping processes (pid: 246 comm: sleep)', 'dump'],
    ["Pre-dumping tasks' memory", 'pre-dump'],
    ['\tPre-dumping 4711', 'pre-dump'],
    ['Enforcing memory tracking for pre-dump.', 'pre-dump'],
    ['Reading image tree', 'restore'],
    ['uffd: Waiting for incoming connections on lazy-pages.socket', 'lazy-pages'],
    ['Pre-dumping task 4711', 'pre-dump'],
    ['Enforcing tasks run after pre-dump', 'pre-dump'],
    ['Will restore in 2c020000 namespaces', 'restore'],
    ['Will restore in 0 namespaces', 'restore'],
    ['Forking task with 4711 pid (flags 0x0)', 'restore'],
    ['Mount procfs in /tmp/crtools-proc.aaaaaa', 'restore'],
    ['Preparing cgroups yard (cgroups restore mode 0x4)', 'restore'],
    ['cg: Preparing cgroups yard (cgroups restore mode 0x4)', 'restore'],
    ['lazy-pages: Waiting for incoming connections on x', 'lazy-pages'],
    ['Will restore in x namespaces', null],
    ['Forking task with x pid ', null],
    ['Pre-dumping taskset', null],
    ['Mark: Dumping processes (pid: 1)', null],
    ['Mark: Pre-dumping tasks', null],
    ['Mark: \tPre-dumping 1', null],
    ['Mark: Enforcing memory tracking for pre-dump', null],
    ['Mark: Reading image tree', null],
    ['Mark: Preparing cgroups yard', null],
    ['Mark: uffd: Waiting for incoming connections on x', null],
    ['Will restore 179 with interrupted system call', null],
    ['Running pre-dump scripts', null],
  ])('%j is written by %s', (text, operation) => {
    expect(operationOf(asBytes(text))).toBe(operation);
  });

  it.each([
    'mnt: \tRead 45 mp @ /tmp/.criu.mntns.OtherX',
    'mnt: type tmpfs @ ./tmp/.criu.mntns.OtherX/1 flags',
    'Dumping path for 3 fd via self 12 [/tmp/.criu.mntns.OtherX/1]',
    'rmrf: removing .criu.temp-aa-policy.k2Vd0',
    'rmrf: removing .criu.temp-aa-policy.k2Vd0s/cache',
    'Opening /srv/yard as cg yard',
  ])('%j names no directory of this run', (text) => {
    expect(nameIn(asBytes(text))).toBeNull();
  });
});
