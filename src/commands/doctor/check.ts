/** `unknown`: the check could not be made. */
const CHECK_STATUSES = ['ok', 'warning', 'problem', 'unknown'] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** One check: what was found, what that means, and what to do about it. */
export interface Check {
  readonly id: string;
  readonly status: CheckStatus;
  /** One line, already escaped for a terminal. */
  readonly message: string;
  readonly advice: string | null;
}

/** A check that found no problem. */
export function ok(id: string, message: string): Check {
  return { id, status: 'ok', message, advice: null };
}
