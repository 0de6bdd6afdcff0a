import path from 'node:path';
import type { Command } from './measure.ts';
import { PREFIXES } from './prefixes.ts';
import type { Target, Tool } from './tool.ts';

/** What mkdtemp(3) makes of XXXXXX, as a glob. */
export const SUFFIX = '[A-Za-z0-9]'.repeat(6);
const ANY_NAME = PREFIXES.flatMap((prefix) => ['-o', '-name', `${prefix}${SUFFIX}`]).slice(1);
const GLOB = `{${PREFIXES.join(',')}}${SUFFIX}`;

/** The same expression for GNU find and bfs: all that the job asks for. In one directory they need not go deeper. */
function find(self: readonly string[], { directory, shape }: Target, action: string): Command {
  const depth = shape === 'flat' ? ['-mindepth', '1', '-maxdepth', '1'] : ['-mindepth', '1'];
  const owner = String(process.geteuid?.() ?? 0);
  const judge = ['-perm', '0700', '-user', owner, '-mmin', '+60', '-empty', action];
  return { argv: [...self, directory, ...depth, '-xdev', '-type', 'd', '(', ...ANY_NAME, ')', ...judge] };
}

function ours(self: readonly string[], { directory, shape }: Target, ...options: string[]): Command {
  const depth = shape === 'flat' ? ['--max-depth', '1'] : [];
  return { argv: [...self, '--older-than', '1h', ...depth, ...options, directory] };
}

const glob = ({ directory, shape }: Target) => path.join(directory, shape === 'flat' ? GLOB : `**/${GLOB}`);
const floorOptions = ({ shape }: Target) => (shape === 'flat' ? ['-1'] : []);

const LOOK_LACKS = 'mounts of other namespaces, locks, a CRIU at work next to it; it only looks';

/** In the order of the tables. */
export const TOOLS: readonly Tool[] = [
  {
    id: 'floor',
    label: 'floor (C)',
    executables: [],
    hint: '',
    lacks: 'the in-use check, races, reports: only the calls that cannot be avoided',
    removal: (self, target) => ({ argv: [...self, ...floorOptions(target), target.directory] }),
    dryRun: (self, target) => ({ argv: [...self, '-n', ...floorOptions(target), target.directory] }),
  },
  {
    id: 'criu-sweep',
    label: 'criu-sweep',
    executables: [],
    hint: 'npm run build, or --command <path>',
    lacks: '',
    removal: (self, target) => ours(self, target, '-q'),
    dryRun: (self, target) => ours(self, target, '-n'),
  },
  {
    id: 'criu-sweep-no-in-use',
    label: 'criu-sweep --no-in-use',
    executables: [],
    hint: 'npm run build, or --command <path>',
    lacks: 'the in-use check',
    onRequest: true,
    removal: (self, target) => ours(self, target, '-q', '--no-in-use'),
    dryRun: (self, target) => ours(self, target, '-n', '--no-in-use'),
  },
  {
    id: 'node-loop',
    label: 'bare loop (Node)',
    executables: [],
    hint: 'npm run bench builds it',
    lacks:
      'the in-use check, races, names that are not UTF-8, reports, deep trees: only the calls and checks, in a loop',
    onRequest: true,
    flatOnly: true,
    removal: (self, { directory }) => ({ argv: [...self, directory] }),
  },
  {
    id: 'find',
    label: 'GNU find',
    executables: ['find'],
    hint: 'package findutils',
    lacks: 'the in-use check',
    removal: (self, target) => find(self, target, '-delete'),
    dryRun: (self, target) => find(self, target, '-print'),
  },
  {
    id: 'bfs',
    label: 'bfs',
    executables: ['bfs'],
    hint: 'package bfs',
    lacks: 'the in-use check',
    removal: (self, target) => find(self, target, '-delete'),
    dryRun: (self, target) => find(self, target, '-print'),
  },
  {
    id: 'systemd-tmpfiles',
    label: 'systemd-tmpfiles',
    executables: ['systemd-tmpfiles'],
    hint: 'package systemd',
    lacks: 'name, mode, mounts and processes (it does heed locks); no dry run before version 256',
    removal: (self, { directory }) => ({
      argv: [...self, '--clean', '-'],
      stdin: `e ${directory} - - - M:1h\n`,
    }),
  },
  {
    id: 'tmpreaper',
    label: 'tmpreaper',
    executables: ['tmpreaper'],
    hint: 'package tmpreaper',
    lacks: 'name, mode, kind, in-use check; empties what is not empty',
    removal: (self, { directory }) => ({
      argv: [...self, '--mtime', '--mtime-dir', '--runtime=0', '1h', directory],
    }),
    dryRun: (self, { directory }) => ({
      argv: [...self, '-t', '--verbose=0', '--showdeleted', '-m', '-M', '--runtime=0', '1h', directory],
    }),
  },
  {
    id: 'del-cli',
    label: 'del-cli',
    executables: ['del', 'del-cli'],
    hint: 'npm install --prefix <dir> del-cli, then --peers-dir <dir>',
    lacks: 'kind, owner, mode, age, emptiness, in-use check: it has only the glob, and removes recursively',
    removal: (self, target) => ({ argv: [...self, '--force', glob(target)] }),
    dryRun: (self, target) => ({ argv: [...self, '--force', '--dry-run', glob(target)] }),
  },
  {
    id: 'rimraf',
    label: 'rimraf',
    executables: ['rimraf'],
    hint: 'npm install --prefix <dir> rimraf, then --peers-dir <dir>',
    lacks:
      'kind, owner, mode, age, emptiness, in-use check: it has only the glob, and removes recursively; no dry run',
    removal: (self, target) => ({ argv: [...self, '--glob', glob(target)] }),
  },
  {
    id: 'fuser',
    label: 'fuser',
    executables: ['fuser'],
    hint: 'package psmisc',
    lacks: LOOK_LACKS,
    versionOption: '-V',
    look: (self, { directory }) => ({ argv: [...self, '-s', directory] }),
  },
  {
    id: 'lsof',
    label: 'lsof',
    executables: ['lsof'],
    hint: 'package lsof',
    lacks: LOOK_LACKS,
    versionOption: '-v',
    look: (self, { directory }) => ({ argv: [...self, '-w', '-n', '-P', '-t', '+d', directory] }),
  },
];
