// What a program of the playground cannot use, and what it can use instead. A run must be the same each time, so nothing
// may come from outside of it: no promise, no timer and no clock of the host, no network.
//
// Most of it is found in the text, before anything runs, so that the line can be shown. What is not (a name in a
// string, `eval`) throws the same sentence when it is used.
//
// Relies on the parser.

import { parser } from '@lezer/javascript';
import type { SyntaxNode, Tree } from '@lezer/common';
import type { CodeError } from './request.ts';
import { placeIn } from './place-in.ts';

const TIMERS = 'Timers of the host would run after the program: write yield* sleep(100), imported from treadle.';
const WORLD = 'The program runs by itself, without a page and without a process.';

/** By the name of a global: the sentence. */
export const REFUSED: Readonly<Record<string, string>> = {
  Promise: 'Promises are settled by the host, after the program: write a coroutine, a Future or suspend, from treadle.',
  fetch:
    "There is no network here: import fetch from 'treadle' and a server that answers from 'treadle/testing', " +
    'intercept({ fetch: fakeFetch({ ... }) }, work).',
  XMLHttpRequest: "There is no network here: use fetch from 'treadle' with fakeFetch from 'treadle/testing'.",
  WebSocket: "There is no network here: a Queue or a Channel of treadle can stand for the other side's messages.",
  setTimeout: TIMERS,
  setInterval: TIMERS,
  setImmediate: 'The host has no turn during the program: write yield* yieldNow(), imported from treadle.',
  queueMicrotask: 'The host has no turn during the program: write yield* yieldNow(), imported from treadle.',
  requestAnimationFrame: TIMERS,
  Date: 'The clock of the host differs in each run: write yield* now(), imported from treadle.',
  performance: 'The clock of the host differs in each run: write yield* now(), imported from treadle.',
  crypto: 'Chance must come from the seed: write yield* random(), imported from treadle.',
  process: WORLD,
  window: WORLD,
  self: WORLD,
  document: WORLD,
  globalThis: WORLD,
  postMessage: WORLD,
  importScripts: 'A program imports from treadle and treadle/testing only.',
  Worker: 'A worker would run beside the program: spawn a task instead.',
};

const ASYNC =
  'async functions give promises, which are settled by the host after the program: write function* and yield* ' +
  'instead of async function and await.';

/** By the name of a node. */
const NODES: Readonly<Record<string, string>> = {
  async: ASYNC,
  await: ASYNC,
  DynamicImport: "import() gives a promise: write import { ... } from 'treadle' at the top.",
};

/** What can be imported. The engine of a chapter is treadle itself here. */
const MODULES = ['treadle', 'treadle/testing', './engine.ts', './engine.js'];

export function isModule(name: string): boolean {
  return MODULES.includes(name);
}

export function noModule(name: string): string {
  return `There is no '${name}' here: a program imports from 'treadle' and 'treadle/testing' only.`;
}

const typescript = parser.configure({ dialect: 'ts' });

/** The first thing in the program that cannot be used here. */
export function refusalIn(code: string): CodeError | undefined {
  const tree = typescript.parse(code);
  const declared = declaredIn(tree, code);
  let found: CodeError | undefined;
  tree.iterate({
    enter({ name, from, to, node }) {
      if (found !== undefined) return false;
      const message = messageFor(name, code.slice(from, to), node, declared);
      if (message !== undefined) found = { kind: 'refused', message, ...placeIn(code, from) };
      return undefined;
    },
  });
  return found;
}

function messageFor(kind: string, text: string, node: SyntaxNode, declared: ReadonlySet<string>): string | undefined {
  if (kind === 'VariableName') return declared.has(text) || !Object.hasOwn(REFUSED, text) ? undefined : REFUSED[text];
  if (kind === 'String' && node.prevSibling?.name === 'from') {
    const isType = node.parent?.firstChild?.nextSibling?.name === 'type';
    const module = text.slice(1, -1);
    return isType || isModule(module) ? undefined : noModule(module);
  }
  return Object.hasOwn(NODES, kind) ? NODES[kind] : undefined;
}

/** The names that the program gives to something, anywhere in it. */
function declaredIn(tree: Tree, code: string): ReadonlySet<string> {
  const declared = new Set<string>();
  tree.iterate({
    enter({ name, from, to }) {
      if (name === 'VariableDefinition') declared.add(code.slice(from, to));
    },
  });
  return declared;
}

/** In the place of a global: whatever is done with it throws the sentence. */
export function refusing(name: string): unknown {
  const refuse = (): never => {
    throw new TypeError(`${name} cannot be used here. ${REFUSED[name]}`);
  };
  return new Proxy(function () {}, { get: refuse, set: refuse, has: refuse, apply: refuse, construct: refuse });
}
