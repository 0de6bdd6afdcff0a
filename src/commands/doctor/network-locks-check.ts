import { accessSync, constants } from 'node:fs';
import { CRIU } from '../../criu/catalogue.ts';
import { lockTables, type PacketLocks, packetLocks, unlockCommands } from '../../criu/network-locks.ts';
import { assertErrno, describeErrno } from '../../linux/errno.ts';
import { commOf, listPids } from '../../linux/proc.ts';
import type { Bytes } from '../../model/model.ts';
import { counted } from '../../output/progress.ts';
import { type Check, ok } from './check.ts';
import { hasCapability } from './rights.ts';
import { type Ran, runProgram } from './run-program.ts';

const ID = 'network-locks';
const ROOT = 0;

/** Where administrators' programs lie; never where the caller's PATH leads, as this runs as root. */
const DIRECTORIES = ['/usr/sbin', '/sbin', '/usr/bin', '/bin', '/run/current-system/sw/bin'];
const ENVIRONMENT = { PATH: DIRECTORIES.join(':'), LC_ALL: 'C' };
/** Milliseconds. */
const TIMEOUT_MS = 5000;
/** The rules of a large cluster's node. Bytes. */
const MOST_PRINTED = 64 * 1024 * 1024;

/** The programs that list locks and change nothing. */
const LISTINGS = [
  { program: 'nft', args: ['list', 'tables'] },
  { program: 'iptables-save', args: [] },
  { program: 'ip6tables-save', args: [] },
] as const;

const ELSEWHERE = 'the network namespaces of containers are not looked at';

/**
 * Looks for network locks that a CRIU left in our network namespace: they block the connections of what it
 * dumped. Changes nothing.
 *
 * @param uid effective; only root may list them
 * @param seesAll whether /proc shows the processes of the host, so that a living CRIU would be seen
 */
export async function checkNetworkLocks(uid: number, seesAll: boolean): Promise<Check> {
  const found = LISTINGS.flatMap((listing) => {
    const path = pathOf(listing.program);
    return path === null ? [] : [{ ...listing, path }];
  });
  if (found.length === 0)
    return ok(ID, 'no network lock of CRIU was looked for: there is neither nft nor iptables-save');
  if (uid !== ROOT) return unknown('only root may list network locks', 'run criu-sweep doctor as root');
  const listed = await Promise.all(
    found.map(async ({ program, args, path }) => {
      const ran = await runProgram({
        ...{ path, args, timeoutMs: TIMEOUT_MS, mostPrinted: MOST_PRINTED },
        env: ENVIRONMENT,
      });
      return { program, ran };
    }),
  );
  const locks = new Locks();
  for (const { program, ran } of listed) {
    const failure = failureOf(ran);
    if (failure !== null || !('printed' in ran))
      return unknown(`${program} cannot list network locks: ${failure}`, adviceToList(program));
    locks.add(program, ran.printed);
  }
  return judge(locks, seesAll);
}

function adviceToList(program: string): string {
  return hasCapability('NET_ADMIN')
    ? `see what ${program} says`
    : 'run criu-sweep doctor with CAP_NET_ADMIN, which this root lacks';
}

function pathOf(program: string): string | null {
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

/** Commands that are written out; of more rules only their number is said. */
const MOST_COMMANDS = 12;

/** The locks found, in words, and the commands that undo them. */
class Locks {
  readonly named: string[] = [];
  readonly commands: string[] = [];

  add(program: (typeof LISTINGS)[number]['program'], printed: Bytes): void {
    if (program === 'nft') this.#addTables(lockTables(printed));
    else this.#addPacketLocks(program === 'iptables-save' ? 'iptables' : 'ip6tables', packetLocks(printed));
  }

  #addTables(tables: readonly string[]): void {
    for (const table of tables.slice(0, MOST_COMMANDS)) this.named.push(`nft table inet ${table}`);
    if (tables.length > MOST_COMMANDS) this.named.push(`${tables.length - MOST_COMMANDS} more nft tables`);
    this.commands.push(...tables.map((table) => `nft delete table inet ${table}`));
  }

  #addPacketLocks(tool: 'iptables' | 'ip6tables', locks: PacketLocks): void {
    const { length } = locks.connections;
    if (locks.hasChain || locks.jumps.length > 0) this.named.push(`${tool} chain CRIU`);
    if (length > 0) this.named.push(`${counted(length, `${tool} rule`, `${tool} rules`)} with CRIU's mark`);
    this.commands.push(...unlockCommands(tool, locks));
  }
}

function judge({ named, commands }: Locks, seesAll: boolean): Check {
  if (named.length === 0) return ok(ID, `no network lock of CRIU is in this network namespace; ${ELSEWHERE}`);
  const locks = named.join(', ');
  const makers = seesAll ? livingMakers() : null;
  if (makers === null)
    return unknown(
      `${locks}: whether a living CRIU holds this cannot be seen here`,
      "run criu-sweep doctor in the host's pid namespace",
    );
  const [pid] = makers;
  if (pid !== undefined) return ok(ID, `${locks}: a living CRIU (pid ${pid}) may hold this`);
  const shown = commands.slice(0, MOST_COMMANDS).join('; ');
  const more =
    commands.length > MOST_COMMANDS ? `; and ${commands.length - MOST_COMMANDS} more like these` : '';
  return {
    id: ID,
    status: 'warning',
    message: `${locks}: no CRIU is alive, and the connections of what it dumped stay blocked; ${ELSEWHERE}`,
    advice: `unless a checkpoint is still to be restored with its connections: ${shown}${more}`,
  };
}

/** The pids of living CRIUs, by their comm; `null`: not all could be seen. */
function livingMakers(): readonly number[] | null {
  try {
    const comms = listPids().map((pid) => ({ pid, comm: commOf(pid) }));
    if (comms.some(({ comm }) => comm.kind === 'hidden')) return null;
    return comms.flatMap(({ pid, comm }) => (comm.kind === 'seen' && comm.value === CRIU.comm ? [pid] : []));
  } catch (error) {
    assertErrno(error);
    return null;
  }
}

function unknown(message: string, advice: string): Check {
  return { id: ID, status: 'unknown', message, advice };
}
