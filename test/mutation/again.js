import { readFileSync } from 'node:fs';
import base from './stryker.config.js';

const g = process.env.CRIU_SWEEP_MUTATE;
const mutate = JSON.parse(readFileSync(`/tmp/mutation/again-${g}.json`, 'utf8'));
export default {
  ...base,
  mutate,
  incremental: false,
  jsonReporter: { fileName: `build/mutation/again/${g}.json` },
  tempDirName: `build/mutation/sandbox-again-${g}`,
};
