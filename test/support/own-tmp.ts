import { PACKAGE } from './command.ts';
import { inMountNamespace, quoted } from './wrap.ts';

/**
 * Runs the command in a mount namespace where /tmp is empty and its own, for nobody else's directories to come and go
 * there. The package stays where it is, also below /tmp.
 */
export const withOwnTmp = (script = ':'): string[] => {
  const root = quoted(PACKAGE);
  return inMountNamespace(
    `mount --bind ${root} /mnt; mount -t tmpfs -o mode=1777 none /tmp; mkdir -p ${root}; mount --bind /mnt ${root}\n${script}`,
  );
};
