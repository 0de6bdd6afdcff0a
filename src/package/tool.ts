import { readFileSync } from 'node:fs';
import type { Tool } from '../report/json-values.ts';
import { packageFile } from './package-file.ts';

/** Name and version of this tool, from its package.json. */
export function readTool(): Tool {
  const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'name' in manifest && 'version' in manifest) {
    return { name: String(manifest.name), version: String(manifest.version) };
  }
  throw new Error('package.json names no version');
}
