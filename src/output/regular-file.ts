import { UsageError } from '../model/usage-error.ts';
import { type Destination, openPlace, unwritable } from './destination.ts';

/**
 * Refuses what is there and is no regular file: it would not hold what is written to it. A masked unit is a
 * link to /dev/null.
 *
 * @throws UsageError
 */
export function refuseStream(destination: Destination): void {
  if (isFile(destination)) return;
  throw new UsageError(
    `${destination.option}: ${destination.value}: is no regular file (a masked unit is a link to /dev/null): remove it first`,
  );
}

function isFile(destination: Destination): boolean {
  if (destination.kind !== 'path') return false;
  try {
    const { directory, kind } = openPlace(destination.path);
    directory.close();
    return kind === 'file';
  } catch (error) {
    throw unwritable(destination, error);
  }
}
