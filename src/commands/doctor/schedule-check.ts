import type { Caller } from '../../criu/known-targets.ts';
import { bytes } from '../../linux/bytes.ts';
import { shellCommand } from '../../output/shell-words.ts';
import { escapeName } from '../../report/escape.ts';
import { adviceToRead } from './capabilities.ts';
import { type Check, ok } from './check.ts';
import { findCronJobs } from './cron-jobs.ts';
import { findRepeatingSweep } from './repeating-sweep.ts';
import { findUnits } from './systemd-units.ts';

const ID = 'schedule';
const ADVICE =
  'criu-sweep schedule systemd -- --known prints a timer, criu-sweep schedule cron -- --known a cron job';

/**
 * Tells whether a timer, a cron job or a process sweeps again and again.
 *
 * @param needed false: there is neither a CRIU nor a leftover here, so nothing has to be swept
 */
export function checkSchedule(caller: Caller, needed: boolean): Check {
  const units = findUnits(caller);
  const cron = findCronJobs();
  const pid = findRepeatingSweep();
  const found = [
    ...units.active.map((unit) => escapeName(unit)),
    ...cron.jobs.map((file) => escapeName(file)),
    ...(pid === null ? [] : [`a process with --every (pid ${pid})`]),
  ];
  if (found.length > 0) return ok(ID, `a sweep is run by ${found.join(', ')}`);
  const [dormant] = units.dormant;
  if (dormant !== undefined) {
    const enable = [bytes`systemctl`, bytes`enable`, bytes`--now`, dormant];
    return warning(`${escapeName(dormant)} would run a sweep, but is not enabled`, shellCommand(enable));
  }
  const [passedOver] = cron.passedOver;
  if (passedOver !== undefined) {
    const message = `${escapeName(passedOver)} would run a sweep, but cron passes over file names of other than letters, digits, - and _`;
    return warning(message, 'rename it');
  }
  if (cron.hidden !== null) {
    const message = `no timer that runs a sweep was found, and ${escapeName(cron.hidden)} may not be read`;
    return {
      id: ID,
      status: 'unknown',
      message,
      advice: adviceToRead(caller.uid),
    };
  }
  const message = 'no timer, cron job or process runs a sweep';
  return needed
    ? warning(`${message}: what killed CRIUs leave stays`, ADVICE)
    : ok(ID, `${message}, and there is neither a CRIU nor a leftover to sweep`);
}

function warning(message: string, advice: string): Check {
  return { id: ID, status: 'warning', message, advice };
}
