import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { AA_POLICY, CATALOGUE, leftoverName, plantMany } from '../../support/leftovers.ts';
import { type Report, reportOf } from '../../support/schema.ts';
import { outcomes, whys } from '../../support/sweep.ts';
import { list } from '../../support/tree.ts';
import {
  how,
  mkdtemp,
  plantProgram,
  runScript,
  startRun,
  unseen,
  type Workplace,
  workplace,
} from '../../support/workplace.ts';
import { inPidNamespace, after as inShell } from '../../support/wrap.ts';

const MAKE = mkdtemp('work');
const IN_TMP = ['crtools-proc.', 'cr-tmpfs.', '.criu.mntns.', '.criu.mnt.', '.criu.move_mount_set_group.'];

beforeEach((context) => need(context, 'root', 'namespaces'));

/** Runs a command with a report; what came of each item, by its path below the workplace's directory. */
async function reported(args: readonly string[], where: Workplace, wrap: readonly string[] = []) {
  const ended = await startRun(['--no-in-use', '--report', 'report', ...args], where, { wrap }).ended;
  const report = reportOf(readFileSync(`${where.dir}/report`));
  return { ended, report, came: outcomes(report, where.dir) };
}

const watchedBy = ({ targets }: Report): string[] => targets.map(({ path, status }) => `${path}: ${status}`);
const removedOf = (came: Record<string, string>): string[] =>
  Object.keys(came).filter((path) => came[path] === 'removed');

describe('watched is', () => {
  const LEAVE_EVERYWHERE = ['.', 'work', 'img', 'checkpoint', 'other'].map((dir) => mkdtemp(dir)).join('; ');

  test.each([
    ['what the command says: criu', ['./criu-stand-in', 'dump', '-D', 'img', '-W', 'work'], ['work']],
    ['what the command says: criu -D', ['./criu-stand-in', 'dump', '-Dimg'], ['img']],
    [
      'what the command says: runc',
      ['./runc', 'checkpoint', '--work-path=work', '--image-path', 'img', 'x'],
      ['work'],
    ],
    ['what the command says: crun', ['./crun', 'checkpoint', '--image-path', 'img', 'x'], ['img']],
    [
      'what runc does by itself, and the current directory',
      ['./runc', 'checkpoint', 'x'],
      ['.', 'checkpoint'],
    ],
    ['the current directory', ['./criu', 'check'], ['.']],
    ['the current directory, of any other command', ['./other-command', '-W', 'work'], ['.']],
  ])('%s', async (_, command, dirs) => {
    const where = workplace();
    for (const dir of ['img', 'checkpoint', 'other']) mkdirSync(`${where.dir}/${dir}`);
    for (const name of ['criu', 'criu-stand-in', 'runc', 'crun', 'other-command'])
      plantProgram(where, name, LEAVE_EVERYWHERE);
    const { came } = await reported(['--', ...command], where);
    const expected = dirs.map((dir) => (dir === '.' ? '' : dir));
    expect(
      removedOf(came)
        .map((path) => path.split('/').slice(0, -1).join('/'))
        .sort(),
    ).toEqual(expected);
    expect(list(where.dir).filter((path) => path.includes(AA_POLICY))).toHaveLength(5 - dirs.length);
  });

  test('each --work-dir instead, named once or again, once each', async () => {
    const where = workplace();
    for (const dir of ['img', 'other']) mkdirSync(`${where.dir}/${dir}`);
    symlinkSync('other', `${where.dir}/link`);
    plantProgram(where, 'criu', ['work', 'img', 'other', '.'].map((dir) => mkdtemp(dir)).join('; '));
    const named = ['--work-dir', 'work', 'link', '--work-dir=other', '--work-dir', './work'];
    const { report } = await reported([...named, '--', './criu', 'dump', '-D', 'img'], where);
    expect(watchedBy(report)).toEqual(['work: swept', 'link: swept', '/tmp: swept']);
    expect(list(where.dir).filter((path) => path.includes(AA_POLICY))).toHaveLength(2);
    expect(where.left()).toEqual([]);
  });

  test('/tmp, for the kinds that CRIU makes there and no others', async () => {
    const where = workplace();
    const everyKind = CATALOGUE.map(({ prefix }) => mkdtemp('/tmp', prefix)).join('; ');
    // A living CRIU of another test may use what lies in /tmp.
    const command = ['--no-in-use', '--', 'sh', '-c', `${everyKind}; ls -A /tmp | wc -l`];
    const { ended, report } = await reported(command, where);
    expect(Number(ended.out)).toBeGreaterThanOrEqual(CATALOGUE.length);
    expect(report.items.map((item) => item.prefix).sort()).toEqual([...IN_TMP].sort());
    expect(report.items.every((item) => item.outcome === 'removed')).toBe(true);
  });

  test('all of /tmp’s kinds, where that is the work dir', async () => {
    const where = workplace();
    const everyKind = CATALOGUE.map(({ prefix }) => mkdtemp('/tmp', prefix)).join('; ');
    const { report } = await reported(['--work-dir', '/tmp', '--', 'sh', '-c', everyKind], where);
    expect(report.items).toHaveLength(CATALOGUE.length);
    expect(watchedBy(report)).toEqual(['/tmp: swept']);
  });

  test('also /, where that is the current directory', async () => {
    const where = workplace();
    const name = leftoverName();
    const wrap = inShell('cd /');
    onTestFinished(() => rmSync(`/${name}`, { recursive: true, force: true }));
    const args = ['--no-in-use', '--report', `${where.dir}/report`, '--', 'mkdir', '-m', '700', `/${name}`];
    const ended = await startRun(args, where, { wrap }).ended;
    expect({ how: how(ended), err: ended.err }).toEqual({
      how: '0',
      err: `removed /${name}\n${unseen('/')}`,
    });
    expect(watchedBy(reportOf(readFileSync(`${where.dir}/report`)))).toEqual(['.: swept', '/tmp: swept']);
  });

  test('nothing in /proc, /sys or /dev: named it is refused, else it is passed over', async () => {
    const where = workplace();
    symlinkSync('/proc/self', `${where.dir}/link`);
    for (const dir of ['/proc', '/sys/kernel', '/dev', 'link', '/dev/./../proc']) {
      const ended = await startRun(['--work-dir', dir, '--', 'touch', 'started'], where).ended;
      expect(how(ended)).toBe('2');
      expect(ended.err).toMatch(/^criu-sweep: --work-dir: \S+: is never swept: .*\n$/);
    }
    expect(list(where.dir)).not.toContain('started');
    const { report } = await reported(['--', './criu', 'dump', '-D', '/proc'], where);
    expect(watchedBy(report)).toEqual(['/tmp: swept']);
  });

  test('only the directory’s own entries, not what lies below', async () => {
    const where = workplace();
    const { came } = await reported(
      ['--work-dir', 'work', '--', 'sh', '-c', `mkdir work/a; ${mkdtemp('work/a')}`],
      where,
    );
    expect(came).toEqual({});
    expect(where.left()).toHaveLength(2);
  });
});

describe('swept is', () => {
  test('what was not there before, whatever its age; what was there is no item', async () => {
    const where = workplace();
    const before = plantMany(where.work, 3000);
    const made = 'mktemp -d -p work .criu.cgyard.XXXXXX | xargs touch -d "2001-01-01"';
    const { report, came } = await reported(
      ['--work-dir', 'work', '--', 'sh', '-c', `${MAKE}; ${made}`],
      where,
    );
    expect(Object.values(came)).toEqual(['removed', 'removed']);
    expect(report.targets[0]?.entries).toBe(3002);
    expect(list(where.work)).toEqual(before.sort());
  });

  test('not what a command removed and made again by a name that was there', async () => {
    const where = workplace();
    const [name = ''] = plantMany(where.work, 1);
    const { came } = await reported(
      ['--work-dir', 'work', '--', 'sh', '-c', `rmdir work/${name}; mkdir -m 700 work/${name}`],
      where,
    );
    expect(came).toEqual({});
    expect(where.left()).toEqual([name]);
  });

  test('only what all other checks leave, and each reason is told', async () => {
    const where = workplace();
    const script = `cd work
      mkdir -m 755 .criu.cgyard.mode01; mkdir -m 700 .criu.cgyard.full01; touch .criu.cgyard.full01/x
      touch .criu.cgyard.file01; ln -s . .criu.cgyard.link01; mkdir -m 700 .criu.cgyard.other1
      chown 65534 .criu.cgyard.other1; mkdir -m 700 .criu.cgyard.toolong .criu.cgyard.good01; mkdir -m 777 .criu.mntns.open01
      chmod 777 .criu.mntns.open01`;
    const { came } = await reported(['--work-dir', 'work', '--', 'sh', '-c', script], where);
    expect(came).toEqual({
      'work/.criu.cgyard.mode01': 'kept: mode',
      'work/.criu.cgyard.full01': 'kept: not-empty',
      'work/.criu.cgyard.file01': 'kept: mode, not-a-directory',
      'work/.criu.cgyard.link01': 'kept: mode, not-a-directory',
      'work/.criu.cgyard.other1': 'kept: owner',
      'work/.criu.cgyard.good01': 'removed',
      'work/.criu.mntns.open01': 'removed',
    });
  });

  test('what --prefix, --owner and --mode say instead', async () => {
    const where = workplace();
    const script = 'cd work; mkdir -m 750 my.abcdef; chown 65534 my.abcdef; mkdir -m 700 .criu.cgyard.abcdef';
    const options = ['--prefix', 'my.', '--owner', '65534', '--mode', '0750', '--work-dir', 'work'];
    const { report, came } = await reported([...options, '--', 'sh', '-c', script], where);
    expect(came).toEqual({ 'work/my.abcdef': 'removed' });
    expect(report.policy).toMatchObject({
      prefixes: ['my.'],
      owner: 65534,
      mode: '0750',
      olderThanMs: null,
      maxDepth: 1,
    });
  });

  test('not what another living CRIU made meanwhile', async (context) => {
    need(context, 'root', 'namespaces');
    const where = workplace();
    plantProgram(
      where,
      'criu',
      `cd work; ${mkdtemp('.')}; echo ready >../ready; exec 3<>../pipe; read line <&3`,
    );
    const script = `mkfifo pipe; ./criu & while ! [ -e ready ]; do sleep 0.02; done; ${MAKE}; exit 3`;
    const args = ['--report', 'report', '--work-dir', 'work', '--', 'sh', '-c', script];
    const running = startRun(args, where, { stalled: true });
    const ended = await running.ended;
    const { items } = reportOf(readFileSync(`${where.dir}/report`));
    expect(items.map(whys)).toEqual([['in-use'], ['in-use']]);
    const user = items[0]?.reasons[0];
    expect(user).toMatchObject({ why: 'in-use', command: 'criu' });
    expect(how(ended)).toBe('3');
    process.kill(Number(user?.pid), 'SIGKILL');
  });

  test('nothing that appears after the command has ended: it is another’s', async () => {
    const where = workplace();
    // The candidate's own emptiness is looked at last, so a slow look gives the other one the time it needs.
    const other = `(while [ -e /proc/$$ ]; do :; done; sleep 0.05; ${mkdtemp('work', '.criu.cgyard.')}) >/dev/null 2>&1 &`;
    for (let round = 0; round < 5; round += 1) {
      const { came } = await reported(['--work-dir', 'work', '--', 'sh', '-c', `${other} ${MAKE}`], where);
      expect(Object.keys(came).filter((path) => path.includes(AA_POLICY))).toHaveLength(1);
    }
  });
});

describe('a watched directory', () => {
  test('that the command makes is swept', async () => {
    const where = workplace();
    const { report, came } = await reported(
      ['--work-dir', 'new/dir', '--', 'sh', '-c', `mkdir -p new/dir; ${mkdtemp('new/dir')}`],
      where,
    );
    expect(removedOf(came)).toHaveLength(1);
    expect(watchedBy(report)).toEqual(['new/dir: swept', '/tmp: swept']);
  });

  test('that the command removes is missing, which is no trouble', async () => {
    const where = workplace();
    const { ended, report } = await reported(['--work-dir', 'work', '--', 'rmdir', 'work'], where);
    expect({ how: how(ended), err: ended.err }).toEqual({ how: '0', err: '' });
    expect(watchedBy(report)).toEqual(['work: missing', '/tmp: swept']);
    expect(report.exitCode).toBe(0);
  });

  test('that is the current one, and is removed, is no trouble either', async () => {
    const where = workplace();
    mkdirSync(`${where.dir}/here`);
    const running = startRun(['-q', '--', 'rmdir', '../here'], where, { cwd: `${where.dir}/here` });
    const ended = await running.ended;
    expect({ how: how(ended), err: ended.err }).toEqual({ how: '0', err: '' });
    const wrap = inShell(`mkdir ${where.dir}/gone; cd ${where.dir}/gone; rmdir ../gone`);
    const before = await startRun(['-q', '--', 'true'], where, { wrap }).ended;
    expect({ how: how(before), err: before.err }).toEqual({ how: '0', err: '' });
  });

  test('that the command makes anew is swept', async () => {
    const where = workplace();
    plantMany(where.work, 2);
    const script = `rm -r work; mkdir work; ${MAKE}; ${MAKE}`;
    const { came } = await reported(['--work-dir', 'work', '--', 'sh', '-c', script], where);
    expect(removedOf(came)).toHaveLength(2);
    expect(where.left()).toEqual([]);
  });

  test('whose way to it is moved is found where its name leads', async () => {
    const where = workplace();
    const script = `mv ../${where.dir.split('/').at(-1)}/work aside; mkdir work; ${MAKE}; ${mkdtemp('aside')}`;
    await reported(['--work-dir', 'work', '--', 'sh', '-c', script], where);
    expect(where.left()).toEqual([]);
    expect(list(`${where.dir}/aside`)).toHaveLength(1);
  });

  test('below the current directory, which is moved, is found where that lies by then', async () => {
    const where = workplace();
    mkdirSync(`${where.dir}/here/work`, { recursive: true });
    const args = ['--no-in-use', '--work-dir', 'work', '--', 'sh', '-c', `${MAKE}; mv ../here ../there`];
    const ended = await startRun(args, where, { cwd: `${where.dir}/here` }).ended;
    expect(ended.err).toMatch(/^removed \S+\/there\/work\/\S+\n$/);
    expect(list(`${where.dir}/there/work`)).toEqual([]);
  });

  test('that never exists is said, where it was named', async () => {
    const where = workplace();
    const { ended, report } = await reported(['--work-dir', 'nowhere', '--', 'sh', '-c', 'exit 5'], where);
    expect(how(ended)).toBe('5');
    expect(ended.err).toBe('criu-sweep: nowhere: ENOENT: no such file or directory (realpath)\n');
    expect(report.exitCode).toBe(3);
    const derived = await reported(['--', './criu', 'dump', '-D', 'nowhere'], where);
    expect(derived.ended.err).toBe('criu-sweep: cannot run ./criu: ENOENT: no such file or directory\n');
    expect(derived.report.exitCode).toBe(0);
  });

  test('that is a file is said, and its neighbours are swept', async () => {
    const where = workplace();
    const args = ['--work-dir', '/etc/passwd', '--work-dir', 'work', '--', 'sh', '-c', `${MAKE}; exit 5`];
    const { ended, report } = await reported(args, where);
    expect(how(ended)).toBe('5');
    expect(ended.err).toMatch(
      /^criu-sweep: \/etc\/passwd: ENOTDIR: not a directory \(open\)\nremoved \S+\n$/,
    );
    expect(watchedBy(report)).toEqual(['/etc/passwd: not-a-directory', 'work: swept', '/tmp: swept']);
    expect(where.left()).toEqual([]);
  });

  test('by a leftover’s name is a directory like others: it is not removed itself', async () => {
    const where = workplace();
    const name = leftoverName();
    mkdirSync(`${where.dir}/${name}`, { mode: 0o700 });
    await reported(['--work-dir', name, '--', 'sh', '-c', mkdtemp(name)], where);
    expect(list(where.dir)).toEqual([name, 'report', 'work'].sort());
  });

  test('by any name, also one that would write to the terminal', async () => {
    const where = workplace();
    const name = 'a\x1b[31m\n\u202e*ü';
    mkdirSync(`${where.dir}/${name}`);
    const script = 'mktemp -d -p "$0" .criu.cgyard.XXXXXX >/dev/null';
    const { ended } = await reported(['--work-dir', name, '--', 'sh', '-c', script, name], where);
    expect(ended.err).toMatch(/^removed \S+\/a\\x1b\[31m\\x0a\\u202e\*ü\/\.criu\.cgyard\.\w{6}\n$/);
    renameSync(`${where.dir}/${name}`, `${where.dir}/plain`);
    expect(list(`${where.dir}/plain`)).toEqual([]);
  });
});

test('in a pid namespace of its own, what CRIU mounts things on is kept, and stderr says why', async () => {
  const where = workplace();
  const script = `${MAKE}; ${mkdtemp('work', '.criu.cgyard.')}`;
  const ended = await runScript(script, where, { wrap: inPidNamespace() });
  expect(ended.err).toMatch(/^removed \S+policy\.\w{6}\ncriu-sweep: this pid namespace .* were kept; .*\n$/);
  expect(where.left()).toHaveLength(1);
});
