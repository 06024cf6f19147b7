// Marks: JavaScript cannot tell at which line a generator is suspended. So the program is told to say it, right before
// each of its yields, and when one of its generators begins:
//
//   function* page(url) {                        function* page(url) {const $here = $enter("page", arguments);
//     const a = yield* sleep(10);                  const a = yield* $at($here, 2, sleep(10));
//     yield* body(a);                              yield* $at($here, 3, body(a));
//   }                                            }
//
// Nothing else is changed, and all lines stay where they are. What a mark does with that is in activations.ts.
//
// Relies on the parser. The code that comes in is JavaScript: sucrase has taken the types out.

import { parser } from '@lezer/javascript';
import type { SyntaxNode } from '@lezer/common';

/** The names that the marked code uses. None of them may occur in the program. */
export interface MarkNames {
  readonly enter: string;
  readonly at: string;
  readonly here: string;
}

/** Names that the program does not use. */
export function markNamesFor(code: string): MarkNames {
  let end = '';
  while (['$enter', '$at', '$here'].some((name) => code.includes(name + end))) end += '_';
  return { enter: `$enter${end}`, at: `$at${end}`, here: `$here${end}` };
}

interface Insertion {
  readonly position: number;
  readonly text: string;
}

/** The code with its marks. */
export function withMarks(code: string, { enter, at, here }: MarkNames): string {
  const insertions: Insertion[] = [];
  const insert = (position: number, text: string) => void insertions.push({ position, text });
  /** The bodies of the functions around, and whether each is a generator's. */
  const inside: boolean[] = [];
  const starts = lineStarts(code);

  parser.parse(code).iterate({
    enter({ name, node, from, to }) {
      if (isFunction(node)) {
        const isGenerator = isGeneratorFunction(node);
        inside.push(isGenerator);
        const body = node.getChild('Block');
        if (isGenerator && body)
          insert(body.from + 1, `const ${here} = ${enter}(${JSON.stringify(nameOf(node, code))}, arguments);`);
      } else if (name === 'YieldExpression') {
        const operand = node.lastChild as SyntaxNode;
        const line = lineOf(starts, from);
        if (operand.name !== 'yield' && operand.name !== 'Star') {
          insert(operand.from, `${at}(${here}, ${line}, `);
          insert(operand.to, ')');
        }
      } else if (name === 'VariableName' && code.slice(from, to) === 'yield' && inside.at(-1) === true) {
        // A yield of nothing. What stands on the next line must not become the arguments of a call.
        const ends = /^[ \t]*\n\s*[([`+\-/]/.test(code.slice(to)) ? ';' : '';
        insert(to, ` ${at}(${here}, ${lineOf(starts, from)})${ends}`);
      }
    },
    leave({ node }) {
      if (isFunction(node)) inside.pop();
    },
  });

  // Of two at the same place the inner one, which came last, stands first: `yield yield`.
  let marked = '';
  let done = 0;
  for (const { position, text } of insertions.reverse().sort((a, b) => a.position - b.position)) {
    marked += code.slice(done, position) + text;
    done = position;
  }
  return marked + code.slice(done);
}

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunction', 'MethodDeclaration'];

/** A method of an object is a property with parameters. */
function isFunction(node: SyntaxNode): boolean {
  return FUNCTIONS.includes(node.name) || (node.name === 'Property' && node.getChild('ParamList') !== null);
}

/** `function* f() {}`, `*f() {}` in a class or an object. */
function isGeneratorFunction(node: SyntaxNode): boolean {
  return node.getChild('Star') !== null && node.getChild('Block') !== null;
}

/** Its own name; that of the variable that it is the value of; or the text that `coroutine('name', ...)` was given. */
function nameOf(node: SyntaxNode, code: string): string {
  const own =
    node.getChild('VariableDefinition') ??
    node.getChild('PropertyDefinition') ??
    node.getChild('PrivatePropertyDefinition');
  if (own) return code.slice(own.from, own.to);
  const { parent } = node;
  if (parent?.name === 'ArgList') {
    const text = parent.getChild('String');
    if (text && text.to <= node.from) return code.slice(text.from + 1, text.to - 1);
    return nameOfVariable(parent.parent as SyntaxNode, code); // const page = coroutine(function* () {
  }
  return nameOfVariable(node, code);
}

function nameOfVariable(value: SyntaxNode, code: string): string {
  const { prevSibling } = value;
  if (prevSibling?.name !== 'Equals') return '';
  const variable = prevSibling.prevSibling;
  return variable?.name === 'VariableDefinition' ? code.slice(variable.from, variable.to) : '';
}

function lineStarts(code: string): readonly number[] {
  const starts = [0];
  for (let at = code.indexOf('\n'); at >= 0; at = code.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineOf(starts: readonly number[], position: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] as number) <= position) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
