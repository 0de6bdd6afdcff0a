/** What is said of an error that nobody foresaw, with its stack, for a report to us. */
export function bugReport(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `criu-sweep: this is a bug in criu-sweep, please report it:\n${stack}\n`;
}
