import { lstatSync, statSync } from 'node:fs';
import ms from 'ms';
import { compareVersions, type Version } from '../../criu/version.ts';
import { bytes, encode } from '../../linux/bytes.ts';
import { describeErrno, errnoOf } from '../../linux/errno.ts';
import type { OwnMounts } from '../../linux/own-mounts.ts';
import { readSmallFile } from '../../linux/small-file.ts';
import { shellCommand } from '../../output/shell-words.ts';
import { escapeText } from '../../report/escape.ts';
import { adviceToRead } from './capabilities.ts';
import { type Check, ok } from './check.ts';

/** The host as far as the kernel-probe cache depends on it. */
export interface ProbingHost {
  /** Effective uid. */
  readonly uid: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly mounts: OwnMounts;
  /** Of the host's own CRIU; `null`: there is none, or it does not say. */
  readonly version: Version | null;
  /** `XDG_RUNTIME_DIR`, where CRIU keeps its cache with `--unprivileged`. */
  readonly runtimeDir: string | undefined;
}

/** KDAT_RUNDIR of CRIU's Makefile: /run, in the builds of Fedora and RHEL /run/criu. */
const DIRECTORIES = ['/run', '/run/criu'];
const CACHE = 'criu.kdat';

/**
 * The files that CRIU writes its kernel probes to before it renames them: v3.1 to v3.17.1, and v3.18 and
 * later. They are opened with O_EXCL (criu/kerndat.c:1276 @v4.2), so that one left behind keeps every
 * later CRIU from caching its probes.
 */
const UNFINISHED = ['.criu.kdat', 'criu.kdat.tmp'];

/**
 * The first release whose clean-up takes the wrong file away where the directory is no tmpfs
 * (criu/kerndat.c:1315 @v4.2).
 */
const FIRST_LEAVING = { major: 3, minor: 18, sublevel: 0 };

/** KDAT_MAGIC (0x57023458, criu/include/magic.h), with which a cache begins, in either byte order. */
const MAGICS = ['\x58\x34\x02\x57', '\x57\x02\x34\x58'];
/** Larger is no cache: it is the size of a struct. */
const MOST_BYTES = 64 * 1024;

/** A CRIU that is at it takes milliseconds for it. */
const STALE_AFTER_MS = 60_000;

const ID = 'kernel-probes';

/** Tells whether CRIU can cache its kernel probes, and what lies in the way. */
export function checkKernelProbes(host: ProbingHost): Check {
  const own = host.runtimeDir?.startsWith('/') ? [host.runtimeDir.replace(/(?<=.)\/+$/, '')] : [];
  try {
    const places = [...new Set([...DIRECTORIES, ...own])].map((directory) => lookInto(directory, host));
    return judge(places.filter(isInTheWay), host);
  } catch (error) {
    const { code, syscall } = errnoOf(error);
    const message = `a kernel-probe cache of CRIU cannot be looked for: ${describeErrno(code)} (${syscall})`;
    return { id: ID, status: 'unknown', message, advice: adviceToRead(host.uid) };
  }
}

interface Place {
  readonly directory: string;
  /** `null`: the directory does not exist, or its file system is not known. */
  readonly isTmpfs: boolean | null;
  readonly hasCache: boolean;
  /** The files that were left unfinished, and the time of each in milliseconds since 1970. */
  readonly stale: readonly { readonly path: string; readonly timeMs: number }[];
  /** The host's CRIU will leave one here at its next start. */
  readonly isLittered: boolean;
}

function lookInto(directory: string, { now, mounts, version }: ProbingHost): Place {
  const stale = UNFINISHED.flatMap((name) => {
    const path = `${directory}/${name}`;
    const timeMs = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
    return timeMs !== undefined && now - timeMs > STALE_AFTER_MS ? [{ path, timeMs }] : [];
  });
  const isTmpfs = isOnTmpfs(directory, mounts);
  const leaves = version !== null && compareVersions(version, FIRST_LEAVING) >= 0;
  const isLittered = directory === DIRECTORIES[0] && isTmpfs === false && leaves;
  return { directory, isTmpfs, hasCache: hasCache(directory), stale, isLittered };
}

function isOnTmpfs(directory: string, mounts: OwnMounts): boolean | null {
  const stats = statSync(directory, { throwIfNoEntry: false });
  return stats === undefined || mounts.all.length === 0 ? null : mounts.fsTypeOf(stats.dev) === 'tmpfs';
}

/** Tells whether a finished cache is there: CRIU loads it, and writes none. */
function hasCache(directory: string): boolean {
  const file = readSmallFile(`${directory}/${CACHE}`, MOST_BYTES, 'latin1');
  if (file.kind !== 'text') return false;
  return MAGICS.includes(file.text.slice(0, 4));
}

function isInTheWay({ hasCache: isCached, stale, isLittered }: Place): boolean {
  return !isCached && (stale.length > 0 || isLittered);
}

const PROBES_ANEW = 'CRIU probes the kernel anew at every start';

function judge(places: readonly Place[], { now }: ProbingHost): Check {
  if (places.length === 0) return ok(ID, 'no unfinished kernel-probe cache lies in the way of CRIU');
  const findings = [
    unkept(places.filter(({ isTmpfs }) => isTmpfs === false)),
    left(
      places.filter(({ isTmpfs }) => isTmpfs !== false).flatMap(({ stale }) => stale),
      now,
    ),
  ].flat();
  return {
    id: ID,
    status: 'warning',
    message: `${findings.map(({ what }) => what).join('; ')}: ${PROBES_ANEW}`,
    advice: findings.map(({ todo }) => todo).join('; '),
  };
}

interface Finding {
  readonly what: string;
  readonly todo: string;
}

function unkept(places: readonly Place[]): readonly Finding[] {
  return places.map(({ directory, stale }) => {
    const where = escapeText(directory);
    const files = stale.map(({ path }) => escapeText(path)).join(' and ');
    const leaving = files === '' ? '' : ` (and left ${files})`;
    return {
      what: `${where} is no tmpfs, where alone CRIU keeps its kernel-probe cache${leaving}`,
      todo: `make ${where} a tmpfs, as systemd does; to remove the file alone does not help`,
    };
  });
}

function left(stale: Place['stale'], now: number): readonly Finding[] {
  if (stale.length === 0) return [];
  const paths = stale.map(({ path }) => path);
  const age = ms(Math.max(0, Math.round(now - Math.min(now, ...stale.map(({ timeMs }) => timeMs)))));
  const are = stale.length === 1 ? 'is' : 'are';
  return [
    {
      what: `${paths.map(escapeText).join(' and ')} ${are} left from a CRIU that was killed (${age} ago)`,
      todo: shellCommand([bytes`rm`, ...paths.map(encode)]),
    },
  ];
}
