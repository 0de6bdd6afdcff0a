import { readlinkSync } from 'node:fs';
import type { Caller } from '../../criu/known-targets.ts';
import { asBytes, encode, fsPath, joinPath } from '../../linux/bytes.ts';
import { assertErrno } from '../../linux/errno.ts';
import type { Bytes } from '../../model/model.ts';
import { linesOf, runsSweep } from './sweep-command.ts';
import { listSystemDirectory, readSystemFile } from './system-files.ts';

/** Units that run a sweep. */
export interface Units {
  /** Timers that start one, and services that stay and repeat it, where they are enabled. */
  readonly active: readonly Bytes[];
  /** The same, where they are not enabled. */
  readonly dormant: readonly Bytes[];
}

/** The directories of units, the weightiest first (systemd.unit(5), "Unit File Load Path"). */
const DIRECTORIES = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
].map(encode);
const USER_DIRECTORIES = ['/etc/systemd/user', '/usr/lib/systemd/user'].map(encode);
/** `systemd-run --on-calendar=…` makes timers that are started at once. */
const TRANSIENT = '/run/systemd/transient';

/** Looks for services that run a sweep, for the timers that start them, and whether those are enabled. */
export function findUnits({ uid, home }: Caller): Units {
  const own =
    uid === 0 || home === undefined ? [] : [encode(`${home}/.config/systemd/user`), ...USER_DIRECTORIES];
  const directories = [...own, ...DIRECTORIES];
  const units = new Map<Bytes, Unit>();
  const enabled = new Set<Bytes>();
  for (const directory of directories) {
    for (const name of namesIn(directory)) {
      if (/\.(wants|requires|upholds)$/.test(name)) {
        for (const unit of namesIn(joinPath(directory, name))) enabled.add(fileOf(unit));
      } else if (/\.(service|timer)$/.test(name) && !units.has(name)) {
        units.set(name, readUnit(directory, name));
      }
    }
  }
  const sweeping = [...units.values()].filter(({ lines }) => lines.some(isSweepStart));
  const starters = sweeping.flatMap((service) => [
    ...[...units.values()].filter((timer) => starts(timer, service)),
    ...(service.lines.some((line) => isSweepStart(line) && /\s--every\b/.test(line)) ? [service] : []),
  ]);
  const isActive = ({ name, directory }: Unit) => enabled.has(name) || directory === TRANSIENT;
  return {
    active: starters.filter(isActive).map(({ name }) => name),
    dormant: [...starters, ...sweeping].filter((unit) => !isActive(unit)).map(({ name }) => name),
  };
}

/** The file that a unit is read from: an instance's (`a@b.timer`) is its template's (systemd.unit(5)). */
function fileOf(unit: Bytes): Bytes {
  const [, before, after] = /^([^@]+@).+(\.[a-z]+)$/s.exec(unit) ?? [];
  return before === undefined || after === undefined ? unit : asBytes(before + after);
}

interface Unit {
  readonly name: Bytes;
  readonly directory: Bytes;
  /** None where it is masked: a link to /dev/null. */
  readonly lines: readonly string[];
}

function readUnit(directory: Bytes, name: Bytes): Unit {
  const path = joinPath(directory, name);
  const text = isMasked(path) ? '' : readSystemFile(path);
  return { name, directory, lines: text !== '' && text.kind === 'held' ? linesOf(text.value) : [] };
}

function isMasked(path: Bytes): boolean {
  try {
    return readlinkSync(fsPath(path)) === '/dev/null';
  } catch (error) {
    assertErrno(error);
    return false;
  }
}

function isSweepStart(line: string): boolean {
  return /^\s*Exec(?:Start|StartPre|StartPost)\s*=/.test(line) && runsSweep(line);
}

/** systemd.timer(5): the unit that `Unit=` names, else the service of the timer's own name. */
function starts(timer: Unit, service: Unit): boolean {
  if (!timer.name.endsWith('.timer') || timer.lines.length === 0) return false;
  const named = timer.lines.flatMap((line) => /^\s*Unit\s*=\s*(\S+)/.exec(line)?.[1] ?? []).at(-1);
  return (named ?? timer.name.replace(/timer$/, 'service')) === service.name;
}

function namesIn(directory: Bytes): readonly Bytes[] {
  const names = listSystemDirectory(directory);
  return names.kind === 'held' ? names.value : [];
}
