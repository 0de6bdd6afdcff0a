import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { PACKAGE } from './command.ts';

const ROOT = `${PACKAGE}fixtures/criu-logs`;

/** The recorded runs that left something or could have, with the work dirs as they were found. */
export const RECORDED = [
  'dump-ok-3.16.1',
  'dump-ok-3.16.1-quiet',
  'dump-failed-3.16.1',
  'dump-killed-3.17.1',
  'dump-nopid-3.17.1',
  'restore-ok-3.17.1',
] as const;

/** Makes a recorded run's work dir below `root`: its files and what it left, with the times they had; its path. */
export function stageRun(root: string, folder: string): string {
  const dir = `${root}/${folder}`;
  mkdirSync(dir, { recursive: true });
  for (const file of readdirSync(`${ROOT}/${folder}`))
    if (!file.endsWith('.txt')) copyFileSync(`${ROOT}/${folder}/${file}`, `${dir}/${file}`);
  for (const line of linesOf(`${folder}/left.txt`)) {
    const [, name = '', seconds = ''] = /([^/ ]+) 700 0 2 (\d+) directory$/.exec(line) ?? [];
    mkdirSync(`${dir}/${name}`, { mode: 0o700 });
    utimesSync(`${dir}/${name}`, Number(seconds), Number(seconds));
  }
  for (const line of linesOf(`${folder}/times.txt`)) {
    const [, name = '', seconds = ''] = /\/([^/ ]+) mtime=(\d+)$/.exec(line) ?? [];
    if (!existsSync(`${dir}/${name}`)) writeFileSync(`${dir}/${name}`, '');
    utimesSync(`${dir}/${name}`, Number(seconds), Number(seconds));
  }
  return dir;
}

function linesOf(file: string): string[] {
  return existsSync(`${ROOT}/${file}`) ? readFileSync(`${ROOT}/${file}`, 'utf8').trim().split('\n') : [];
}

/** The bytes of a log in fixtures/criu-logs. */
export const logOf = (file: string): Buffer => readFileSync(`${ROOT}/${file}`);
