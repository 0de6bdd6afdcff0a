import { statSync } from 'node:fs';
import { affected, type Version } from '../../criu/version.ts';
import { encode } from '../../linux/bytes.ts';
import { assertErrno } from '../../linux/errno.ts';
import { shellWord } from '../../output/shell-words.ts';
import { escapeName, escapeText } from '../../report/escape.ts';
import { askVersion } from './ask-version.ts';
import { adviceToRead } from './capabilities.ts';
import { type Check, ok } from './check.ts';
import { type FoundCriu, findCriu } from './find-criu.ts';

/** The host's CRIU, as the JSON report has it. */
export interface HostCriu {
  readonly path: string;
  /** `null`: it does not say. */
  readonly version: string | null;
  /** Of the version alone. */
  readonly affected: boolean | null;
}

/** The findings about CRIU and AppArmor. */
export interface CriuFindings {
  readonly criu: HostCriu | null;
  /** `null`: there is none, or it does not say. */
  readonly version: Version | null;
  readonly appArmor: boolean;
  readonly checks: readonly Check[];
}

const UPDATE = 'update to 3.17 or later';

/**
 * Tells which CRIU this host has, and whether it leaves a directory at every dump here.
 *
 * @param path the environment's PATH
 * @param uid effective
 */
export async function checkCriu(path: string | undefined, uid: number): Promise<CriuFindings> {
  const appArmor = isAppArmorOn();
  const { criu, version, check } = await checkFound(findCriu(path), appArmor);
  return { criu, version, appArmor: appArmor === true, checks: [check, appArmorCheck(appArmor, uid)] };
}

async function checkFound(
  found: FoundCriu,
  appArmor: boolean | null,
): Promise<{ criu: HostCriu | null; version: Version | null; check: Check }> {
  const [unusable] = found.notExecutable;
  if (found.path === null) return { criu: null, version: null, check: missing(unusable) };
  const asked = await askVersion(found.path);
  const where = escapeText(found.path);
  const { version } = asked;
  const text = version?.text ?? null;
  const criu = { path: found.path, version: text, affected: affected(version) };
  const passedOver = unusable === undefined ? '' : ` (${escapeText(unusable)} is not executable)`;
  if (version === null) {
    const advice = `see what '${shellWord(encode(found.path))} --version' says`;
    return {
      criu,
      version,
      check: { id: 'criu', status: 'unknown', message: `${where} ${asked.why}${passedOver}`, advice },
    };
  }
  return {
    criu,
    version,
    check: versionCheck(version, `CRIU ${escapeName(version.text)} (${where})${passedOver}`, appArmor),
  };
}

function missing(unusable: string | undefined): Check {
  if (unusable === undefined)
    return ok('criu', 'there is no criu on PATH or in the sbin directories; containers may bring their own');
  return {
    id: 'criu',
    status: 'unknown',
    message: `${escapeText(unusable)} is not executable, and there is no other criu`,
    advice: 'make it executable, or remove it',
  };
}

function versionCheck(version: Version, named: string, appArmor: boolean | null): Check {
  const isAffected = affected(version);
  if (isAffected === false)
    return ok('criu', `${named} leaves directories only when it is killed or fails, not at every dump`);
  const leaks =
    isAffected === null
      ? 'is a build whose version does not tell whether it leaves a directory at every dump'
      : 'leaves a directory at every dump';
  if (appArmor === false) {
    const message = `${named} ${leaks} where AppArmor is on, which it is not here`;
    return { id: 'criu', status: 'warning', message, advice: `${UPDATE} before it is` };
  }
  if (isAffected === null)
    return { id: 'criu', status: 'warning', message: `${named} ${leaks}`, advice: UPDATE };
  return {
    id: 'criu',
    status: 'problem',
    message: `${named}: every dump leaves a directory`,
    advice: UPDATE,
  };
}

/**
 * The sign of AppArmor. CRIU makes its directory for policies wherever this exists, whether or not a task is
 * confined (criu/apparmor.c).
 */
const APPARMOR = '/sys/kernel/security/apparmor';

function isAppArmorOn(): boolean | null {
  try {
    return statSync(APPARMOR, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    assertErrno(error);
    return null;
  }
}

function appArmorCheck(appArmor: boolean | null, uid: number): Check {
  if (appArmor === null) {
    const message = `${APPARMOR} may not be looked at, so it is not known whether AppArmor is on`;
    return { id: 'apparmor', status: 'unknown', message, advice: adviceToRead(uid) };
  }
  return appArmor
    ? ok('apparmor', 'AppArmor is on: every dump of CRIU 3.16 or later makes a directory for its policies')
    : ok('apparmor', `AppArmor is off (there is no ${APPARMOR}): no dump makes a directory for its policies`);
}
