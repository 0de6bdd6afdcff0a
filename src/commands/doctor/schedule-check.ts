import type { Caller } from '../../criu/work-dirs.ts';
import { encode } from '../../linux/bytes.ts';
import { shellCommand } from '../../output/shell-words.ts';
import { escapeText } from '../../report/escape.ts';
import { type Check, ok } from './check.ts';
import { findCronJobs } from './cron-jobs.ts';
import { findRepeatingSweep } from './repeating-sweep.ts';
import { findUnits } from './systemd-units.ts';

const ID = 'schedule';
const ADVICE =
  'criu-sweep schedule systemd -- --known prints a timer, criu-sweep schedule cron -- --known a cron job';

/**
 * Whether a timer, a cron job or a process sweeps again and again.
 *
 * @param needed false: there is neither a CRIU nor a leftover here, so nothing has to be swept
 */
export function checkSchedule(caller: Caller, needed: boolean): Check {
  const units = findUnits(caller);
  const cron = findCronJobs();
  const pid = findRepeatingSweep();
  const found = [
    ...units.active.map((unit) => escapeText(unit)),
    ...cron.jobs.map((file) => escapeText(file)),
    ...(pid === null ? [] : [`a process with --every (pid ${pid})`]),
  ];
  if (found.length > 0) return ok(ID, `a sweep is run by ${found.join(', ')}`);
  const [dormant] = units.dormant;
  if (dormant !== undefined) {
    const enable = ['systemctl', 'enable', '--now', dormant];
    return warning(
      `${escapeText(dormant)} would run a sweep, but is not enabled`,
      shellCommand(enable.map(encode)),
    );
  }
  const [passedOver] = cron.passedOver;
  if (passedOver !== undefined) {
    const message = `${escapeText(passedOver)} would run a sweep, but cron passes over file names of other than letters, digits, - and _`;
    return warning(message, 'rename it');
  }
  if (cron.hidden !== null) {
    const message = `no timer that runs a sweep was found, and ${escapeText(cron.hidden)} may not be read`;
    return {
      id: ID,
      status: 'unknown',
      message,
      advice: caller.uid === 0 ? null : 'run criu-sweep doctor as root',
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
