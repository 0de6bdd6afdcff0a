import { describe, expect, it } from 'vitest';
import { asBytes, bytes } from '../../src/linux/bytes.ts';
import type { SweepEvent } from '../../src/model/events.ts';
import type { Candidate, Facts, Item, Outcome } from '../../src/model/model.ts';
import { createColors } from '../../src/report/colors.ts';
import type { Format } from '../../src/report/format.ts';
import { githubFormat } from '../../src/report/github.ts';
import { jsonFormat, ndjsonFormat } from '../../src/report/json.ts';
import { messageFormat } from '../../src/report/messages.ts';
import { journalMark, unmarked } from '../../src/report/severity.ts';
import { stepSummaryFormat } from '../../src/report/step-summary.ts';
import { textFormat } from '../../src/report/text.ts';
import { reportOf } from '../support/schema.ts';

const NOW = Date.UTC(2026, 1, 13, 3, 0, 0);
const TOOL = { name: 'criu-sweep', version: '1.0.0' };
const KIND = { prefix: bytes`.criu.temp-aa-policy.`, modes: [0o700], mountable: false };
const FACTS: Facts = {
  dev: 65_024,
  ino: 18_446_744_073_709_551_615n,
  mode: 0o040700,
  uid: 0,
  nlink: 2,
  size: 4096,
  mtimeMs: NOW - 7_200_000,
  ctimeMs: NOW - 7_200_000,
  birthtimeMs: NOW - 7_200_000,
};

function item(path: string, result: Outcome, facts: Facts | null = FACTS): SweepEvent {
  const candidate: Candidate = {
    parent: { path: asBytes(path), dev: 65_024, ino: 2 },
    name: bytes`.criu.temp-aa-policy.8uhTbO`,
    kind: KIND,
    excluded: false,
    mountedAt: null,
  };
  const ageMs = facts === null ? null : 7_200_000;
  const made: Item = { candidate, facts, ageMs, result };
  return { type: 'item', item: made };
}

const EVENTS: readonly SweepEvent[] = [
  {
    type: 'start',
    start: {
      host: 'node-1',
      uid: 0,
      startedAt: NOW,
      dryRun: false,
      policy: {
        kinds: [KIND],
        olderThanMs: 3_600_000,
        ageBy: 'mtime',
        owner: 0,
        mode: 0o700,
        maxDepth: null,
        crossDevice: false,
        exclude: ['**/cache'],
      },
    },
  },
  item('/var/lib/criu', { outcome: 'removed' }),
  item('/var/lib/criu/\x1b[2J\n\xff', { outcome: 'removed' }),
  item('/var/lib/criu/kept', {
    outcome: 'kept',
    reasons: [
      { why: 'mounted', where: asBytes('/mnt/\x07bell') },
      { why: 'not-a-directory' },
      { why: 'owner', uid: 1000 },
      { why: 'mode', mode: '0755' },
      { why: 'too-young', ageMs: 720_000 },
      { why: 'future', mtime: '2030-01-01T00:00:00.000Z' },
      { why: 'excluded' },
      { why: 'unknown', code: 'EACCES', syscall: 'lstat' },
      { why: 'not-empty' },
      { why: 'in-use', pid: 42, command: bytes`criu` },
      { why: 'locked', pid: 43 },
    ],
  }),
  item('/var/lib/criu/vanished', { outcome: 'vanished' }, null),
  item('/var/lib/criu/failed', { outcome: 'failed', code: 'EPERM', syscall: 'rmdir' }),
  { type: 'error', error: { path: bytes`/var/lib/criu/closed`, code: 'EACCES', syscall: 'opendir' } },
  { type: 'error', error: { path: bytes`/var/lib/criu/moved`, code: 'changed', syscall: 'chdir' } },
  {
    type: 'target',
    target: {
      path: bytes`/var/lib/criu`,
      resolved: bytes`/var/lib/criu`,
      status: 'swept',
      directories: 7,
      entries: 1200,
    },
  },
  {
    type: 'summary',
    summary: {
      counts: {
        matched: 5,
        removed: 2,
        wouldRemove: 0,
        kept: 1,
        vanished: 1,
        failed: 1,
        keptBy: {
          mounted: 1,
          'not-a-directory': 1,
          owner: 1,
          mode: 1,
          'too-young': 1,
          future: 1,
          excluded: 1,
          unknown: 1,
          'not-empty': 1,
          'in-use': 1,
          locked: 1,
        },
      },
      inUse: { checked: true, unreadableProcesses: 2, foreignPidNamespace: false },
      blindness: '2 processes could not be read',
      interrupted: 'SIGTERM',
      incomplete: 2,
      finishedAt: NOW + 1234,
      durationMs: 1234,
      exitCode: 143,
    },
  },
];

function golden(name: string): string {
  return `../../fixtures/reports/${name}`;
}

function say(format: Format): string {
  return EVENTS.map(format).join('');
}

describe('a report of everything that can be said', () => {
  const colors = createColors(false);

  it('as JSON', async () => {
    const text = say(jsonFormat(TOOL));
    await expect(text).toMatchFileSnapshot(golden('everything.json'));
    expect(reportOf(text).items).toHaveLength(5);
  });

  it('as lines of JSON', async () => {
    await expect(say(ndjsonFormat(TOOL))).toMatchFileSnapshot(golden('everything.ndjson'));
  });

  it('as text', async () => {
    await expect(say(textFormat({ verbose: true, colors }))).toMatchFileSnapshot(golden('everything.txt'));
  });

  it('as messages', async () => {
    const options = {
      verbose: false,
      quiet: false,
      summary: true,
      tellOwners: true,
      terminal: false,
      colors,
      mark: unmarked,
    };
    await expect(say(messageFormat(options))).toMatchFileSnapshot(golden('everything.stderr'));
  });

  it('as messages in the journal', async () => {
    const options = {
      verbose: false,
      quiet: false,
      summary: true,
      tellOwners: true,
      terminal: false,
      colors,
      mark: journalMark,
    };
    await expect(say(messageFormat(options))).toMatchFileSnapshot(golden('everything.journal'));
  });

  it('as workflow commands', async () => {
    await expect(say(githubFormat())).toMatchFileSnapshot(golden('everything.github'));
  });

  it("as a step's summary", async () => {
    await expect(say(stepSummaryFormat())).toMatchFileSnapshot(golden('everything.md'));
  });
});
