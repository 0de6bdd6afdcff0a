import { asBytes } from '../linux/bytes.ts';
import type { Bytes } from '../model/model.ts';

/**
 * The nftables tables that lock connections, out of `nft list tables`: `CRIU-` and the pid of the task that
 * was dumped (v3.16 to v4.0), or the ID of CRIU's run (v4.1 and later; criu/netfilter.c, nftables_get_table).
 *
 * @returns their names; all are of the family inet
 */
export function lockTables(listed: Bytes): readonly string[] {
  return [...listed.matchAll(/^table inet (CRIU-[\w-]{1,64})$/gm)].map(([, name = '']) => name);
}

/** Locks that CRIU made by iptables-restore and iptables, out of iptables-save. */
export interface PacketLocks {
  /**
   * The rules that lead to the chain `CRIU`, which lets only CRIU's own packets through (criu/net.c,
   * iptables_network_lock_internal), and whether the chain exists.
   */
  readonly jumps: readonly Bytes[];
  readonly hasChain: boolean;
  /** Rules that each lock one connection: they drop what bears not CRIU's mark (criu/netfilter.c). */
  readonly connections: readonly Bytes[];
}

/** SOCCR_MARK (soccr/soccr.h): CRIU marks its own packets with it. */
const CONNECTION = /^-A (?:INPUT|OUTPUT) .*-m mark ! --mark 0xc114 .*-j DROP$/;

/** Reads the output of iptables-save or ip6tables-save. */
export function packetLocks(saved: Bytes): PacketLocks {
  const lines = saved.split('\n');
  return {
    jumps: lines.filter((line) => /^-A (?:INPUT|OUTPUT) -j CRIU$/.test(line)),
    hasChain: lines.some((line) => line.startsWith(':CRIU ')),
    connections: lines.filter((line) => CONNECTION.test(line)),
  };
}

/** The commands that undo locks, in their order. @param tool `iptables` or `ip6tables` */
export function unlockCommands(
  tool: 'iptables' | 'ip6tables',
  { jumps, hasChain, connections }: PacketLocks,
): readonly string[] {
  const rules = [...jumps, ...connections].map((rule) => asBytes(rule.replace('-A ', '-D ')));
  return [
    ...rules.map((rule) => `${tool} ${rule}`),
    ...(hasChain ? [`${tool} -F CRIU`, `${tool} -X CRIU`] : []),
  ];
}
