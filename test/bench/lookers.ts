import { spawnSync } from 'node:child_process';
import type { Runner } from './cases.ts';
import { type Contestant, findExecutable } from './contestants.ts';
import type { Entry } from './model.ts';
import { ENVIRONMENT } from './process.ts';

/** A program that tells who uses a directory. */
interface Looker {
  readonly id: string;
  readonly hint: string;
  readonly versionOption: string;
  readonly arguments: (directory: string) => readonly string[];
}

const LACKS = 'mounts of other namespaces, locks, a CRIU at work next to it';

const LOOKERS: readonly Looker[] = [
  { id: 'fuser', hint: 'package psmisc', versionOption: '-V', arguments: (dir) => ['-s', dir] },
  {
    id: 'lsof',
    hint: 'package lsof',
    versionOption: '-v',
    arguments: (dir) => ['-w', '-n', '-P', '-t', '+d', dir],
  },
];

/** Who takes part in the look: our command with it and without, and the programs for it that are there. */
export function findLookers(ours: Contestant | null): {
  readonly runners: readonly Runner[];
  readonly entries: readonly Entry[];
  readonly missing: readonly string[];
} {
  const found = LOOKERS.map((looker) => ({ looker, file: findExecutable([looker.id]) }));
  const there = found.flatMap(({ looker, file }) => (file === undefined ? [] : [{ looker, file }]));
  const dryRun = ours?.tool.dryRun;
  const sweep = (...options: string[]) => {
    if (!ours || !dryRun) return [];
    const argv = (dir: string) => [...dryRun(ours.self, { directory: dir, shape: 'flat' }).argv, ...options];
    return [{ id: ['criu-sweep', ...options].join(' '), command: (dir: string) => ({ argv: argv(dir) }) }];
  };
  return {
    runners: [
      ...sweep(),
      ...sweep('--no-in-use'),
      ...there.map(({ looker, file }) => ({
        id: looker.id,
        command: (directory: string) => ({ argv: [file, ...looker.arguments(directory)] }),
      })),
    ],
    entries: there.map(({ looker, file }) => describe(looker, file)),
    missing: found.flatMap(({ looker: { id, hint }, file }) =>
      file === undefined ? [`${id} (${hint})`] : [],
    ),
  };
}

function describe(looker: Looker, file: string): Entry {
  const { stdout, stderr } = spawnSync(file, [looker.versionOption], { env: ENVIRONMENT, encoding: 'utf8' });
  return {
    id: looker.id,
    label: looker.id,
    version: /\b\d[\w.+~-]*/.exec(`${stdout}\n${stderr}`)?.[0] ?? 'unknown',
    command: [looker.id, ...looker.arguments('DIR')].join(' '),
    lacks: LACKS,
  };
}
