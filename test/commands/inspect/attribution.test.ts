import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { PACKAGE, run } from '../../support/command.ts';
import { inspect } from '../../support/inspection.ts';
import { withOwnTmp } from '../../support/own-tmp.ts';
import { scratch } from '../../support/scratch.ts';
import { quoted } from '../../support/wrap.ts';

/** A log at this place, and directories of these names, two hours old; the log's path. */
function plant(log: string, text: string, ...left: readonly string[]): string {
  mkdirSync(log.slice(0, log.lastIndexOf('/')), { recursive: true });
  writeFileSync(log, text);
  const old = Date.now() / 1000 - 7200;
  for (const path of left) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    utimesSync(path, old, old);
  }
  return log;
}

const failing = (message: string): string =>
  `(00.000001) Version: 4.2 (gitid 0)\n(00.000002) Error (criu/mount.c:2391): ${message}\n(00.000003) Error (criu/cr-restore.c:1): Restoring FAILED.\n`;

const runsOf = (report: { items: readonly { path: string; run: string | null }[] }) =>
  Object.fromEntries(report.items.map(({ path, run }) => [path.slice(path.lastIndexOf('/') + 1), run]));

test('a leftover that a log says it cannot remove is that run’s, also where the log lies in another target', async () => {
  const [works, others] = [scratch(), scratch()];
  const name = 'cr-tmpfs.uWm3pe';
  const log = plant(
    `${works}/a/restore.log`,
    failing(`mnt: Unable to remove /tmp/${name}: Device or resource busy`),
    `${others}/${name}`,
  );
  const { report } = await inspect([others, works]);
  expect(runsOf(report)).toEqual({ [name]: log });
  const { out } = await run(['inspect', others, works]);
  expect(out).not.toContain('left by no run');
  expect(out).toContain(`${others}/${name}`);
});

test('in /tmp, of a log elsewhere', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = scratch();
  const log = `${dir}/sine.log`;
  const recorded = `${PACKAGE}fixtures/criu-logs/made-restore-busy-3.17/sine.log`;
  const wrap = withOwnTmp(`mkdir -p ${quoted(dir)}; cp ${quoted(recorded)} ${quoted(dir)}
    mkdir -m 700 /tmp/cr-tmpfs.uWm3pe /tmp/.criu.mntns.Qw7xYz /tmp/.criu.mntns.OtherX`);
  const { report } = await inspect(['--older-than', '0s', '/tmp'], { wrap });
  expect(runsOf(report)).toEqual({
    'cr-tmpfs.uWm3pe': log,
    '.criu.mntns.Qw7xYz': log,
    '.criu.mntns.OtherX': null,
  });
});

test('a name that two logs elsewhere bear is nobody’s', async () => {
  const dir = scratch();
  const text = failing("mnt: Can't remove the directory /tmp/.criu.mntns.aB3dEf: Device or resource busy");
  plant(`${dir}/a/restore.log`, text, `${dir}/x/.criu.mntns.aB3dEf`);
  plant(`${dir}/b/restore.log`, text);
  expect(runsOf((await inspect([dir])).report)).toEqual({ '.criu.mntns.aB3dEf': null });
});

test('paths of the container’s own are nobody’s word', async () => {
  const dir = scratch();
  const name = '.criu.mntns.aB3dEf';
  plant(
    `${dir}/a/dump.log`,
    failing(`mnt: Can't umount at ./tmp/${name}/12: Device or resource busy`),
    `${dir}/x/${name}`,
  );
  expect(runsOf((await inspect([dir])).report)).toEqual({ [name]: null });
});
