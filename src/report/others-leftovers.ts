import type { Counts, Start } from '../model/events.ts';
import type { Item } from '../model/model.ts';

const ROOT = 0;

/** The numbers of owners that are named, and that are remembered. There may be as many as users. */
const MOST_NAMED = 3;
const MOST_REMEMBERED = 1000;

/** The owners of the leftovers that a sweep kept because they belong to another user. */
export class OthersLeftovers {
  readonly #owners = new Set<number>();
  /** Whether a leftover was kept for its owner alone. */
  #forOwnerAlone = false;

  /** Notes an item of the sweep. */
  note({ result }: Item): void {
    if (result.outcome !== 'kept') return;
    this.#forOwnerAlone ||= result.reasons.length === 1 && result.reasons[0]?.why === 'owner';
    if (this.#owners.size >= MOST_REMEMBERED) return;
    for (const reason of result.reasons) if (reason.why === 'owner') this.#owners.add(reason.uid);
  }

  /**
   * The advice for a sweep that removed nothing because all leftovers belong to others: whose they are, and
   * who would have to run this. `null` for any other sweep.
   */
  advice(counts: Counts, { uid }: Start): string | null {
    const { kept, removed, wouldRemove, failed, keptBy } = counts;
    if (!this.#forOwnerAlone || keptBy.owner !== kept || removed + wouldRemove + failed > 0) return null;
    const owners = [...this.#owners].sort((a, b) => a - b);
    const named = owners.slice(0, MOST_NAMED).map(userText);
    const whose = owners.length > MOST_NAMED ? `${named.join(', ')} and others` : named.join(' and ');
    return `kept ${kept} ${kept === 1 ? 'directory' : 'directories'} of ${whose}: ${whoCould(owners, uid)}`;
  }
}

function whoCould(owners: readonly number[], caller: number): string {
  const [owner] = owners;
  const option = owners.length === 1 ? `--owner ${owner}` : '--owner any';
  if (owners.length > 1 || owner === undefined)
    return caller === ROOT ? `say ${option}` : `run this as root with ${option}`;
  if (owner === caller || caller === ROOT) return `say ${option}`;
  return owner === ROOT ? 'run this as root' : `run this as that user, or as root with ${option}`;
}

function userText(uid: number): string {
  return uid === ROOT ? 'uid 0 (root)' : `uid ${uid}`;
}
