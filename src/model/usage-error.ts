/**
 * Wrong usage. The message is one line: what is wrong, and what would be right. Nothing was touched; exit
 * status 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
