import { spawnSync } from 'node:child_process';
import { inject } from 'vitest';
import { type Ended, startProgram } from './command.ts';
import { scratch } from './scratch.ts';

/** A Debian of the test's own, without Node. */
export interface DebianRoot {
  /** Where it lies. */
  readonly path: string;
  /** Runs a program as its root would after a start: its own /tmp, /run and processes. */
  run(...argv: readonly string[]): Promise<Ended>;
  /** Runs a shell's script there. @throws Error with what it said where it fails */
  sh(script: string): Promise<string>;
  /** Every path in it, but for what dpkg and the loader keep for themselves. */
  paths(): ReadonlySet<string>;
}

/** Processes of its own: a CRIU that lives elsewhere on this machine keeps nothing here. */
const NAMESPACES = ['--mount', '--propagation=private', '--pid', '--fork', '--kill-child'];

/** Enters a root, and becomes the command. In a mount namespace of its own. */
const ENTER = `
set -eu
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs -o mode=0755 tmpfs run
pivot_root . mnt
cd /
umount -l mnt
shift
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"`;

/** What package managers write whatever they install, and wherever they do. */
const BOOKKEEPING =
  /^(?:var\/lib\/dpkg|var\/log|var\/cache|var\/lib\/apt|etc\/ld\.so\.cache|tmp\/|var\/lib\/rpm|root\/\.rpmdb)/;

/** Copies the Debian that was made for all tests. It goes when the test ends. */
export function debianRoot(): DebianRoot {
  const path = `${scratch('/var/tmp')}/root`;
  const copied = spawnSync('cp', ['--archive', '--reflink=auto', inject('packed').root, path]);
  if (copied.status !== 0) throw new Error(`no copy of the Debian: ${copied.stderr}`);
  const run = (...argv: readonly string[]) =>
    startProgram(['unshare', ...NAMESPACES, 'sh', '-c', ENTER, 'enter', path, ...argv], {
      timeoutMs: 280_000,
    }).ended;
  return {
    path,
    run,
    sh: async (script) => {
      const { code, out, err } = await run('sh', '-ec', script);
      if (code !== 0) throw new Error(`${script}: ${code}\n${out}${err}`);
      return out;
    },
    paths: () => {
      const found = spawnSync('find', [path, '-xdev', '-printf', '%P\\n'], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      });
      return new Set(found.stdout.split('\n').filter((each) => !BOOKKEEPING.test(each)));
    },
  };
}
