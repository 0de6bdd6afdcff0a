import { AA, type Around, kill } from './runs.ts';

const KILLED = kill('mkdtemp', AA);
const CHECKPOINT = 'runc checkpoint --image-path images --work-path work r';
const RESTORE = 'runc restore -d --bundle $BUNDLE --image-path $cell/images --work-path $cell/work r';
const PODMAN_CHECKPOINT = 'podman container checkpoint p';
const PODMAN_RESTORE = 'podman container restore p';

/** A runtime or an engine; what it says of a CRIU that was killed. */
const around = (name: string, first: string, words: string, more: Partial<Around>): Around => ({
  name,
  on: 'nobody',
  first,
  words: `-- ${words}`,
  status: 0,
  ...more,
});

const RUNC_FAILS = { status: 1 } as const;
const PODMAN_FAILS = { status: 125 } as const;
const killed = { shim: KILLED, removed: [AA] };
const killedAtNamespace = {
  shim: kill('mkdtemp', '.criu.mntns.'),
  removed: ['.criu.mntns.'],
  kept: [['.criu.cgyard.', 'mounted']],
} as const;

/** CRIU as runc and podman call it: over RPC, with a name and words of its own. */
export const ENGINES: readonly Around[] = [
  around('runc checkpoint finishes', 'start_runc', CHECKPOINT, {}),
  around('runc checkpoint killed', 'start_runc', CHECKPOINT, { ...RUNC_FAILS, ...killed }),
  around('runc checkpoint killed, below env', 'start_runc', `env A=b ${CHECKPOINT}`, {
    ...RUNC_FAILS,
    ...killed,
  }),
  around(
    'runc checkpoint killed, work dir is that of images',
    'start_runc',
    'runc checkpoint --image-path images r',
    { ...RUNC_FAILS, ...killed },
  ),
  around('runc checkpoint killed, no directory is named', 'start_runc', 'runc checkpoint r', {
    ...RUNC_FAILS,
    ...killed,
  }),
  around('runc restore finishes', 'checkpoint_runc', RESTORE, {}),
  around('runc restore killed', 'checkpoint_runc', RESTORE, { ...RUNC_FAILS, ...killedAtNamespace }),
  // runc changes into the bundle before it looks at the words.
  around(
    'runc restore killed, with a work dir relative to the bundle',
    'checkpoint_runc',
    'runc restore -d --bundle $BUNDLE --image-path $cell/images --work-path work r',
    { ...RUNC_FAILS, ...killedAtNamespace },
  ),
  around('podman container checkpoint finishes', 'start_podman', PODMAN_CHECKPOINT, {}),
  around('podman container checkpoint killed', 'start_podman', PODMAN_CHECKPOINT, {
    ...PODMAN_FAILS,
    ...killed,
  }),
  around('podman container checkpoint killed, below sudo', 'start_podman', `sudo -n ${PODMAN_CHECKPOINT}`, {
    ...PODMAN_FAILS,
    ...killed,
  }),
  around('podman container restore finishes', 'checkpoint_podman', PODMAN_RESTORE, {}),
  around('podman container restore killed', 'checkpoint_podman', PODMAN_RESTORE, {
    ...PODMAN_FAILS,
    ...killedAtNamespace,
  }),
];
