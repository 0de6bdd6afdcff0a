import { describe, expect, test } from 'vitest';
import { factsOf, foundOf, prefixOf } from './facts.ts';

const facts = factsOf('scheduled');

const AA = '.criu.temp-aa-policy.';
const PROBE = '.criu.move_mount_set_group.';

/** The leftovers of a state, as their directories and prefixes. */
const left = (state: string): string[] =>
  facts
    .lines(`${state}.left`)
    .map((line) => foundOf(line).path)
    .map((path) => `${path.slice(0, path.lastIndexOf('/') + 1)}${prefixOf(path)}`)
    .toSorted();

/** The lines of the listing that have gone, and those that have come. */
function changed(before: string, after: string): { gone: string[]; come: string[] } {
  const [was, is] = [new Set(facts.lines(`${before}.listing`)), new Set(facts.lines(`${after}.listing`))];
  const names = (lines: readonly string[]) => lines.map((line) => line.split(' ').at(-1) ?? '').map(prefixed);
  return {
    gone: names([...was].filter((line) => !is.has(line))).toSorted(),
    come: names([...is].filter((line) => !was.has(line))).toSorted(),
  };
}

const prefixed = (path: string): string => path.replace(/(\.criu\.\S+\.|cr-tmpfs\.)\w{6}$/, '$1');

describe('the timer and the service that schedule systemd prints', () => {
  test('are well for systemd-analyze verify', () => {
    expect(facts.kept('printed').code).toBe(0);
    expect(facts.kept('verified')).toMatchObject({ code: 0, out: '' });
  });

  test('the timer starts the service when its hour has come', () => {
    expect(facts.lines('first.service').toSorted()).toEqual([
      'ExecMainStatus=0',
      'Result=success',
      'TriggeredBy=criu-sweep.timer',
    ]);
  });

  test('it removes what nobody uses, and keeps mounts and what another user works in', () => {
    expect(left('before')).toEqual([
      `/srv/container/tmp/cr-tmpfs.`,
      `/srv/criu/first-used/${AA}`,
      `/srv/criu/first/${AA}`,
      `/tmp/${PROBE}`,
      `/tmp/${PROBE}`,
    ]);
    expect(left('after')).toEqual([
      `/srv/container/tmp/cr-tmpfs.`,
      `/srv/criu/first-used/${AA}`,
      `/tmp/${PROBE}`,
    ]);
    const journal = facts.lines('first.journal').join('\n');
    expect(journal).toMatch(/kept \/srv\/criu\/first-used\/\S+: in-use \(pid \d+ sleep\)/);
    expect(journal).toMatch(/kept \/tmp\/\.criu\.move_mount_set_group\.\w{6}: mounted/);
    expect(journal).toMatch(/kept \/srv\/container\/tmp\/cr-tmpfs\.\w{6}: mounted/);
  });

  test('nothing else went, and its sandbox may write nowhere else', () => {
    expect(changed('before', 'after')).toEqual({
      gone: [`/srv/criu/first/${AA}`, `/tmp/${PROBE}`],
      come: ['/tmp/made'],
    });
    const journal = facts.lines('first.journal').join('\n');
    expect(journal).toContain("touch: cannot touch '/srv/other/touched': Read-only file system");
    expect(journal).toContain("touch: cannot touch '/etc/touched': Read-only file system");
    // CAP_DAC_OVERRIDE is bit 1, CAP_SYS_PTRACE 19 (linux/capability.h).
    expect(journal).toContain(`CapBnd:\t${((1 << 1) | (1 << 19)).toString(16).padStart(16, '0')}`);
    expect(journal).toMatch(/NoNewPrivs:\t1\nSeccomp:\t2/);
  });

  test('an hour later it removes the rest, which nobody uses any more', () => {
    expect(left('over')).toEqual([]);
    expect(facts.lines('second.service')).toContain('Result=success');
  });

  test('doctor misses a sweep before, and finds it after', () => {
    const checks = (name: string) => JSON.stringify(facts.json(name));
    expect(checks('doctor-without')).toMatch(/"status":"warning","message":"no timer, cron job/);
    expect(checks('doctor-with')).toMatch(/"status":"ok","message":"[^"]*criu-sweep\.timer/);
  });
});

describe('a container with what the DaemonSet of schedule kubernetes grants', () => {
  test('removes what nobody uses on the node, and keeps mounts and what another user works in', () => {
    expect(left('container-before')).toEqual([
      `/srv/container/tmp/cr-tmpfs.`,
      `/srv/criu/second-used/${AA}`,
      `/srv/criu/second/${AA}`,
      `/tmp/${PROBE}`,
      `/tmp/${PROBE}`,
    ]);
    expect(left('container-after')).toEqual([
      `/srv/container/tmp/cr-tmpfs.`,
      `/srv/criu/second-used/${AA}`,
      `/tmp/${PROBE}`,
    ]);
    expect(changed('container-before', 'container-after')).toEqual({
      gone: [`/srv/criu/second/${AA}`, `/tmp/${PROBE}`],
      come: [],
    });
  });

  test('ends with 0 when it is told to, while it waits', () => {
    expect(facts.lines('container.status')).toEqual(['0']);
    expect(facts.lines('container.log').join('\n')).toContain('removed /tmp/.criu.move_mount_set_group.');
  });
});
