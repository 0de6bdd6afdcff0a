import { CATALOGUE, type CatalogueRow } from '../../criu/catalogue.ts';
import { KNOWN_WORK_DIRS } from '../../criu/work-dirs.ts';
import { jsonText } from '../../report/escape.ts';
import { SCHEMA_VERSION } from '../../report/json-values.ts';
import { octalMode } from '../../sweep/filter.ts';
import type { KnownDirectories, KnownDirectory } from './known-directories.ts';

/** The JSON document of `catalogue`. */
export function catalogueJson({ directories }: KnownDirectories): string {
  const chosen = KNOWN_WORK_DIRS.filter(({ target }) => target === null);
  const document = {
    schemaVersion: SCHEMA_VERSION,
    kinds: CATALOGUE.map(kindValues),
    directories: directories.map(directoryValues),
    chosenByUsers: chosen.map(({ callers, source }) => ({ callers, source })),
  };
  return `${jsonText(document)}\n`;
}

function kindValues({ modes, mountable: _, ...row }: CatalogueRow): object {
  return { ...row, modes: modes?.map(octalMode) ?? null };
}

function directoryValues({ path, callers, bounds, source, found }: KnownDirectory): object {
  const { maxDepth, exclude } = bounds;
  return { path, callers, maxDepth, exclude, source, found };
}
