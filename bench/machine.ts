import { readFileSync, realpathSync } from 'node:fs';
import os from 'node:os';
import type { FileSystem, Machine } from './model.ts';

/** Describes the machine, and the file systems that the `directories` lie on. */
export function describeMachine(
  directories: readonly { readonly fs: FileSystem; readonly directory: string }[],
): Machine {
  return {
    date: new Date().toISOString(),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    memoryMiB: Math.round(os.totalmem() / 2 ** 20),
    kernel: `${os.type()} ${os.release()} ${os.machine()}`,
    node: process.version,
    load: os
      .loadavg()
      .map((load) => load.toFixed(2))
      .join(' '),
    fileSystems: Object.fromEntries(directories.map(({ fs, directory }) => [fs, mountOf(directory).text])),
  };
}

/** The mount that a directory lies on, by /proc/self/mountinfo (proc(5)): its type, and type with options. */
export function mountOf(directory: string): { readonly type: string; readonly text: string } {
  const real = realpathSync(directory);
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const [, , , , point = '', options = ''] = before.split(' ');
      const [type = 'unknown', , superOptions = ''] = after.split(' ');
      const all = [...new Set([...options.split(','), ...superOptions.split(',')])];
      return { point, type, text: `${type} (${all.filter((option) => !option.includes('=')).join(',')})` };
    })
    .filter(({ point }) => point === '/' || real === point || real.startsWith(`${point}/`));
  return mounts.reduce((best, mount) => (mount.point.length >= best.point.length ? mount : best), {
    point: '',
    type: 'unknown',
    text: 'unknown',
  });
}
