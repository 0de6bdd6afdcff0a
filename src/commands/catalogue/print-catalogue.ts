import { describeErrno } from '../../linux/errno.ts';
import type { Environment } from '../../model/environment.ts';
import { EXIT } from '../../model/exit-code.ts';
import { type ColorChoice, colorsFor } from '../../output/color-choice.ts';
import { widthOf } from '../../output/layout.ts';
import { complain, printResult } from '../../output/print-result.ts';
import { STDOUT } from '../../output/standard-streams.ts';
import { escapeName } from '../../report/escape.ts';
import { callerOf } from '../../request/known.ts';
import { effectiveUser } from '../../request/prepare.ts';
import { catalogueJson } from './catalogue-json.ts';
import { catalogueText } from './catalogue-text.ts';
import { findKnownDirectories } from './known-directories.ts';

/** The options of `catalogue`. */
export interface CatalogueOptions {
  readonly json?: boolean;
  readonly color: ColorChoice;
}

/**
 * Prints the kinds of leftovers, and the known directories with those that exist here.
 *
 * @returns the exit status
 */
export async function printCatalogue(options: CatalogueOptions, env: Environment): Promise<number> {
  const known = await findKnownDirectories(callerOf(effectiveUser(), env));
  const colors = colorsFor(STDOUT, options.color, env);
  const text =
    options.json === true ? catalogueJson(known) : catalogueText(known, { width: widthOf(STDOUT) }, colors);
  for (const { path, code, syscall } of known.errors)
    await complain(`${escapeName(path)}: ${describeErrno(code)} (${syscall})`, env);
  return printResult(text, env, known.errors.length === 0 ? EXIT.done : EXIT.incomplete);
}
