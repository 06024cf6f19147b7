// What an editor can do about a forgotten `yield*`: a fix where it is clear what was meant, suggestions where it is
// not. Relies on meaning, rule, syntax.

import type { Found, Meanings } from './meaning.ts';
import type { Fix, RuleContext, Suggestion } from './rule.ts';
import { functionAround, is, needsParentheses } from './syntax.ts';
import type { FunctionNode, Node, NodeOf } from './syntax.ts';

/** What to write in its place, as a sentence, and how an editor can do it. */
export interface Repair {
  readonly advice: string;
  readonly fix?: Fix;
  readonly suggest?: readonly Suggestion[];
}

/** The text of an expression in one line, for a message. */
export function brief(context: RuleContext, node: Node): string {
  const text = context.sourceCode.getText(node).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * What to do about the expression `node`, in whose place the result was meant. `whole` is replaced with it: a `void`.
 */
export function repair(context: RuleContext, meanings: Meanings, node: Node, found: Found, whole = node): Repair {
  const code = brief(context, node);
  const around = functionAround(node);
  const yielded = replacement(context, node, whole, found);
  const canYield = found.always && found.what !== 'promise' && yielded !== undefined;
  const shown = found.what === 'collection' ? `yield* all(${code})` : `yield* ${code}`;
  if (found.what === 'promise')
    return { advice: `A promise does not run it either: write \`yield*\` where a coroutine can.` };
  if (around && meanings.isCoroutineFunction(around)) {
    const advice = `Write \`${shown}\`.`;
    if (!canYield) return { advice };
    if (found.what !== 'collection') return { advice, fix: yielded };
    return { advice, suggest: [{ desc: `Write \`${shown}\``, fix: yielded }] };
  }
  const suggest = canYield && around && !around.async ? asGenerator(context, meanings, around, yielded, shown) : [];
  const started = `run(${found.what === 'collection' ? `all(${code})` : code})`;
  const waits = around?.async === true;
  const promised = waits ? waitFor(started) : started;
  if (imports(context, 'run') && found.what !== 'collection' && found.always) {
    const run = `run(${context.sourceCode.getText(node)})`;
    const isNew = waits && !is(whole.parent, 'AwaitExpression');
    const text = isNew ? waitFor(run) : run;
    const fix: Fix = (fixer) => fixer.replaceText(whole, isNew && needsParentheses(whole) ? `(${text})` : text);
    suggest.push({ desc: `Write \`${promised}\``, fix });
  }
  const advice =
    !around || around.async ? `Write \`${promised}\`, or \`${shown}\` in a coroutine.`
    : around.generator ? `Write \`${shown}\` in a coroutine: this generator yields other things.`
    : `Write \`${shown}\` in a generator (\`function*\`), or start it with \`${started}\`.`;
  return { advice, suggest };
}

/** As it is written in an asynchronous function. */
const waitFor = (code: string): string => ['await', code].join(' ');

/** Puts `yield*` before it. Undefined when the file does not have what that needs: `all`, for a collection. */
function replacement(context: RuleContext, node: Node, whole: Node, found: Found): Fix | undefined {
  const isCollection = found.what === 'collection';
  if (isCollection && !imports(context, 'all')) return undefined;
  const text = context.sourceCode.getText(node);
  const yielded = isCollection ? `yield* all(${text})` : `yield* ${text}`;
  return (fixer) => fixer.replaceText(whole, needsParentheses(whole) ? `(${yielded})` : yielded);
}

/** `items.forEach(work)` becomes `yield* forEach(items, work)`, where that can be. */
export function inPlaceOfForEach(
  context: RuleContext,
  meanings: Meanings,
  call: NodeOf<'CallExpression'>,
  items: Node,
  work: Node,
): Fix | undefined {
  const around = functionAround(call);
  if (!around || !meanings.isCoroutineFunction(around) || !imports(context, 'forEach')) return undefined;
  if (call.arguments.length > 1 || !is(call.parent, 'ExpressionStatement')) return undefined;
  const [list, started] = [items, work].map((node) => context.sourceCode.getText(node));
  return (fixer) => fixer.replaceText(call, `yield* forEach(${list}, ${started})`);
}

/** Does the file import this name from treadle? */
export function imports(context: RuleContext, name: string): boolean {
  const clauses = context.sourceCode.text.matchAll(/^import\s*\{([^}]*)\}\s*from\s*['"]treadle['"]/gm);
  return [...clauses].some(([, names = '']) => names.split(',').some((one) => one.trim() === name));
}

/** Makes a generator of the function, and yields in it. Not where nobody would run the generator. */
function asGenerator(
  context: RuleContext,
  meanings: Meanings,
  around: FunctionNode,
  yielded: Fix,
  shown: string,
): Suggestion[] {
  const start = makeGenerator(context, meanings, around);
  if (!start) return [];
  const fix: Fix = (fixer) => [start(fixer), yielded(fixer)];
  return [{ desc: `Make this function a generator, and write \`${shown}\``, fix }];
}

function makeGenerator(context: RuleContext, meanings: Meanings, around: FunctionNode): Fix | undefined {
  if (around.generator || around.returnType) return undefined;
  const { parent } = around;
  const { text } = context.sourceCode;
  if (is(parent, 'MethodDefinition', 'Property') && isMethod(parent)) {
    if (is(parent, 'MethodDefinition') && parent.kind !== 'method') return undefined;
    return parent.computed ? undefined : (fixer) => fixer.insertTextBefore(parent.key, '*');
  }
  if (is(around, 'FunctionDeclaration')) return starred(around);
  if (meanings.isDropped(around)) return undefined;
  if (is(around, 'FunctionExpression')) return starred(around);
  // An arrow: it has no `this` of its own, and a generator function has.
  const body = text.slice(...around.body.range);
  if (!body.startsWith('{') || around.typeParameters || /\b(this|arguments|super)\b/.test(body)) return undefined;
  const [first, last] = [around.params[0], around.params.at(-1)];
  const parameters = first && last ? text.slice(first.range[0], last.range[1]) : '';
  return (fixer) => fixer.replaceTextRange([around.range[0], around.body.range[0]], `function* (${parameters}) `);
}

const isMethod = (node: Node): boolean =>
  is(node, 'MethodDefinition') || (is(node, 'Property') && (node.method || node.kind !== 'init'));

/** `function` becomes `function*`. */
function starred(around: FunctionNode): Fix {
  const end = around.range[0] + 'function'.length;
  return (fixer) => fixer.insertTextBeforeRange([end, end], '*');
}
