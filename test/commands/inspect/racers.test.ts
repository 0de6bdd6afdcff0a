import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { swappingAll, until } from '../../support/hazards.ts';
import { inspect } from '../../support/inspection.ts';
import { scratch } from '../../support/scratch.ts';

beforeEach((context) => need(context, 'root', 'cc'));

/** A log whose run failed with this error. */
const failedWith = (message: string): string =>
  `(00.000001) Version: 3.16.1 (gitid 0)\n(00.000002) Error (criu/a.c:1): ${message}\n(00.000003) Error (criu/cr-dump.c:2): Dumping FAILED.\n`;

/** Directories below the target, each with a log in a path of some components that a racer can lead elsewhere. */
function plantWorkDirs(root: string, message: string): void {
  for (let n = 0; n < 40; n++) {
    mkdirSync(`${root}/a/${n}/b`, { recursive: true });
    writeFileSync(`${root}/a/${n}/b/dump.log`, failedWith(message));
  }
}

test('a directory exchanged with a link while inspect reads: no word of a log outside the target is shown', async () => {
  const dir = scratch();
  for (const place of ['target', 'outside']) mkdirSync(`${dir}/${place}`);
  plantWorkDirs(`${dir}/target`, 'inside');
  plantWorkDirs(`${dir}/outside`, 'SECRET');
  mkdirSync(`${dir}/links`);
  symlinkSync(`${dir}/outside/a`, `${dir}/links/a`);
  const racer = await swappingAll(`${dir}/target`, `${dir}/links`, ['a']);
  let seen = 0;
  let changed = 0;
  const enough = await until(40_000, async () => {
    const { report, out, err } = await inspect([`${dir}/target`]);
    expect(out + err).not.toContain('SECRET');
    seen += report.runs.length;
    changed += report.errors.length;
    expect(report.exitCode).toBe(report.errors.length > 0 ? 3 : 0);
    return seen > 100 && changed > 3;
  });
  await racer.stop();
  expect({ enough, seen, changed }).toMatchObject({ enough: true });
});
