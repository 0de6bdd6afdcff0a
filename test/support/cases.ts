/**
 * The number of cases that a property of a parser is tried on: `usual`, or what CRIU_SWEEP_CASES says (`npm run
 * test:cases`: a million). The seed is printed where one fails.
 */
export const cases = (usual: number): { readonly numRuns: number } => ({
  numRuns: Number(process.env.CRIU_SWEEP_CASES ?? usual),
});
