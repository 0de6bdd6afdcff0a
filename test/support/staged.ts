import { PACKAGE } from './command.ts';
import { inMountNamespace, quoted } from './wrap.ts';

/**
 * In a mount namespace where the places that criu-sweep knows by path are empty: /tmp, /run and /var/lib, and what else
 * is named; then after these commands of a shell ran there. This package stays where it is.
 */
export function staged(commands: readonly string[], more: readonly string[] = []): string[] {
  const here = quoted(PACKAGE);
  return inMountNamespace(
    [
      `mount --bind ${here} /mnt`,
      ...['/tmp', '/run', '/var/lib', ...more].map((dir) => `mount -t tmpfs -o mode=755 none ${quoted(dir)}`),
      `mkdir -p ${here}`,
      `mount --bind /mnt ${here}`,
      'umount /mnt',
      'chmod 1777 /tmp',
      ...commands,
    ].join('\n'),
  );
}
