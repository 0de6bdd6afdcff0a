import { constants } from 'node:os';
import { AA, type Around, DUMP, HELD, kill, killedDump } from './runs.ts';

const PROBE = '.criu.move_mount_set_group.';
const YARD = '.criu.cgyard.';

const RESTORE = '-- criu restore -D $WORK/images --root $ROOT --manage-cgroups -W work -d -v4 -o restore.log';
const CONTAINER = `-- criu dump ${DUMP} -W work --root $ROOT --manage-cgroups`;

/** CRIU as a user calls it. */
export const DIRECT: readonly Around[] = [
  { name: 'dump finishes', on: 'task', words: `-- criu dump ${DUMP} -W work`, status: 0 },
  { name: 'dump fails', on: 'nobody', words: `-- criu dump ${DUMP} -W work`, status: 1 },
  {
    name: 'pre-dump finishes',
    on: 'task',
    words: '-- criu pre-dump -t $task -D images -W work -v4 -o pre-dump.log',
    status: 0,
  },
  { name: 'restore finishes', on: 'nobody', words: RESTORE, status: 0 },
  {
    name: 'restore fails',
    on: 'nobody',
    words: '-- criu restore -D images -W work -d -v4 -o restore.log',
    status: 1,
  },
  killedDump('dump killed', `-- criu dump ${DUMP} -W work`),
  killedDump('dump killed, work dir is that of images', `-- criu dump ${DUMP}`),
  killedDump('dump killed, --work-dir=', `-- criu dump ${DUMP} --work-dir=work`),
  killedDump('dump killed, work dir named to us', `--work-dir work -- criu dump ${DUMP} -W work`),
  {
    ...killedDump('dump ended by SIGTERM', `-- criu dump ${DUMP} -W work`),
    shim: kill('mkdtemp', AA, 'KILL_WITH=15'),
    status: 143,
  },
  killedDump('pre-dump killed', '-- criu pre-dump -t $task -D images -W work -v4 -o pre-dump.log'),
  {
    name: 'dump killed with policies in its directory',
    on: 'confined',
    shim: kill('remove', AA, 'KILL_WHEN=before'),
    words: `-- criu dump ${DUMP} -W work`,
    status: 137,
    kept: [[AA, 'not-empty']],
  },
  {
    name: 'dump killed in its probe',
    on: 'task',
    shim: kill('mkdtemp', 'move_mount'),
    words: `-- criu dump ${DUMP} -W work`,
    status: 137,
    removed: [PROBE],
  },
  {
    name: 'dump killed in its probe, mounted',
    on: 'task',
    shim: kill('mount', 'move_mount'),
    words: `-- criu dump ${DUMP} -W work`,
    status: 137,
    kept: [[PROBE, 'mounted']],
  },
  {
    name: 'check killed',
    on: 'nobody',
    shim: kill('mkdtemp', '.criu.mnt.'),
    words: '-- criu check --feature autofs',
    status: 137,
    removed: ['.criu.mnt.'],
  },
  {
    name: 'dump killed at its cgroups',
    on: 'container',
    shim: kill('mkdtemp', 'cgmounts', 'OLD_KERNEL=1'),
    words: CONTAINER,
    status: 137,
    removed: ['.criu.cgmounts.'],
  },
  {
    name: 'dump whose helper is killed at its network',
    on: 'network',
    shim: kill('mkdtemp', 'crtools-sys', 'OLD_KERNEL=1'),
    words: CONTAINER,
    status: 1,
    removed: ['crtools-sys.'],
  },
  {
    name: 'restore killed at its cgroups',
    on: 'nobody',
    shim: kill('mkdtemp', 'cgyard'),
    words: RESTORE,
    status: 137,
    removed: [YARD],
  },
  {
    name: 'restore killed at its cgroups, mounted',
    on: 'nobody',
    shim: kill('mount', 'cgyard'),
    words: RESTORE,
    status: 137,
    kept: [[YARD, 'mounted']],
  },
  {
    name: 'restore killed at its namespace',
    on: 'nobody',
    shim: kill('mkdtemp', '.criu.mntns.'),
    words: RESTORE,
    status: 137,
    removed: ['.criu.mntns.'],
    kept: [[YARD, 'mounted']],
  },
  {
    name: 'restore killed at its namespace, of mode 0777',
    on: 'nobody',
    shim: kill('mount', '.criu.mntns.'),
    words: RESTORE,
    status: 137,
    removed: ['.criu.mntns.'],
    kept: [[YARD, 'mounted']],
  },
  ...(['INT', 'TERM', 'HUP', 'QUIT'] as const).map((signal) => ({
    name: `SIG${signal} to us while a dump runs`,
    on: 'task' as const,
    shim: HELD,
    meanwhile: `pkill -${signal} -x node`,
    words: `-- criu dump ${DUMP} -W work`,
    status: 128 + constants.signals[`SIG${signal}`],
    removed: [AA],
  })),
];
