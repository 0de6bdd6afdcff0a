import { encode } from '../../linux/bytes.ts';
import { escapeName } from '../../report/escape.ts';
import { type Check, ok } from './check.ts';
import type { KnownLeftovers, Place } from './known-leftovers.ts';

const ID = 'work-dirs';

/** Says which known work directories exist here, and what a sweep with the defaults would find in each. */
export function checkWorkDirs({ places, errors, left }: KnownLeftovers): Check {
  const [error] = errors;
  if (error !== undefined) {
    const where = `${escapeName(error.path)}: ${error.code}`;
    const message = `${placesText(places)}; ${errors.length} could not be read, the first ${where}`;
    return { id: ID, status: 'unknown', message, advice: 'criu-sweep inspect names each' };
  }
  if (left === 0) return ok(ID, placesText(places));
  return {
    id: ID,
    status: 'warning',
    message: placesText(places),
    advice: 'criu-sweep inspect tells which runs left them, criu-sweep --known removes them',
  };
}

function placesText(places: readonly Place[]): string {
  return places.length === 0
    ? 'none of the known work directories exists here'
    : places.map(placeText).join(', ');
}

/** `/tmp has 4 leftovers: 2 would be removed now, 1 too young, 1 kept`. */
function placeText({ name, directories, matched, removable, young }: Place): string {
  const many = directories === 1 ? '' : ` (${directories} directories)`;
  const where = `${escapeName(encode(name))}${many}`;
  if (matched === 0) return `${where} has no leftovers`;
  const kept = matched - removable - young;
  const parts = [
    ...(removable > 0 ? [`${removable} would be removed now`] : []),
    ...(young > 0 ? [`${young} too young`] : []),
    ...(kept > 0 ? [`${kept} kept`] : []),
  ];
  return `${where} has ${matched === 1 ? '1 leftover' : `${matched} leftovers`}: ${parts.join(', ')}`;
}
