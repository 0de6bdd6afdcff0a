import { accessSync, constants } from 'node:fs';
import { assertErrno, describeErrno } from '../../linux/errno.ts';
import type { Bytes } from '../../model/model.ts';
import { type Ran, runProgram } from './run-program.ts';

/** The programs that list locks and change nothing. */
const LISTINGS = [
  { program: 'nft', args: ['list', 'tables'] },
  { program: 'iptables-save', args: [] },
  { program: 'ip6tables-save', args: [] },
] as const;

type Program = (typeof LISTINGS)[number]['program'];

/** The output of the programs that this host has; `absent`: it has none of them. */
export type Listed =
  | {
      readonly kind: 'listed';
      readonly outputs: readonly { readonly program: Program; readonly printed: Bytes }[];
    }
  | { readonly kind: 'absent' }
  /** `why`: what was wrong with a program, as half a sentence. */
  | { readonly kind: 'failed'; readonly program: Program; readonly why: string };

/** The directories of administrators' programs. The caller's PATH is not asked: this runs as root. */
const DIRECTORIES = ['/usr/sbin', '/sbin', '/usr/bin', '/bin', '/run/current-system/sw/bin'];
const ENVIRONMENT = { PATH: DIRECTORIES.join(':'), LC_ALL: 'C' };
/** Milliseconds. */
const TIMEOUT_MS = 5000;
/** The rules of a large cluster's node. Bytes. */
const MOST_PRINTED = 64 * 1024 * 1024;

/** Lists the packet filters of our network namespace. */
export async function listLocks(): Promise<Listed> {
  const found = LISTINGS.flatMap((listing) => {
    const path = pathOf(listing.program);
    return path === null ? [] : [{ ...listing, path }];
  });
  if (found.length === 0) return { kind: 'absent' };
  const limits = { timeoutMs: TIMEOUT_MS, mostPrinted: MOST_PRINTED, env: ENVIRONMENT };
  const outputs = [];
  for (const { program, args, path } of found) {
    const ran = await runProgram({ path, args, ...limits });
    const why = failureOf(ran);
    if (why !== null || !('printed' in ran)) return { kind: 'failed', program, why: why ?? ran.kind };
    outputs.push({ program, printed: ran.printed });
  }
  return { kind: 'listed', outputs };
}

function pathOf(program: Program): string | null {
  for (const directory of DIRECTORIES) {
    const path = `${directory}/${program}`;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch (error) {
      // Whatever the errno: it cannot be run.
      assertErrno(error);
    }
  }
  return null;
}

function failureOf(ran: Ran): string | null {
  switch (ran.kind) {
    case 'failed':
      return describeErrno(ran.code);
    case 'timeout':
      return `no answer within ${TIMEOUT_MS / 1000} s`;
    case 'too-much':
      return `more than ${MOST_PRINTED / 1024 / 1024} MiB of rules`;
    case 'killed':
      return `killed by ${ran.signal}`;
    case 'exited':
      return ran.code === 0 ? null : `exit ${ran.code}`;
  }
}
