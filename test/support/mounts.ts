import { program } from './command.ts';
import { type Holder, hold } from './processes.ts';
import { inMountNamespace, quoted } from './wrap.ts';

/** A living process in a mount namespace of its own. */
export interface Namespace extends Holder {
  /** The content of a file as that process sees it: `mount` alive means that it can still be read. */
  read(path: string): Promise<string>;
}

/** Starts a process in a new mount namespace, private to it, after a shell's script made its mounts there. */
export async function namespace(script: string, root?: string): Promise<Namespace> {
  const holder = await hold(root === undefined ? {} : { root }, inMountNamespace(script));
  const read = async (path: string) =>
    (await program(['nsenter', '--mount', `--target=${holder.pid}`, '--', 'cat', path])).out;
  return { ...holder, read };
}

/** What a file in the mounts below says. */
export const ALIVE = 'alive\n';

/** A tmpfs mounted on `dir` in another namespace, with a file `witness` in it. */
export const tmpfsElsewhere = (dir: string): Promise<Namespace> =>
  namespace(`mount -t tmpfs none ${quoted(dir)}; echo alive > ${quoted(dir)}/witness`);

/** `source` bound on `on` in another namespace: `source` is a mount's root there, and nothing is mounted on it. */
export const bindElsewhere = (source: string, on: string): Promise<Namespace> =>
  namespace(`mount --bind ${quoted(source)} ${quoted(on)}`);

/**
 * As `tmpfsElsewhere`, but the only process of that namespace is chrooted to `jail` (an empty directory, which becomes a
 * bind of `/`): its mountinfo names the mount below its own root. `witness` is to be read at `jail` + `dir`.
 */
export const tmpfsInChroot = (dir: string, jail: string): Promise<Namespace> =>
  namespace(
    `mount --bind / ${quoted(jail)}; mount -t tmpfs none ${quoted(jail + dir)}; echo alive > ${quoted(jail + dir)}/witness`,
    jail,
  );

/**
 * Another process of the same mount namespace, chrooted to `jail`, which sees none of the mounts outside: where it is
 * looked at alone, they are missed.
 */
export const joinChrooted = (of: Namespace, jail: string): Promise<Holder> =>
  hold({ root: jail }, ['nsenter', '--mount', `--target=${of.pid}`, '--']);
