import { parseVersion, type Version } from '../../criu/version.ts';
import { asBytes } from '../../linux/bytes.ts';
import { describeErrno } from '../../linux/errno.ts';
import type { Bytes } from '../../model/model.ts';
import { escapeName } from '../../report/escape.ts';
import { type Ran, runProgram } from './run-program.ts';

/** The answer of `criu --version`; `why`: what was wrong with it, as half a sentence. */
export type Asked = { readonly version: Version } | { readonly version: null; readonly why: string };

/** The time that criu may take, in milliseconds; printing its version takes it a few. */
const TIMEOUT_MS = 5000;
/** More than this is no version. Bytes. */
const MOST_PRINTED = 64 * 1024;
const QUOTED = 60;

/** Runs `criu --version`. */
export async function askVersion(path: string): Promise<Asked> {
  const ran = await runProgram({
    path,
    args: ['--version'],
    timeoutMs: TIMEOUT_MS,
    mostPrinted: MOST_PRINTED,
  });
  const version = ran.kind === 'failed' || ran.kind === 'too-much' ? null : parseVersion(ran.printed);
  return version === null ? { version, why: whyNot(ran) } : { version };
}

function whyNot(ran: Ran): string {
  switch (ran.kind) {
    case 'failed':
      return `cannot be run: ${describeErrno(ran.code)}`;
    case 'timeout':
      return `did not answer within ${TIMEOUT_MS / 1000} s`;
    case 'killed':
      return `was killed by ${ran.signal}`;
    case 'too-much':
      return whatInstead(ran.printed);
    case 'exited':
      return `${whatInstead(ran.printed)}${ran.code === 0 ? '' : ` (exit ${ran.code})`}`;
  }
}

function whatInstead(printed: Bytes): string {
  const said = asBytes(printed.trim().slice(0, QUOTED));
  return said === '' ? 'printed nothing' : `printed no version but '${escapeName(said)}'`;
}
