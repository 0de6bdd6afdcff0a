import type { Tool } from '../report/json-values.ts';
import { readPackageFile } from './package-file.ts';

/** Name and version of this tool, from its package.json. */
export function readTool(): Tool {
  const manifest: unknown = JSON.parse(readPackageFile('package.json'));
  if (typeof manifest === 'object' && manifest !== null && 'name' in manifest && 'version' in manifest) {
    return { name: String(manifest.name), version: String(manifest.version) };
  }
  throw new Error('package.json names no version');
}
