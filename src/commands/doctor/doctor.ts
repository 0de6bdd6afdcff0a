import { readOwnMounts } from '../../linux/own-mounts.ts';
import type { Environment } from '../../model/environment.ts';
import { EXIT } from '../../model/exit-code.ts';
import { type ColorChoice, colorsFor } from '../../output/color-choice.ts';
import { widthOf } from '../../output/layout.ts';
import { printResult } from '../../output/print-result.ts';
import { STDOUT } from '../../output/standard-streams.ts';
import { callerOf, type KnownEnvironment } from '../../request/known.ts';
import { effectiveUser } from '../../request/prepare.ts';
import type { Check } from './check.ts';
import { checkConfiguration } from './configuration-check.ts';
import { checkCriu } from './criu-checks.ts';
import { type Diagnosis, diagnosisJson, diagnosisText } from './diagnosis.ts';
import { checkKernelProbes } from './kernel-probes.ts';
import { findKnownLeftovers } from './known-leftovers.ts';
import { checkNetworkLocks } from './network-locks-check.ts';
import { checkSchedule } from './schedule-check.ts';
import { checkVisibility } from './visibility.ts';
import { checkWorkDirs } from './work-dirs-check.ts';

/** The options of `doctor`. */
export interface DoctorOptions {
  readonly json?: boolean;
  readonly color: ColorChoice;
}

/** The environment variables that `doctor` reads. */
export type DoctorEnvironment = Environment & KnownEnvironment;

/** `criu-sweep doctor`: checks this host, and says so. @returns the exit status */
export async function doctorCommand(options: DoctorOptions, env: DoctorEnvironment): Promise<number> {
  const diagnosis = await diagnose(env);
  const colors = colorsFor(STDOUT, options.color, env);
  const text =
    options.json === true
      ? diagnosisJson(diagnosis)
      : diagnosisText(diagnosis, { width: widthOf(STDOUT) }, colors);
  return printResult(text, env, diagnosis.exitCode);
}

async function diagnose(env: DoctorEnvironment): Promise<Diagnosis> {
  const now = Date.now();
  const uid = effectiveUser();
  const caller = callerOf(uid, env);
  const mounts = readOwnMounts();
  const { criu, version, appArmor, checks } = await checkCriu(env.PATH, uid);
  const known = await findKnownLeftovers(caller, mounts);
  const { checked, foreignPidNamespace } = known.sight.report;
  const all = [
    ...checks,
    checkKernelProbes({ uid, now, mounts, version, runtimeDir: env.XDG_RUNTIME_DIR }),
    checkConfiguration(caller),
    ...checkVisibility(uid, known.sight, mounts),
    checkWorkDirs(known),
    await checkNetworkLocks(uid, checked && !foreignPidNamespace),
    checkSchedule(caller, criu !== null || known.left > 0),
  ];
  return { criu, appArmor, checks: all, exitCode: exitCodeOf(all) };
}

/** A check that could not be made wins over one that found something to do. */
function exitCodeOf(checks: readonly Check[]): number {
  if (checks.some(({ status }) => status === 'unknown')) return EXIT.incomplete;
  return checks.some(({ status }) => status !== 'ok') ? EXIT.somethingToRemove : EXIT.done;
}
