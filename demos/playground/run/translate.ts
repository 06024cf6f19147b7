// The reader's text becomes a script: sucrase takes the types out and makes calls of `require` out of imports, and the
// marks come in. Lines stay lines. Relies on sucrase, marks, refusals.

import { transform } from 'sucrase';
import { markNamesFor, withMarks } from './marks.ts';
import type { MarkNames } from './marks.ts';
import { refusalIn } from './refusals.ts';
import { syntaxErrorIn } from './syntax-error.ts';
import type { CodeError } from './request.ts';

export interface Script {
  readonly code: string;
  readonly names: MarkNames;
}

/** Longer programs are refused: the page would stand still while they are read. */
const LONGEST = 200_000;

/** The script, or what is wrong with the text. */
export function translate(text: string): { readonly script: Script } | { readonly error: CodeError } {
  if (text.length > LONGEST)
    return { error: { kind: 'refused', message: `The program has more than ${LONGEST} characters.` } };
  let code: string;
  try {
    ({ code } = transform(text, { transforms: ['typescript', 'imports'], disableESTransforms: true }));
  } catch (error) {
    return { error: ofSucrase(text, error) };
  }
  const refusal = refusalIn(text);
  if (refusal !== undefined) return { error: refusal };
  const names = markNamesFor(text);
  const marked = withMarks(code, names);
  try {
    new Function(marked);
  } catch (error) {
    return { error: syntaxErrorIn(text, (error as Error).message) };
  }
  return { script: { code: marked, names } };
}

/** `Error transforming program: Unexpected token (3:5)`, or an error of its own that has no place. */
function ofSucrase(text: string, error: unknown): CodeError {
  const { message } = error as Error;
  const [, what = message, line, column] = /^(?:.*?: )?(.*?) \((\d+):(\d+)\)$/s.exec(message) ?? [];
  if (line === undefined) return syntaxErrorIn(text, what);
  return { kind: 'syntax', message: `${what}.`, line: Number(line), column: Number(column) };
}
