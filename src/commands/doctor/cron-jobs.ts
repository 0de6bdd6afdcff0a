import { existsSync } from 'node:fs';
import { encode, joinPath } from '../../linux/bytes.ts';
import type { Bytes } from '../../model/model.ts';
import { linesOf, runsSweep } from './sweep-command.ts';
import { listSystemDirectory, readSystemFile } from './system-files.ts';

/** The cron jobs that run a sweep: their files. */
export interface CronJobs {
  readonly jobs: readonly Bytes[];
  /** Files that cron passes over for their names. */
  readonly passedOver: readonly Bytes[];
  /** The first place that we may not read. */
  readonly hidden: Bytes | null;
}

/** Crontabs: of the system, and of users (of Debian's cron, of cronie, and of cronie in SUSE). */
const TABLES = ['/etc/crontab', '/etc/anacrontab'].map(encode);
const USER_TABLES = ['/var/spool/cron/crontabs', '/var/spool/cron', '/var/spool/cron/tabs'].map(encode);
/** Directories whose files cron takes only where their names are plain (cron(8) and run-parts(8) of Debian). */
const PARTS = [
  '/etc/cron.d',
  '/etc/cron.hourly',
  '/etc/cron.daily',
  '/etc/cron.weekly',
  '/etc/cron.monthly',
].map(encode);
const PLAIN = /^[A-Za-z0-9_-]+$/;

/** Says that systemd runs, to those who ask (sd_booted(3)). */
const SYSTEMD = '/run/systemd/system';
const WITHOUT_SYSTEMD = `[ -d ${SYSTEMD} ] || `;

/** Looks through the crontabs for a sweep. One that leaves it to systemd's timer is none where systemd runs. */
export function findCronJobs(): CronJobs {
  const systemdRuns = existsSync(SYSTEMD);
  const jobs: Bytes[] = [];
  const passedOver: Bytes[] = [];
  let hidden: Bytes | null = null;
  const lookInto = (path: Bytes, found: Bytes[]): void => {
    const text = readSystemFile(path);
    if (text.kind === 'hidden') hidden ??= path;
    if (
      text.kind === 'held' &&
      linesOf(text.value).some((line) => runsSweep(line) && !(systemdRuns && line.includes(WITHOUT_SYSTEMD)))
    )
      found.push(path);
  };
  for (const table of TABLES) lookInto(table, jobs);
  for (const directory of [...PARTS, ...USER_TABLES]) {
    const names = listSystemDirectory(directory);
    if (names.kind === 'hidden') hidden ??= directory;
    if (names.kind !== 'held') continue;
    for (const name of names.value) {
      const taken = !PARTS.includes(directory) || PLAIN.test(name);
      lookInto(joinPath(directory, name), taken ? jobs : passedOver);
    }
  }
  return { jobs, passedOver, hidden };
}
