import { statSync } from 'node:fs';
import { affected, type Version } from '../../criu/version.ts';
import { encode } from '../../linux/bytes.ts';
import { assertErrno } from '../../linux/errno.ts';
import { shellWord } from '../../output/shell-words.ts';
import { escapeText } from '../../report/escape.ts';
import { askVersion } from './ask-version.ts';
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
  readonly appArmor: boolean;
  readonly checks: readonly Check[];
}

const UPDATE = 'update to 3.17 or later';

/** Which CRIU this host has, and whether it leaves a directory at every dump here. */
export async function checkCriu(path: string | undefined): Promise<CriuFindings> {
  const appArmor = isAppArmorOn();
  const found = findCriu(path);
  const { criu, check } = await checkFound(found, appArmor);
  return { criu, appArmor: appArmor === true, checks: [check, appArmorCheck(appArmor)] };
}

async function checkFound(
  found: FoundCriu,
  appArmor: boolean | null,
): Promise<{ criu: HostCriu | null; check: Check }> {
  const [unusable] = found.notExecutable;
  if (found.path === null) return { criu: null, check: missing(unusable) };
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
      check: { id: 'criu', status: 'unknown', message: `${where} ${asked.why}${passedOver}`, advice },
    };
  }
  return {
    criu,
    check: versionCheck(version, `CRIU ${escapeText(version.text)} (${where})${passedOver}`, appArmor),
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
  if (affected(version) !== true)
    return ok('criu', `${named} leaves directories only when it is killed or fails, not at every dump`);
  if (appArmor === false) {
    const message = `${named} leaves a directory at every dump where AppArmor is on, which it is not here`;
    return { id: 'criu', status: 'warning', message, advice: `${UPDATE} before it is` };
  }
  return {
    id: 'criu',
    status: 'problem',
    message: `${named}: every dump leaves a directory`,
    advice: UPDATE,
  };
}

/** CRIU makes its directory for policies wherever this exists, whether or not a task is confined (criu/apparmor.c). */
const APPARMOR = '/sys/kernel/security/apparmor';

function isAppArmorOn(): boolean | null {
  try {
    return statSync(APPARMOR, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    assertErrno(error);
    return null;
  }
}

function appArmorCheck(appArmor: boolean | null): Check {
  if (appArmor === null) {
    const message = `${APPARMOR} may not be looked at, so it is not known whether AppArmor is on`;
    return { id: 'apparmor', status: 'unknown', message, advice: 'run criu-sweep doctor as root' };
  }
  return appArmor
    ? ok('apparmor', 'AppArmor is on: every dump of CRIU 3.16 or later makes a directory for its policies')
    : ok('apparmor', `AppArmor is off (there is no ${APPARMOR}): no dump makes a directory for its policies`);
}
