import { readFileSync } from 'node:fs';
import { attempt } from '../../linux/seen.ts';

/** The numbers of capabilities (linux/capability.h). */
const CAPABILITIES = { DAC_READ_SEARCH: 2n, NET_ADMIN: 12n, SYS_PTRACE: 19n, SYS_ADMIN: 21n } as const;

/** Tells whether we have a capability, effective now; `false` also where that cannot be read. */
export function hasCapability(name: keyof typeof CAPABILITIES): boolean {
  const status = attempt(() => readFileSync('/proc/self/status', 'latin1'));
  const effective = status.kind === 'seen' ? /^CapEff:\t([0-9a-f]+)/m.exec(status.value)?.[1] : undefined;
  return effective !== undefined && ((BigInt(`0x${effective}`) >> CAPABILITIES[name]) & 1n) === 1n;
}

/** The advice to who may not read a file or a directory of the system. @param uid effective */
export function adviceToRead(uid: number): string {
  if (uid !== 0) return 'run criu-sweep doctor as root';
  return hasCapability('DAC_READ_SEARCH')
    ? 'a confinement (AppArmor, SELinux, a sandbox) or the file system forbids it: run criu-sweep doctor without'
    : 'run criu-sweep doctor with CAP_DAC_READ_SEARCH, which this root lacks';
}
