// Where a text is no program. The language says what is wrong and not where, so the parser of the editor is asked: it
// reads on behind an error, and marks it. Relies on the parser.

import { parser } from '@lezer/javascript';
import { placeIn } from './place-in.ts';
import type { CodeError } from './request.ts';

const typescript = parser.configure({ dialect: 'ts' });

/** `message` is what the language says. */
export function syntaxErrorIn(text: string, message: string): CodeError {
  let position: number | undefined;
  typescript.parse(text).iterate({
    enter({ type, from }) {
      if (type.isError) position ??= from;
      return position === undefined ? undefined : false;
    },
  });
  // Some errors are none of the grammar, such as a name that is declared twice. The name is in the message.
  const [, name] = /'([\p{ID_Start}$_][\p{ID_Continue}$]*)' has already been declared/u.exec(message) ?? [];
  if (name !== undefined) position = secondDeclaration(text, name) ?? position;
  const whole = `${message.replace(/\.$/, '')}.`;
  return { kind: 'syntax', message: whole, ...(position === undefined ? {} : placeIn(text, position)) };
}

function secondDeclaration(text: string, name: string): number | undefined {
  let [found, position]: [number, number | undefined] = [0, undefined];
  typescript.parse(text).iterate({
    enter({ name: kind, from, to }) {
      if (kind === 'VariableDefinition' && text.slice(from, to) === name && ++found === 2) position = from;
    },
  });
  return position;
}
