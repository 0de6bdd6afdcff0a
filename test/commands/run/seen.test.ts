import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { compile } from '../../support/compile.ts';
import { plantMany } from '../../support/leftovers.ts';
import { reportOf } from '../../support/schema.ts';
import { outcomes } from '../../support/sweep.ts';
import { list } from '../../support/tree.ts';
import {
  how,
  mkdtemp,
  plantProgram,
  startRun,
  unseen,
  type Workplace,
  workplace,
} from '../../support/workplace.ts';
import { asUser, inMountNamespace } from '../../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'namespaces'));

/** Runs a shell's script under `criu-sweep run`, which nothing but a living CRIU tells where to look. */
async function seeing(script: string, where: Workplace, wrap: readonly string[] = []) {
  const ended = await startRun(['--report', 'report', '--', 'sh', '-c', script], where, { wrap }).ended;
  const report = reportOf(readFileSync(`${where.dir}/report`));
  const seen = (report.command?.watched ?? []).flatMap(({ path, why }) => (why === 'seen' ? [path] : []));
  return { ended, report, seen, came: outcomes(report, where.dir) };
}

/** A stand-in that works in a directory as CRIU does, and leaves one behind: `./criu work 0.5`. */
function plantCriu(where: Workplace, name = 'criu'): void {
  plantProgram(where, name, `cd "$1"; ${mkdtemp('.')}; sleep "$2" >/dev/null 2>&1`);
}

describe('a CRIU below the command is seen, and what it leaves is removed:', () => {
  // On an idle machine all are seen; on a busy one we may not get our turn in time.
  test.each([
    [500, 5, 5],
    [100, 12, 7],
    [50, 20, 10],
  ])('that lives %d ms: of %d at least %d', async (milliseconds, all, least) => {
    const where = workplace();
    plantCriu(where);
    const one = `mkdir $n; ./criu $n ${milliseconds / 1000}; sleep 0.05`;
    const { came } = await seeing(`for n in $(seq ${all}); do ${one}; done`, where);
    expect(Object.keys(came).length).toBeGreaterThanOrEqual(least);
  });

  test.each([
    ['in a script', './criu work 0.8; exit 3'],
    ['of a program between', './sudo ./criu work 0.8; exit 3'],
    ['as the command itself, late', 'sleep 0.5; exec ./criu work 0.8'],
    ['in the background', './criu work 0.8 & wait; exit 3'],
    [
      'of a group of its own, whose parent has ended',
      'setsid sh -c "(./criu work 0.8 &); sleep 1" & wait; exit 3',
    ],
    ['of a parent in a session of its own', 'setsid sh -c "./criu work 0.8; exit" & wait; exit 3'],
    ['with its version in its name', './criu-3.16.1 work 0.8; exit 3'],
    [
      'among many other processes',
      'for n in $(seq 300); do sleep 1.5 & done; sleep 0.3; ./criu work 1; wait; exit 3',
    ],
    ['in a mount namespace of its own', 'unshare --mount ./criu work 0.8; exit 3'],
    ['in a pid namespace of its own', 'unshare --pid --fork ./criu work 0.8; exit 3'],
  ])('%s', async (_, script) => {
    const where = workplace();
    const before = plantMany(where.work, 2).sort();
    for (const name of ['criu', 'criu-3.16.1']) plantCriu(where, name);
    plantProgram(where, 'sudo', '"$@"');
    const { ended, seen } = await seeing(script, where);
    expect(seen).toContain(where.work);
    expect(where.left()).toEqual(before);
    expect(ended.err).toMatch(/^removed \S+\/work\/\.criu\.temp-aa-policy\.\w{6}\n$/);
  });

  test('one whose parent has ended, where we lead the process group', async () => {
    const where = workplace();
    plantCriu(where);
    const { seen } = await seeing('(./criu work 0.8 & exit); sleep 1', where, ['setsid', '--wait']);
    expect(seen).toContain(where.work);
    expect(where.left()).toEqual([]);
  });

  test('several, each where it works, and in a directory that is made meanwhile', async () => {
    const where = workplace();
    plantCriu(where);
    const { seen } = await seeing(
      'mkdir -p a b/c; ./criu a 0.3 & ./criu b/c 0.3 & ./criu work 0.8; wait',
      where,
    );
    expect(seen).toEqual(expect.arrayContaining([`${where.dir}/a`, `${where.dir}/b/c`, where.work]));
    expect(list(where.dir).filter((path) => path.includes('.criu.'))).toEqual([]);
  });

  test('one that changes its working directory, in each', async () => {
    const where = workplace();
    mkdirSync(`${where.dir}/other`);
    const leave = (dir: string) => `cd ../${dir}; ${mkdtemp('.')}; sleep 0.5`;
    plantProgram(where, 'criu', `cd work; ${[leave('work'), leave('other'), leave('work')].join('; ')}`);
    const { seen } = await seeing('./criu', where);
    expect(seen).toEqual(expect.arrayContaining([where.work, `${where.dir}/other`]));
    expect(list(where.dir).filter((path) => path.includes('.criu.'))).toEqual([]);
  });

  test('one that is killed, and the command with it', async () => {
    const where = workplace();
    plantCriu(where);
    const { ended } = await seeing('./criu work 60 & sleep 0.5; kill -KILL $!; kill -KILL $$', where);
    expect(how(ended)).toBe('SIGKILL');
    expect(where.left()).toEqual([]);
  });
});

describe('who calls himself criu gains nothing:', () => {
  /** A criu that works in `work` for a while, after this script. */
  const hostile = async (script: string, where: Workplace, wrap: readonly string[] = []) => {
    plantProgram(where, 'criu', `${script}\nsleep 0.3`);
    return seeing('./criu', where, wrap);
  };

  test('what was there before stays, however old it seems or is made to seem', async () => {
    const where = workplace();
    const before = plantMany(where.work, 3).sort();
    const { came } = await hostile(
      `cd work; touch -d 2001-01-01 .criu*; touch -d 2099-01-01 ${before[0]}`,
      where,
    );
    expect(came).toEqual({});
    expect(where.left()).toEqual(before);
  });

  test('what fails another check stays', async () => {
    const where = workplace();
    const script =
      'cd work; mkdir -m 755 .criu.cgyard.mode01; mkdir -m 700 .criu.cgyard.full01; touch .criu.cgyard.full01/x; mkdir -m 700 .criu.cgyard.other1; chown 65534 .criu.cgyard.other1; ln -s . .criu.cgyard.link01';
    const { came } = await hostile(script, where);
    expect(Object.values(came).every((outcome) => outcome.startsWith('kept: '))).toBe(true);
    expect(where.left().filter((path) => !path.includes('/'))).toHaveLength(4);
  });

  test('a directory that is replaced by a link, or by one from before, is not swept', async () => {
    for (const replace of ['ln -s other work', 'mv other work']) {
      const where = workplace();
      mkdirSync(`${where.dir}/other`);
      const [old = ''] = plantMany(`${where.dir}/other`, 1);
      const script = `(cd work; exec ../criu) & sleep 0.3; mkdir -m 700 other/.criu.cgyard.new001; mv work aside; ${replace}; wait`;
      plantProgram(where, 'criu', 'sleep 0.2');
      const { ended, came } = await seeing(script, where);
      expect(came).toEqual({});
      expect(ended.err).toMatch(/^criu-sweep: \S+\/work: changed while .*\n$/);
      expect(list(where.dir).filter((path) => path.endsWith(old) || path.endsWith('new001'))).toHaveLength(2);
    }
  });

  test('a directory of the same path in another mount namespace or root is another', async () => {
    const where = workplace();
    mkdirSync(`${where.dir}/root${where.work}`, { recursive: true });
    plantProgram(where, 'criu', `cd ${where.work}; sleep 1`);
    const mounted = `unshare --mount sh -c "mount -t tmpfs none work; ./criu" & sleep 0.2; ${mkdtemp('work')}; wait`;
    const { seen, ended } = await seeing(mounted, where);
    expect(seen).toEqual([]);
    expect(where.left()).toHaveLength(1);
    expect(ended.err).toContain('and the one seen works where we do not come: watched: ');
  });

  test('one that has ended when it is looked at, and is not yet a zombie, works nowhere', async () => {
    const where = workplace();
    copyFileSync('/bin/true', `${where.dir}/criu`);
    // The first process of a pid namespace waits at its end for all others in it, also for a zombie.
    const script = [
      "unshare --pid --fork sh -c 'until [ -e go ]; do sleep 0.01; done; exec ./criu' & sleep 0.1",
      'first=$(tr -d " " </proc/$!/task/$!/children)',
      "nsenter --no-fork --pid=/proc/$first/ns/pid sh -c 'sleep 9 & kill -STOP $$; wait' & sleep 0.1",
      'touch go; sleep 0.2; cat /proc/$first/comm; kill -CONT $!; wait',
    ];
    const { ended } = await seeing(script.join('\n'), where);
    expect(ended.out).toBe('criu\n');
    expect(ended.err).not.toContain('works where we do not come');
  });

  test('a chrooted one is seen where its root lies', async (context) => {
    need(context, 'cc');
    const where = workplace();
    const root = `${where.dir}/root`;
    mkdirSync(`${root}/w`, { recursive: true });
    copyFileSync(compile('lingering'), `${where.dir}/criu`);
    const { seen } = await seeing(`./criu root /w 500 & sleep 0.2; ${mkdtemp('root/w')}; wait`, where);
    expect(seen).toContain(`${root}/w`);
    expect(list(`${root}/w`)).toEqual([]);
  });

  test('a directory of /proc, and one that was removed, are passed over', async () => {
    const where = workplace();
    for (const script of ['cd /proc/self', 'cd /sys/kernel', 'mkdir gone; cd gone; rmdir ../gone']) {
      const { ended, report } = await hostile(script, where);
      expect({ how: how(ended), errors: report.errors }).toEqual({ how: '0', errors: [] });
      expect(report.command?.watched?.map(({ path }) => path).join() ?? '').not.toMatch(/^\/(proc|sys)/);
    }
  });

  test('a process of another user is not followed', async () => {
    const where = workplace();
    plantProgram(where, 'criu', `cd /dev/shm; sleep 0.3`);
    const user = asUser(65534)
      .map((word) => `'${word}'`)
      .join(' ');
    const { seen } = await seeing(`${user} ./criu`, where);
    expect(seen).toEqual([]);
  });

  test('one that is not below the command is not followed', async () => {
    const where = workplace();
    plantCriu(where);
    const wrap = ['sh', '-c', './criu work 2 & "$@"; kill %1 2>/dev/null', 'sh'];
    const { seen } = await seeing('sleep 0.5', where, wrap);
    expect(seen).toEqual([]);
    expect(where.left()).toHaveLength(1);
  });

  test('one of another job of the same script, whose parent has ended, is not followed', async () => {
    const where = workplace();
    plantCriu(where);
    const wrap = ['sh', '-c', '(sleep 0.8; (./criu work 2 & exit)) & "$@"', 'sh'];
    const { seen } = await seeing('sleep 2', where, wrap);
    expect(seen).toEqual([]);
  });

  test('hundreds of directories cost no more than some', async () => {
    const where = workplace();
    const script = 'for n in $(seq 400); do mkdir -p d/$n; cd d/$n; sleep 0.003; cd ../..; done';
    const { ended, report } = await hostile(script, where);
    expect(how(ended)).toBe('0');
    expect(report.command?.watched?.length ?? 0).toBeLessThanOrEqual(258);
  });
});

test('what one with its version in its name, which goes on, made in its directory stays', async () => {
  const where = workplace();
  plantCriu(where, 'criu-4.2');
  const go = 'setsid ./criu-4.2 work 3 >/dev/null 2>&1 & sleep 0.5';
  const { ended, came } = await seeing(go, where);
  expect(Object.values(came)).toEqual(['kept: in-use']);
  expect(where.left()).toHaveLength(1);
  expect(ended.err).toBe('');
});

test('the current directory is swept where no CRIU was seen, and not where one was seen elsewhere', async () => {
  const where = workplace();
  plantCriu(where);
  const leave = mkdtemp('.');
  const first = await seeing(leave, where);
  expect(first.ended.err).toMatch(/^removed \S+\n/);
  expect(first.ended.err).toContain(unseen(where.dir));
  const second = await seeing(`(cd work; exec ../criu . 0.3) & ${leave}; wait`, where);
  expect(second.seen).toEqual([where.work]);
  expect(list(where.dir).filter((path) => path.startsWith('.criu.'))).toHaveLength(1);
});

test('nothing is held open that the command may want to unmount, and it ends when the command does', async () => {
  const where = workplace();
  plantProgram(where, 'criu', `cd "$1"; sleep 0.2`);
  const script = 'mount -t tmpfs none work; ./criu work; umount work && echo unmounted';
  const { ended } = await seeing(script, where);
  expect(ended.out).toBe('unmounted\n');
  const start = Date.now();
  const left = await seeing('setsid sh -c "cd work; exec sleep 3" >/dev/null 2>&1 & exit 4', where);
  expect(how(left.ended)).toBe('4');
  expect(Date.now() - start).toBeLessThan(2500);
});

test('where /proc/loadavg is not the kernel’s, as in a container with lxcfs, it is seen too', async () => {
  const where = workplace();
  plantCriu(where);
  writeFileSync(`${where.dir}/loadavg`, '0.00 0.00 0.00 1/1 1\n');
  const wrap = inMountNamespace(`mount --bind ${where.dir}/loadavg /proc/loadavg`);
  const { seen } = await seeing('sleep 0.2; ./criu work 0.5', where, wrap);
  expect(seen).toContain(where.work);
});

test('without /proc the current directory is swept, and the word says so', async () => {
  const where = workplace();
  plantCriu(where);
  symlinkSync('work', `${where.dir}/link`);
  const wrap = inMountNamespace('mount -t tmpfs none /proc');
  const ended = await startRun(['--', 'sh', '-c', `./criu work 0.1; ${mkdtemp('.')}`], where, { wrap }).ended;
  expect(ended.err).toContain('none seen');
  expect(where.left()).toHaveLength(1);
});
