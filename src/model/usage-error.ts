/** Wrong usage: one line that says what is wrong and what would be right. Nothing was touched; exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
