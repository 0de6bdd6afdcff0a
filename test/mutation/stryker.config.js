import { chosenGroup, NAME } from './groups.js';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: chosenGroup().mutate,
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', import.meta.resolve('./ignore-words.js')],
  ignorers: ['words'],
  vitest: { configFile: 'test/mutation/vitest.config.js', related: false },
  coverageAnalysis: 'perTest',
  // TypeScript 7 has no API that Stryker could rewrite tsconfig.json with: it finds none.
  tsconfigFile: 'none',
  disableTypeChecks: true,
  concurrency: 1,
  // Stryker copies the project, and would copy these too.
  ignorePatterns: ['/build', '/dist', '/bench', '/test/mutation/node_modules'],
  tempDirName: `build/mutation/sandbox-${NAME}`,
  incremental: true,
  incrementalFile: `build/mutation/${NAME}-incremental.json`,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: `build/mutation/${NAME}.json` },
};
