import { PACKAGE } from './command.ts';
import { inMountNamespace, quoted } from './wrap.ts';

const emptied = (dir: string): string => `mount -t tmpfs -o mode=755 none ${quoted(dir)}`;

/**
 * In a mount namespace where the places that criu-sweep knows by path are empty: /tmp, /run and /var/lib, and what else
 * is named; then after these commands of a shell ran there. This package stays where it is. A place in /etc or /var need
 * not exist on this machine: its /etc is a copy there, and its /var/spool empty.
 */
export function onEmptyHost(commands: readonly string[], more: readonly string[] = []): string[] {
  const here = quoted(PACKAGE);
  return inMountNamespace(
    [
      `mount --bind ${here} /mnt`,
      ...['/tmp', '/run', '/var/lib', '/var/spool'].map(emptied),
      ...(more.some((dir) => dir.startsWith('/etc/'))
        ? ['cp -a /etc /run/etc', 'mount --bind /run/etc /etc']
        : []),
      ...more.map((dir) =>
        /^\/(etc|var)\//.test(dir) ? `mkdir -p ${quoted(dir)}\n${emptied(dir)}` : emptied(dir),
      ),
      `mkdir -p ${here}`,
      `mount --bind /mnt ${here}`,
      'umount /mnt',
      'chmod 1777 /tmp',
      ...commands,
    ].join('\n'),
  );
}
