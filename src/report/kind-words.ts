import type { CatalogueRow, MadeIn } from '../criu/catalogue.ts';
import { octalMode } from '../sweep/filter.ts';

/** The name of a kind's leftovers, six X for what mkdtemp(3) fills in: `.criu.mntns.XXXXXX`. */
export function nameText({ prefix }: Pick<CatalogueRow, 'prefix'>): string {
  return `${prefix}XXXXXX`;
}

/** The modes that a leftover can have: `0777 or 0700`. */
export function modesText({ modes }: Pick<CatalogueRow, 'modes'>): string {
  return modes === null ? 'any' : modes.map(octalMode).join(' or ');
}

const PLACES: Readonly<Record<MadeIn, string>> = {
  'work dir': "CRIU's work dir",
  '/tmp': '/tmp',
  root: "the container's root",
};

/** The places where CRIU makes a kind: `/tmp or CRIU's work dir`. */
export function placesText({ places }: Pick<CatalogueRow, 'places'>): string {
  return places.map((place) => PLACES[place]).join(' or ');
}

/** The tasks of CRIU that make a kind, and when: `dump, pre-dump (where AppArmor is on)`. */
export function makersText({ madeBy, condition }: Pick<CatalogueRow, 'madeBy' | 'condition'>): string {
  const makers = madeBy.map((making) => (making === 'start' ? 'any start' : making)).join(', ');
  return condition === null ? makers : `${makers} (${condition})`;
}

/** The file system that is mounted on a kind while CRIU is alive: `a tmpfs`, or `nothing`. */
export function mountedText({ mounted }: Pick<CatalogueRow, 'mounted'>): string {
  return mounted ?? 'nothing';
}
