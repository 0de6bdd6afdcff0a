import { mkdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { AA_POLICY, plantMany } from '../../support/leftovers.ts';
import { reportOf } from '../../support/schema.ts';
import { outcomes } from '../../support/sweep.ts';
import { list } from '../../support/tree.ts';
import { how, mkdtemp, plantProgram, startRun, type Workplace, workplace } from '../../support/workplace.ts';
import { inMountNamespace, quoted } from '../../support/wrap.ts';

const MAKE = mkdtemp('work');

beforeEach((context) => need(context, 'root', 'namespaces'));

/** Runs a script around `--work-dir` with a report. */
async function watching(workDir: string, script: string, where: Workplace, wrap: readonly string[] = []) {
  const args = ['--no-in-use', '--report', 'report', '--work-dir', workDir, '--', 'sh', '-c', script];
  const ended = await startRun(args, where, { wrap }).ended;
  const report = reportOf(readFileSync(`${where.dir}/report`));
  return { ended, report, came: outcomes(report, where.dir) };
}

/** A place elsewhere with leftovers of all ages; their names. */
function plantOutside({ dir }: Workplace): string[] {
  mkdirSync(`${dir}/outside/work`, { recursive: true });
  return plantMany(`${dir}/outside/work`, 3);
}

describe('a work dir that is replaced while the command runs is changed, and nothing is swept there:', () => {
  test.each([
    ['by a link to another place', 'mv work gone; ln -s outside/work work'],
    [
      'by a directory that was there before',
      'mv work gone; mv outside/work work; ln -s ../work outside/work',
    ],
    ['by a file', 'mv work gone; : >work'],
  ])('%s', async (_, script) => {
    const where = workplace();
    const planted = plantOutside(where);
    const { ended, report, came } = await watching('work', script, where);
    expect(came).toEqual({});
    expect(ended.err).toMatch(/^criu-sweep: work: changed while it was swept: .* \(chdir\)\n$/);
    expect(how(ended)).toBe('0');
    expect(report.errors).toMatchObject([{ path: 'work', code: 'changed', syscall: 'chdir' }]);
    const left = list(where.dir).filter((path) => path.includes(AA_POLICY));
    for (const name of planted) expect(left.filter((path) => path.endsWith(name))).toHaveLength(1);
  });

  test('its parent by a link to another place', async () => {
    const where = workplace();
    const planted = plantOutside(where);
    mkdirSync(`${where.dir}/in/work`, { recursive: true });
    const { came, report } = await watching('in/work', 'mv in gone; ln -s outside in', where);
    expect(came).toEqual({});
    expect(report.errors).toMatchObject([{ path: 'in/work', code: 'changed' }]);
    expect(list(`${where.dir}/outside/work`)).toEqual(planted.sort());
  });
});

describe('a work dir that was missing before', () => {
  test('and is a link of another user’s in a sticky directory by then is not followed', async (context) => {
    need(context, 'setpriv');
    const where = workplace();
    const planted = plantOutside(where);
    const link = `mkdir -m 1777 sticky; setpriv --reuid=65534 --regid=65534 --clear-groups ln -s "$PWD/outside/work" sticky/new`;
    const { came, report } = await watching('sticky/new', link, where);
    expect(came).toEqual({});
    expect(report.errors).toMatchObject([{ path: 'sticky/new', code: 'changed' }]);
    expect(list(`${where.dir}/outside/work`)).toEqual(planted.sort());
  });

  test('of what is moved there, only what the command made is swept', async () => {
    const where = workplace();
    const [old = ''] = plantMany(`${where.dir}/work`, 1);
    const { came } = await watching('new', `${MAKE}; mv work new`, where);
    expect(Object.values(came)).toEqual(['removed']);
    expect(list(`${where.dir}/new`)).toEqual([old]);
  });

  test('below a link that was there before is found where that leads', async () => {
    const where = workplace();
    const script = `mkdir work/new; ${mkdtemp('work/new')}`;
    const { came, report } = await watching('link/new', script, where, [
      'sh',
      '-c',
      'ln -s work link; exec "$@"',
      'sh',
    ]);
    expect(Object.values(came)).toEqual(['removed']);
    expect(report.targets[0]?.resolved).toBe(`${where.work}/new`);
  });

  test('behind links that lead nowhere before is found where those lead', async () => {
    const where = workplace();
    const links = 'ln -s work/way link; ln -s ../later/on work/way; exec "$@"';
    const script = `mkdir -p later/on/new; ${mkdtemp('later/on/new')}; ${mkdtemp('work')}`;
    const { came, report } = await watching('link/new', script, where, ['sh', '-c', links, 'sh']);
    expect(Object.values(came)).toEqual(['removed']);
    expect(report.targets[0]?.resolved).toBe(`${where.dir}/later/on/new`);
    expect(where.left()).toHaveLength(2);
  });

  test('behind a link that leads nowhere in a kernel file system is refused', async () => {
    const where = workplace();
    const wrap = ['sh', '-c', 'ln -s /proc/none link; exec "$@"', 'sh'];
    const ended = await startRun(['--work-dir', 'link', '--', 'touch', 'started'], where, { wrap }).ended;
    expect(how(ended)).toBe('2');
    expect(list(where.dir)).not.toContain('started');
  });

  test('in a kernel file system is refused', async () => {
    const where = workplace();
    const ended = await startRun(['--work-dir', '/proc/none', '--', 'touch', 'started'], where).ended;
    expect(how(ended)).toBe('2');
    expect(list(where.dir)).not.toContain('started');
  });
});

describe('a link to the work dir that is pointed elsewhere while the command runs:', () => {
  const linked = (to: string): readonly string[] => ['sh', '-c', `ln -s ${to} link; exec "$@"`, 'sh'];

  test('where it led is swept, where it leads is not, and it is said', async () => {
    const where = workplace();
    const planted = plantOutside(where);
    const script = `${MAKE}; ln -sfn outside/work link; ${mkdtemp('link/.')}`;
    const { ended, report, came } = await watching('link', script, where, linked('work'));
    expect(Object.values(came)).toEqual(['removed']);
    expect(ended.err).toMatch(/^criu-sweep: link: changed while it was swept: .* \(stat\)\nremoved \S+\n$/);
    expect(how(ended)).toBe('0');
    expect(report.errors).toEqual([{ path: 'link', code: 'changed', syscall: 'stat' }]);
    expect(report.exitCode).toBe(3);
    expect(report.targets[0]).toMatchObject({ path: 'link', resolved: where.work, status: 'swept' });
    expect(where.left()).toEqual([]);
    expect(list(`${where.dir}/outside/work`)).toHaveLength(planted.length + 1);
  });

  test.each([
    ['where it led was removed', 'rmdir work; ln -sfn outside/work link'],
    ['a link above it is pointed elsewhere', 'mkdir -p a/work; ln -sfn a link; rmdir work', 'link/work'],
  ])('%s: it is said', async (_, script, named = 'link') => {
    const where = workplace();
    plantOutside(where);
    const to = named === 'link' ? 'work' : '.';
    const { report, came } = await watching(named, script, where, linked(to));
    expect(came).toEqual({});
    expect(report.errors).toEqual([{ path: named, code: 'changed', syscall: 'stat' }]);
  });

  test.each([
    ['to a directory that is watched too', `ln -sfn other link; ${mkdtemp('other')}`, 1],
    ['to the same one by another way', `ln -sfn ../$(basename "$PWD")/work link; ${MAKE}`, 1],
    ['nowhere', `${MAKE}; ln -sfn nowhere link`, 1],
    ['and back', `ln -sfn outside link; ln -sfn work link; ${MAKE}`, 1],
  ])('%s: there is nothing to say', async (_, script, removed) => {
    const where = workplace();
    mkdirSync(`${where.dir}/other`);
    const args = ['--no-in-use', '--work-dir', 'link', 'other', '--work-dir', 'work'];
    const running = startRun([...args, '--', 'sh', '-c', script], where, { wrap: linked('work') });
    const ended = await running.ended;
    expect(ended.err).toMatch(/^(?:removed \S+\n)*$/);
    expect(ended.err.split('\n')).toHaveLength(removed + 1);
  });

  test('the directory that CRIU is told to work in is one like any other', async () => {
    const where = workplace();
    plantOutside(where);
    plantProgram(where, 'criu', `${MAKE}; ln -sfn outside/work link`);
    const args = ['--no-in-use', '--report', 'report', '--', './criu', 'dump', '-D', 'link'];
    const ended = await startRun(args, where, { wrap: linked('work') }).ended;
    expect(ended.err).toMatch(/^criu-sweep: link: changed while it was swept: /);
    expect(reportOf(readFileSync(`${where.dir}/report`)).errors).toMatchObject([{ path: 'link' }]);
  });
});

test('inode numbers above 2^63, as overlayfs makes them: what appeared is removed', async (context) => {
  need(context, 'overlayfs');
  const where = workplace();
  const dir = quoted(where.dir);
  const wrap = inMountNamespace(`cd ${dir}
    mkdir -p lower/w memory; mount -t tmpfs none memory; mkdir memory/upper memory/work
    mount -t overlay -o xino=on,lowerdir=lower,upperdir=memory/upper,workdir=memory/work none work`);
  const { ended, report } = await watching('work/w', `stat -c %i work/w; ${mkdtemp('work/w')}`, where, wrap);
  expect(BigInt(ended.out.trim())).toBeGreaterThan(2n ** 63n);
  expect(report.items.map(({ outcome }) => outcome)).toEqual(['removed']);
});
