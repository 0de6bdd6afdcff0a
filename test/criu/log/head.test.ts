import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HEAD_SIZE, isHeadOfLog } from '../../../src/criu/log/head.ts';
import { asBytes } from '../../../src/linux/bytes.ts';
import { PACKAGE } from '../../support/command.ts';
import { fixture } from './fixtures.ts';

const ROOT = `${PACKAGE}fixtures/criu-logs/`;

describe('the head of a log of CRIU', () => {
  const told = readdirSync(ROOT, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && !/not-criu|empty|zero|cut-first|0\.5|1\.8-quiet/.test(entry.name),
    )
    .flatMap(({ name }) =>
      readdirSync(ROOT + name)
        .filter((file) => file.includes('.log'))
        .map((file) => `${name}/${file}`),
    );
  it.each(told)('%s is known by its content', (log) => expect(isHeadOfLog(fixture(log))).toBe(true));

  it.each([
    'made-not-criu-pg/dump.log',
    'made-not-criu-mongo/restore.log',
    'made-not-criu-binary/criu.log',
  ])('%s is not', (log) => expect(isHeadOfLog(fixture(log))).toBe(false));

  it.each([
    '(00.000012)pie: 1: x',
    'CRIU run id = 1',
    'Chain INPUT (policy ACCEPT)\nWarn  (criu/cr-restore.c:849): x',
    '     1: Warn  (criu/sk-unix.c:1333): x',
    'Error (cuda_plugin.c:9): x',
    'Error (/build/criu-2.6/criu/include/image.h:140): BUG',
    'Error (cr-dump.c:1633): Dumping FAILED.',
  ])('%j is', (head) => expect(isHeadOfLog(asBytes(head))).toBe(true));

  it.each([
    '',
    '(1699999999) a server says hello',
    '(12.5) x',
    '(00.0000123) x',
    '[00.000012] x',
    'Error (main.c:12): somebody else’s',
    'x(00.000012) y',
    'Errors (criu/mount.c:1): x',
    `${'x\n'.repeat(HEAD_SIZE)}(00.000012) too late`,
  ])('%j is not', (head) => expect(isHeadOfLog(asBytes(head))).toBe(false));

  it('is looked at in time that grows with its size only', () => {
    const from = process.cpuUsage();
    for (const piece of ['(', '(00.', 'Error (', '/criu/', 'criu/', 'a_plugin', '/', '1', ' ']) {
      expect(isHeadOfLog(asBytes(piece.repeat(HEAD_SIZE)))).toBe(false);
      expect(isHeadOfLog(asBytes(`Error (${piece.repeat(HEAD_SIZE)}`))).toBe(false);
    }
    expect(process.cpuUsage(from).user).toBeLessThan(200_000);
  });
});
