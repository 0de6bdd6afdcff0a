import { CRIU } from '../../criu/catalogue.ts';
import { lockTables, type PacketLocks, packetLocks, unlockCommands } from '../../criu/network-locks.ts';
import { assertErrno } from '../../linux/errno.ts';
import { commOf, effectiveUidOf, listPids } from '../../linux/proc.ts';
import { counted } from '../../output/progress.ts';
import { hasCapability } from './capabilities.ts';
import { type Check, ok } from './check.ts';
import { type Listed, listLocks } from './list-locks.ts';

const ID = 'network-locks';
const ROOT = 0;

const ELSEWHERE = 'the network namespaces of containers are not looked at';

/**
 * Looks for network locks that a CRIU left in our network namespace: they block the connections of what it
 * dumped. Changes nothing.
 *
 * @param uid effective; only root may list them
 * @param seesAll whether /proc shows the processes of the host, so that a living CRIU would be seen
 */
export async function checkNetworkLocks(uid: number, seesAll: boolean): Promise<Check> {
  if (uid !== ROOT) return unknown('only root may list network locks', 'run criu-sweep doctor as root');
  const listed = await listLocks();
  switch (listed.kind) {
    case 'absent':
      return ok(ID, 'no network lock of CRIU was looked for: there is neither nft nor iptables-save');
    case 'failed':
      return unknown(
        `${listed.program} cannot list network locks: ${listed.why}`,
        adviceToList(listed.program),
      );
    case 'listed':
      return judge(new Locks(listed), seesAll);
  }
}

function adviceToList(program: string): string {
  return hasCapability('NET_ADMIN')
    ? `see what ${program} says`
    : 'run criu-sweep doctor with CAP_NET_ADMIN, which this root lacks';
}

/** Commands that are written out; of more rules only their number is said. */
const MOST_COMMANDS = 12;

/** The locks found, in words, and the commands that undo them. */
class Locks {
  readonly named: string[] = [];
  readonly commands: string[] = [];

  constructor({ outputs }: Listed & { kind: 'listed' }) {
    for (const { program, printed } of outputs) {
      if (program === 'nft') this.#addTables(lockTables(printed));
      else this.#addPacketLocks(program === 'iptables-save' ? 'iptables' : 'ip6tables', packetLocks(printed));
    }
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

/**
 * The pids of living CRIUs of root, who alone can lock a network, by their comm; `null`: not all could be seen.
 * Anybody can call a process so.
 */
function livingMakers(): readonly number[] | null {
  try {
    const comms = listPids().map((pid) => ({ pid, comm: commOf(pid) }));
    if (comms.some(({ comm }) => comm.kind === 'hidden')) return null;
    const named = comms.flatMap(({ pid, comm }) =>
      comm.kind === 'seen' && CRIU.isComm(comm.value) ? [pid] : [],
    );
    return named.filter((pid) => (effectiveUidOf(pid) ?? ROOT) === ROOT);
  } catch (error) {
    assertErrno(error);
    return null;
  }
}

function unknown(message: string, advice: string): Check {
  return { id: ID, status: 'unknown', message, advice };
}
