// Mistakes that TypeScript accepts and the rules must find: one in each program. `fixed` is what the autofix makes of the
// line that it changes; `suggested` what the first suggestion of an editor makes of it.

export interface Mistake {
  readonly name: string;
  readonly code: string;
  readonly says: RegExp;
  readonly fixed?: string;
  readonly suggested?: string;
}

export const mistakes: readonly Mistake[] = [
  // What is not used.
  {
    name: 'a pause that does not pause',
    code: 'export function* main() {\n  sleep(100);\n  yield* sleep(1);\n}',
    says: /`sleep\(100\)` does nothing here: an effect runs only when it is yielded. Write `yield\* sleep\(100\)`/,
    fixed: '  yield* sleep(100);',
  },
  {
    name: 'a coroutine that has no other yield',
    code: 'export function* main() {\n  page(urls[0]!);\n}',
    says: /does nothing here/,
    fixed: '  yield* page(urls[0]!);',
  },
  {
    name: 'a plain coroutine',
    code: "export function* main(): Coroutine<void> {\n  plain('a');\n}",
    says: /`plain\('a'\)` does nothing here: a coroutine/,
    fixed: "  yield* plain('a');",
  },
  {
    name: 'a task that is not spawned',
    code: "export function* main() {\n  spawn(page('a'));\n  yield* sleep(1);\n}",
    says: /does nothing here/,
    fixed: "  yield* spawn(page('a'));",
  },
  {
    name: 'a method that waits',
    code: "export const main = coroutine('main', function* () {\n  jobs.put('a');\n  yield* jobs.join();\n});",
    says: /`jobs\.put\('a'\)` does nothing here/,
    fixed: "  yield* jobs.put('a');",
  },
  {
    name: 'a lock that is not taken',
    code: 'export function* main() {\n  lock.acquire();\n  try {\n    yield* sleep(1);\n  } finally {\n    lock.release();\n  }\n}',
    says: /`lock\.acquire\(\)` does nothing here/,
    fixed: '  yield* lock.acquire();',
  },
  {
    name: 'a clean-up in a finally',
    code: "export function* main() {\n  try {\n    yield* sleep(1);\n  } finally {\n    page('close');\n  }\n}",
    says: /does nothing here/,
    fixed: "    yield* page('close');",
  },
  {
    name: 'a combinator',
    code: 'export function* main() {\n  all(urls.map((url) => page(url)));\n  yield* sleep(1);\n}',
    says: /does nothing here/,
    fixed: '  yield* all(urls.map((url) => page(url)));',
  },
  {
    name: 'a time limit',
    code: 'export function* main(): Coroutine<void> {\n  timeout(100, plain(urls[0]!));\n}',
    says: /does nothing here/,
    fixed: '  yield* timeout(100, plain(urls[0]!));',
  },
  {
    name: 'a list of coroutines',
    code: 'export function* main() {\n  urls.map(page);\n  yield* sleep(1);\n}',
    says: /`urls\.map\(page\)` does nothing here: a collection of effects or coroutines .* `yield\* all\(urls\.map\(page\)\)`/,
    suggested: '  yield* all(urls.map(page));',
  },
  {
    name: 'a pair of effects',
    code: "export function* main() {\n  [page('a'), sleep(1)];\n  yield* sleep(1);\n}",
    says: /does nothing here: a collection/,
    suggested: "  yield* all([page('a'), sleep(1)]);",
  },
  {
    name: 'a coroutine whose type has another name',
    code: 'interface Saving extends Coroutine<void> {\n  readonly path?: string;\n}\ndeclare const save: (path: string) => Saving;\nexport function* main(): Coroutine<void> {\n  save("a");\n}',
    says: /`save\("a"\)` does nothing here: a coroutine/,
    fixed: '  yield* save("a");',
  },
  {
    name: 'an effect that is made of another one',
    code: 'const traced = <T>(work: Effect<T>): Effect<T> => call(work);\nexport function* main(): Coroutine<void> {\n  traced(sleep(1));\n}',
    says: /`traced\(sleep\(1\)\)` does nothing here/,
    fixed: '  yield* traced(sleep(1));',
  },
  {
    name: 'a void',
    code: "export function* main() {\n  void page('a');\n  yield* sleep(1);\n}",
    says: /`page\('a'\)` does nothing here/,
    fixed: "  yield* page('a');",
  },
  {
    name: 'the left part of a comma',
    code: 'export function* main(): Coroutine<number> {\n  return sleep(1), 2;\n}',
    says: /`sleep\(1\)` does nothing here/,
    fixed: '  return yield* sleep(1), 2;',
  },
  {
    name: 'behind `&&`',
    code: "export function* main(verbose: boolean) {\n  verbose && page('log');\n  yield* sleep(1);\n}",
    says: /`page\('log'\)` does nothing here/,
    fixed: "  verbose && (yield* page('log'));",
  },
  {
    name: 'a branch of `? :`',
    code: "export function* main(first: boolean): Coroutine<void> {\n  first ? yield* page('a') : page('b');\n}",
    says: /`page\('b'\)` does nothing here/,
    fixed: "  first ? yield* page('a') : yield* page('b');",
  },
  {
    name: 'an optional call',
    code: 'export function* main(other?: Lock) {\n  other?.acquire();\n  yield* sleep(1);\n}',
    says: /`other\?\.acquire\(\)` does nothing here/,
  },
  {
    name: 'the step of a loop',
    code: 'export function* main() {\n  for (let n = 0; n < 3; sleep(1)) n++;\n  yield* sleep(1);\n}',
    says: /does nothing here/,
    fixed: '  for (let n = 0; n < 3; yield* sleep(1)) n++;',
  },
  {
    name: 'in the callback of forEach, within braces',
    code: 'export function* main() {\n  yield* forEach(urls, (url) => {\n    page(url);\n  });\n}',
    says: /`page\(url\)` does nothing here: .* in a generator/,
    suggested: '  yield* forEach(urls, function* (url) {',
  },
  {
    name: 'in a function that is no generator',
    code: "export function main() {\n  page('a');\n}",
    says: /in a generator \(`function\*`\), or start it with `run\(page\('a'\)\)`/,
    suggested: 'export function* main() {',
  },
  {
    name: 'a program that is not started',
    code: "plain('a');",
    says: /Write `run\(plain\('a'\)\)`/,
    suggested: "run(plain('a'));",
  },
  {
    name: 'in a method',
    code: 'export class Server {\n  stop() {\n    began.wait();\n  }\n}',
    says: /does nothing here/,
    suggested: '  *stop() {',
  },
  {
    name: 'in an arrow that uses `this`, and so can be no generator',
    code: 'export class Server {\n  readonly pause = 5;\n  readonly stop = () => {\n    sleep(this.pause);\n  };\n}',
    says: /does nothing here: .* or start it with `run\(sleep\(this\.pause\)\)`/,
    suggested: '    run(sleep(this.pause));',
  },
  {
    name: 'in a generator of other things',
    code: 'export function* numbers() {\n  yield 1;\n  sleep(1);\n  yield 2;\n}',
    says: /in a coroutine: this generator yields other things/,
    suggested: '  run(sleep(1));',
  },
  {
    name: 'in a function expression',
    code: 'export const stop = function () {\n  began.wait();\n};',
    says: /does nothing here/,
    suggested: 'export const stop = function* () {',
  },
  {
    name: 'a promise of an effect',
    code: 'export function* main() {\n  Promise.resolve(1).then(() => sleep(1));\n  yield* sleep(1);\n}',
    says: /does nothing here: a promise of an effect/,
  },
  {
    name: 'an effect in a variable',
    code: "export function* main() {\n  const saving = page('save');\n  saving;\n  yield* sleep(1);\n}",
    says: /`saving` does nothing here/,
    fixed: '  yield* saving;',
  },

  // Tests.
  {
    name: 'an if',
    code: "export function* main(): Coroutine<void> {\n  if (isAlive('a')) console.log('alive');\n}",
    says: /`isAlive\('a'\)` is always true: it is a coroutine/,
    fixed: "  if (yield* isAlive('a')) console.log('alive');",
  },
  {
    name: 'a negation',
    code: 'export function* main(): Coroutine<void> {\n  if (!ready()) yield* sleep(1);\n}',
    says: /`ready\(\)` is always true/,
    fixed: '  if (!(yield* ready())) yield* sleep(1);',
  },
  {
    name: 'a while',
    code: 'export function* main() {\n  while (ready()) yield* sleep(1);\n}',
    says: /is always true/,
    fixed: '  while (yield* ready()) yield* sleep(1);',
  },
  {
    name: 'a do ... while',
    code: 'export function* main() {\n  do yield* sleep(1);\n  while (ready());\n}',
    says: /is always true/,
    fixed: '  while (yield* ready());',
  },
  {
    name: 'the test of `? :`',
    code: "export function* main(): Coroutine<string> {\n  return ready() ? 'yes' : 'no';\n}",
    says: /is always true/,
    fixed: "  return (yield* ready()) ? 'yes' : 'no';",
  },
  {
    name: 'the left side of `||`',
    code: "export function* main(): Coroutine<void> {\n  const answer = jobs.get() || 'none';\n  console.log(answer);\n}",
    says: /`jobs\.get\(\)` is always true/,
    fixed: "  const answer = (yield* jobs.get()) || 'none';",
  },
  {
    name: 'the right side of `&&` in a test',
    code: 'export function* main(wait: boolean): Coroutine<void> {\n  if (wait && ready()) yield* sleep(1);\n}',
    says: /`ready\(\)` is always true/,
    fixed: '  if (wait && (yield* ready())) yield* sleep(1);',
  },
  {
    name: 'a variable that should be the answer',
    code: 'export function* main(): Coroutine<void> {\n  const alive = ready();\n  if (alive) yield* sleep(1);\n}',
    says: /`alive` is always true/,
    fixed: '  if (yield* alive) yield* sleep(1);',
  },
  {
    name: 'a predicate of an array',
    code: 'export const main = () => urls.filter((url) => isAlive(url));',
    says: /`urls\.filter` takes a coroutine for `true`/,
  },

  // Results.
  {
    name: 'a returned effect',
    code: "export function* main() {\n  yield* sleep(1);\n  return page('a');\n}",
    says: /This coroutine returns `page\('a'\)` as it is/,
    fixed: "  return yield* page('a');",
  },
  {
    name: 'a returned coroutine, as a result that nobody knows',
    code: "export function* main(): Coroutine<unknown> {\n  return plain('a');\n}",
    says: /This coroutine returns/,
    fixed: "  return yield* plain('a');",
  },
  {
    name: 'a branch that returns an effect',
    code: "export const main = coroutine('main', function* (kept: string | undefined) {\n  return kept ?? page('a');\n});",
    says: /This coroutine returns `page\('a'\)`/,
    fixed: "  return kept ?? (yield* page('a'));",
  },
  {
    name: 'a returned list',
    code: 'export function* main() {\n  return urls.map((url) => page(url));\n}',
    says: /This coroutine returns .* a collection/,
    suggested: '  return yield* all(urls.map((url) => page(url)));',
  },
  {
    name: 'an effect as the result of an async function',
    code: "export async function main() {\n  return page('a');\n}",
    says: /returns `page\('a'\)`/,
    suggested: "  return await run(page('a'));",
  },
  {
    name: 'an await',
    code: "export async function main() {\n  const text = await page('a');\n  console.log(text);\n}",
    says: /`await` does not run `page\('a'\)`/,
    suggested: "  const text = await run(page('a'));",
  },
  {
    name: 'Promise.all',
    code: 'export async function main() {\n  const texts = await Promise.all(urls.map(page));\n  console.log(texts.length);\n}',
    says: /`Promise\.all` does not run what it is given/,
  },
  {
    name: 'a throw',
    code: "export function* main(): Coroutine<void> {\n  throw page('error');\n}",
    says: /`page\('error'\)` is thrown as it is/,
    fixed: "  throw yield* page('error');",
  },
  {
    name: 'results that are taken apart',
    code: "export function* main() {\n  const [a, b] = all([page('a'), page('b')]);\n  yield* sleep(1);\n  return [a, b].length;\n}",
    says: /what is taken out of it here is not its result/,
    fixed: "  const [a, b] = yield* all([page('a'), page('b')]);",
  },
  {
    name: 'the results of a plain coroutine that are taken apart',
    code: "export function* main() {\n  const [a, b] = both();\n  yield* sleep(1);\n  return [a, b].length;\n}\nfunction* both() {\n  const a = yield* page('a');\n  return [a, yield* page('b')];\n}",
    says: /`both\(\)` is a coroutine: what is taken out/,
    fixed: '  const [a, b] = yield* both();',
  },
  {
    name: 'a loop over an effect',
    code: 'export function* main() {\n  for (const text of all(urls.map(page))) console.log(text);\n  yield* sleep(1);\n}',
    says: /what is taken out of it here is not its result/,
    fixed: '  for (const text of yield* all(urls.map(page))) console.log(text);',
  },
  {
    name: 'an effect that is spread',
    code: 'export function* main() {\n  yield* sleep(1);\n  return [...all(urls.map(page))].length;\n}',
    says: /what is taken out of it here is not its result/,
    fixed: '  return [...yield* all(urls.map(page))].length;',
  },

  // Callbacks that nobody runs.
  {
    name: "an array's forEach",
    code: 'export function* main() {\n  urls.forEach((url) => page(url));\n  yield* sleep(1);\n}',
    says: /An array drops what `\(url\) => page\(url\)` returns: an effect/,
    suggested: '  yield* forEach(urls, (url) => page(url));',
  },
  {
    name: 'a coroutine function as the callback of a timer',
    code: 'setTimeout(function* () {\n  yield* sleep(1);\n}, 10);',
    says: /What `function\* \(\) .*` returns is dropped here: a coroutine/,
  },
  {
    name: 'a coroutine function that is given by its name',
    code: 'loop.callSoon(ready);',
    says: /What `ready` returns is dropped here: an effect/,
  },
  {
    name: 'a coroutine function as a handler in an object',
    code: "export const handlers: { onClick: () => void } = {\n  onClick: () => page('click'),\n};",
    says: /What `\(\) => page\('click'\)` returns is dropped here: .* with `run\(...\)`/,
  },

  // What cannot be yielded.
  {
    name: 'a function that was not called',
    code: 'export function* main() {\n  yield ready;\n  yield* sleep(1);\n}',
    says: /`ready` is a function that was not called/,
  },
  {
    name: 'a method that was not called',
    code: 'export function* main() {\n  yield* sleep(1);\n  jobs.join;\n}',
    says: /`jobs\.join` is a function that was not called/,
  },
  {
    name: 'a list that is yielded',
    code: 'export function* main() {\n  yield [sleep(1), sleep(2)];\n  yield* sleep(1);\n}',
    says: /is a collection, which cannot be yielded. Write `yield\* all\(/,
  },
  {
    name: 'the results of a list with a star',
    code: 'export function* main() {\n  const texts = yield* urls.map(page);\n  return texts;\n}',
    says: /gives no result. Write `yield\* all\(urls\.map\(page\)\)`/,
  },

  // The other rule.
  {
    name: 'a result whose type is lost',
    code: "export function* main(): Coroutine<void> {\n  const text = yield page('a');\n  console.log(text.length);\n}",
    says: /The result of `yield page\('a'\)` has the type `any`/,
    fixed: "  const text = yield* page('a');",
  },
  {
    name: 'a result in a test whose type is lost',
    code: 'export function* main(): Coroutine<void> {\n  if ((yield ready()) === true) yield* sleep(1);\n}',
    says: /has the type `any`/,
    fixed: '  if ((yield* ready()) === true) yield* sleep(1);',
  },
];
