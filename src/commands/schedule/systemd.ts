import ms from 'ms';
import { UsageError } from '../../model/usage-error.ts';
import { fill, readTemplate } from '../../package/template.ts';
import { formatDuration } from '../../request/duration.ts';
import { quoteForExec, quoteForPaths } from './command-words.ts';
import { calendarInterval } from './interval.ts';
import { refuseForExec } from './program-word.ts';
import type { Schedule, ScheduleFile } from './schedule-file.ts';
import type { Capability } from './scheduled-sweep.ts';

/** The reasons why the service keeps its capabilities. */
const NOTES: Readonly<Record<Capability, string>> = {
  DAC_OVERRIDE:
    "root's leftovers also lie in directories that belong to others, and that they alone may enter.",
  SYS_PTRACE: '/proc/PID of every process, to know whether it uses a directory.',
  FOWNER: 'leftovers of one user in a sticky directory of another.',
};

/** The most bytes of a command in a unit: of a line (LONG_LINE_MAX of systemd) without `ExecStart=`. */
const LONGEST_COMMAND = 1024 * 1024 - 'ExecStart='.length - 1;

/** Writes the service and its timer. @throws UsageError for what a unit file cannot say */
export function systemdFiles(schedule: Schedule): ScheduleFile[] {
  return [
    { name: 'criu-sweep.service', text: service(schedule) },
    { name: 'criu-sweep.timer', text: timer(schedule) },
  ];
}

function service({ sweep, command, version }: Schedule): string {
  const paths = sweep.paths.map(({ path }) => path);
  const broken = paths.find((path) => /[\n\r]/.test(path));
  if (broken !== undefined)
    throw new UsageError(
      `'${broken}': a unit file cannot say a line break in a path: name the directory above it`,
    );
  refuseForExec(command);
  const line = [...command, ...sweep.args].map((word, at) => quoteForExec(word, at === 0)).join(' ');
  const length = Buffer.byteLength(line);
  if (length > LONGEST_COMMAND)
    throw new UsageError(
      `the command is ${length} bytes long, and a line of a unit takes ${LONGEST_COMMAND}: use globs`,
    );
  return fill(readTemplate('criu-sweep.service'), {
    version,
    command: line,
    readWritePaths: paths.map((path) => `ReadWritePaths=-${quoteForPaths(path)}`).join('\n'),
    protectHome: protectHome([...paths, ...command]),
    capabilityNotes: sweep.capabilities.map((name) => `# CAP_${name}: ${NOTES[name]}`).join('\n'),
    capabilities: sweep.capabilities.map((name) => `CAP_${name}`).join(' '),
    // id(1) asks for a name through sockets of nscd, sssd or systemd-userdbd.
    addressFamilies: sweep.ownerIsName ? 'AF_UNIX' : 'none',
  });
}

const HOMES = ['/home', '/root', '/run/user'];

/** The value of ProtectHome=: homes are hidden if neither a swept path nor the command lies in one. */
function protectHome(paths: readonly string[]): string {
  const touched = HOMES.some((home) =>
    paths.some(
      (path) => `${path}/`.startsWith(`${home}/`) || `${home}/`.startsWith(path === '/' ? '/' : `${path}/`),
    ),
  );
  return touched ? 'read-only' : 'yes';
}

const LONGEST_DELAY_MS = ms('15m');
/** systemd's own, which a short interval would be lost in (systemd.timer(5)). */
const LONGEST_INACCURACY_MS = ms('1m');

function timer({ everyMs, version }: Schedule): string {
  const every = formatDuration(everyMs);
  const calendar = calendarInterval(everyMs);
  const tenth = (longestMs: number) => formatDuration(Math.min(longestMs, Math.ceil(everyMs / 10)));
  return fill(readTemplate('criu-sweep.timer'), {
    version,
    every,
    delay: tenth(LONGEST_DELAY_MS),
    accuracy: tenth(LONGEST_INACCURACY_MS),
    when: calendar === undefined ? monotonic(every) : onCalendar(calendar.onCalendar),
  });
}

function onCalendar(expression: string): string {
  return `OnCalendar=${expression}\n# A run that was missed, because the host was off, is made up for.\nPersistent=true`;
}

/** The timer for an interval that no calendar has: counted from the host's start. */
function monotonic(every: string): string {
  return `# No calendar has this interval. It is counted from one start to the next, the first soon after the host's.\nOnBootSec=1m\nOnUnitActiveSec=${every}`;
}
