import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { run } from '../support/command.ts';
import { leftoverName } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { outcomes, sweep } from '../support/sweep.ts';
import { OPENING } from '../support/trace.ts';
import { inMountNamespace, quoted, straced } from '../support/wrap.ts';

beforeEach((context) =>
  need(context, 'root', 'namespaces', 'strace', 'loop devices', 'mkfs.xfs', 'mkfs.btrfs'),
);

const [EMPTY, FULL, FILE] = [leftoverName(), leftoverName(), leftoverName()];

/** A tree in which `leaf` and `branch/leaf` have no subdirectory, and `branch` has two leftovers. */
const PLANT = `mkdir -m 755 -p target/leaf target/branch/leaf
  : > target/leaf/${FILE}; : > target/branch/leaf/file
  mkdir -m 700 target/branch/${EMPTY} target/branch/${FULL}; : > target/branch/${FULL}/file; chmod 700 target/leaf/${FILE}
  touch -d '2 hours ago' target/leaf/${FILE} target/branch/${EMPTY} target/branch/${FULL}`;

const image = (dir: string, size: string, mkfs: string): string =>
  `truncate -s ${size} ${quoted(dir)}/image; ${mkfs} ${quoted(dir)}/image >&2; mount -o loop ${quoted(dir)}/image on`;

/** Sweeps that tree on a file system of its own; tells which of its directories were opened. */
async function sweepOn(mount: (dir: string) => string, args: readonly string[] = []) {
  const dir = scratch();
  const script = `cd ${quoted(dir)}; mkdir on; ${mount(dir)}; cd on; ${PLANT}`;
  const log = `${dir}/trace`;
  const wrap = [
    ...inMountNamespace(script),
    ...straced(log, [...OPENING, 'chdir'].map((call) => `?${call}`).join()),
  ];
  const target = `${dir}/on/target`;
  const { report, code } = await sweep(['--no-in-use', ...args, target], { wrap });
  const trace = readFileSync(log, 'utf8');
  const touched = (name: string) => trace.includes(`"${name}"`) || trace.includes(`/${name}"`);
  expect(report.errors).toEqual([]);
  expect(code).toBe(0);
  expect(report.targets).toMatchObject([{ directories: 4 }]);
  return {
    outcomes: outcomes(report, target),
    leafEntered: touched('leaf'),
    emptyOpened: touched(EMPTY),
    fullOpened: touched(FULL),
  };
}

const FOUND = { [`branch/${EMPTY}`]: 'would-remove', [`branch/${FULL}`]: 'kept: not-empty' };
const ALL_FOUND = { ...FOUND, [`leaf/${FILE}`]: 'kept: not-a-directory' };

test.each([
  ['tmpfs', () => 'mount -t tmpfs none on', { emptyOpened: false, fullOpened: false }],
  ['ext4', (dir: string) => image(dir, '64M', 'mkfs.ext4 -q'), { emptyOpened: true, fullOpened: true }],
  ['XFS', (dir: string) => image(dir, '400M', 'mkfs.xfs -q'), { emptyOpened: false, fullOpened: true }],
])('on %s a directory without subdirectories is not read, and counts', async (_, mount, opened) => {
  expect(await sweepOn(mount, ['-n'])).toEqual({ outcomes: FOUND, leafEntered: false, ...opened });
});

test('on btrfs every directory is read, and an empty candidate is not', async () => {
  const mount = (dir: string) => image(dir, '300M', 'mkfs.btrfs -q');
  expect(await sweepOn(mount, ['-n'])).toEqual({
    outcomes: ALL_FOUND,
    leafEntered: true,
    emptyOpened: false,
    fullOpened: true,
  });
});

test('in a subvolume of btrfs: the same', async () => {
  const mount = (dir: string) =>
    `${image(dir, '300M', 'mkfs.btrfs -q')}; btrfs subvolume create on/target >&2`;
  expect(await sweepOn(mount, ['-n'])).toMatchObject({ outcomes: ALL_FOUND, emptyOpened: false });
});

test('on an overlay every directory is read, merged or not', async (context) => {
  need(context, 'overlayfs');
  const mount = () => `mkdir all; mount -t tmpfs none all; mkdir -p all/lower/target/leaf all/upper all/work
    mount -t overlay -o lowerdir=all/lower,upperdir=all/upper,workdir=all/work overlay on`;
  expect(await sweepOn(mount, ['-n'])).toMatchObject({ outcomes: ALL_FOUND, leafEntered: true });
});

test('on XFS with inode numbers of 8 bytes an empty candidate is known by its size', async () => {
  const dir = scratch();
  const name = leftoverName();
  const made = Array.from({ length: 12 }, (_, n) => `mkdir target/d${n}; mkdir -m 700 target/d${n}/${name}`);
  const script = `cd ${quoted(dir)}; mkdir on; ${image(dir, '8T', 'mkfs.xfs -q -l size=64m')}; cd on; mkdir target
    ${made.join('; ')}; stat -c %s target/d*/${name} | sort -nu > ${quoted(dir)}/sizes
    touch -d '2 hours ago' target/d*/${name}`;
  const wrap = [...inMountNamespace(script), ...straced(`${dir}/trace`, '?open,?openat')];
  const { report } = await sweep(['-n', '--no-in-use', `${dir}/on/target`], { wrap });
  expect(readFileSync(`${dir}/sizes`, 'utf8')).toBe('6\n10\n');
  expect(report.summary).toMatchObject({ matched: 12, wouldRemove: 12 });
  expect(readFileSync(`${dir}/trace`, 'utf8')).not.toContain(name);
});

test('what is mounted on a leaf is not taken for it, and --cross-device enters it', async () => {
  const mount = () => 'mount -t tmpfs none on';
  const dir = scratch();
  const script = `cd ${quoted(dir)}; mkdir on; ${mount()}; cd on; ${PLANT}
    mount -t tmpfs none target/leaf; mkdir -m 700 target/leaf/${EMPTY}; touch -d '2 hours ago' target/leaf/${EMPTY}`;
  const wrap = inMountNamespace(script);
  const { report } = await sweep(['--no-in-use', '-n', '--cross-device', `${dir}/on/target`], { wrap });
  expect(outcomes(report, `${dir}/on/target`)).toEqual({ ...FOUND, [`leaf/${EMPTY}`]: 'would-remove' });
});

test('inspect reads directories without subdirectories: logs lie there', async () => {
  const dir = scratch();
  const script = `mount -t tmpfs none ${quoted(dir)}; mkdir ${quoted(dir)}/leaf; echo 'Error (criu/cr-dump.c:1): Dumping FAILED.' > ${quoted(dir)}/leaf/dump.log`;
  const { out } = await run(['inspect', '--json', dir], { wrap: inMountNamespace(script) });
  expect(JSON.parse(out)).toMatchObject({ runs: [{ log: `${dir}/leaf/dump.log`, outcome: 'failed' }] });
});
