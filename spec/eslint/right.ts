// Programs that look like the mistakes and are right: the rules must be silent about each.

export const right: readonly (readonly [name: string, code: string])[] = [
  ['a plain function that makes an effect', "export function home() {\n  return page('home');\n}"],
  ['an arrow that makes an effect', 'export const home = () => all(urls.map(page));'],
  ['a test whether there is one', 'export const start = (work?: Effect<void>) => (work ? run(work) : undefined);'],
  [
    'a cache of effects',
    'const kept = new Map<string, Effect<string>>();\nexport const cached = (url: string) => kept.get(url) ?? page(url);',
  ],
  [
    'a cache that is asked with `||`',
    'const kept = new Map<string, Effect<string>>();\nexport const cached = (url: string) => kept.get(url) || page(url);',
  ],
  ['a bare yield', "export function* main() {\n  yield sleep(1);\n  yield plain('a');\n  yield page('a');\n}"],
  [
    'a bare yield with a declared type',
    'export function* main(): Coroutine<string> {\n  const text: string = yield page(urls[0]!);\n  return text;\n}',
  ],
  [
    'a bare yield that is cast',
    'export function* main(): Coroutine<number> {\n  return ((yield page(urls[0]!)) as string).length;\n}',
  ],
  ['a bare yield that is returned', 'export function* main(): Coroutine<string> {\n  return yield page(urls[0]!);\n}'],
  [
    'a bare yield of a promise',
    'export function* main(): Coroutine<void> {\n  const n = yield Promise.resolve(1);\n  console.log(n);\n}',
  ],
  [
    'a result that is declared to be an effect',
    "export function* choose(): Coroutine<Effect<string>> {\n  yield* sleep(1);\n  return page('a');\n}",
  ],
  [
    'results that are declared to be effects',
    'export function* choose(): Coroutine<Effect<string>[]> {\n  yield* sleep(1);\n  return urls.map(page);\n}',
  ],
  [
    'a queue of effects',
    'const works = new Queue<Effect<string>>();\nexport function* next() {\n  return yield* works.get();\n}\nexport function* work() {\n  const effect = yield* works.get();\n  yield* works.get();\n  return yield* effect;\n}',
  ],
  [
    'a list of effects that changes',
    "const works: Effect<string>[] = [];\nworks.push(page('a'));\nworks.shift();\nworks.splice(0, 1);\nworks.reverse();\nObject.freeze(works);",
  ],
  ['a set of effects', "const works = new Set<Effect<string>>();\nworks.add(page('a'));\nworks.delete(page('a'));"],
  ['a test of how many there are', "const works = [page('a')];\nif (works.length && works[0]) run(works[0]);"],
  [
    'an entry that may be missing',
    "const named: Record<string, Effect<string>> = {};\nexport const start = (name: string) => {\n  const work = named[name];\n  if (work) run(work);\n  if (named[name]) return true;\n  return !named['b'];\n};",
  ],
  ['a task that is left to its owner', "export function* main() {\n  yield* spawn(page('a'));\n}"],
  ['a program that is started', "run(plain('a'));\nrunSync(plain('a'));\nvoid run(page('a'));"],
  ['an awaited task', "export async function main() {\n  const text = await run(page('a'));\n  return text;\n}"],
  [
    'a coroutine by hand',
    "const walk = plain('a');\nwalk.next();\nwalk.return(1);\nfor (const effect of plain('b')) console.log(effect);\nconsole.log([...plain('c')]);",
  ],
  [
    'generators that yield other things',
    'function* numbers() {\n  yield 1;\n  yield 2;\n}\nexport function* both() {\n  yield* numbers();\n  return numbers();\n}\nfor (const n of both()) console.log(n);\nconst [first] = numbers();\nconsole.log(first);\nnumbers();',
  ],
  ['effects one after another, without results', 'export function* main() {\n  yield* urls.map(page);\n}'],
  ['a work that is given on', 'export function* main(work: Awaitable<number>) {\n  return yield* call(work);\n}'],
  [
    'callbacks whose result is taken',
    'export function* main() {\n  yield* forEach(urls, (url) => page(url));\n  return yield* map(urls, page, { concurrency: 2 });\n}',
  ],
  [
    'a callback that throws',
    'export function expectError(check: () => unknown) {\n  check();\n}\nexpectError(() => sleep(-1));',
  ],
  ['a callback that starts it', "setTimeout(() => run(page('a')), 10);\nurls.forEach((url) => void run(page(url)));"],
  ['a list that is searched', "export const found = [page('a'), sleep(1)].find((work) => work.kind === 'sleep');"],
  [
    'a generator that is a list of effects',
    'function* works() {\n  for (const url of urls) yield page(url);\n}\nconst [first] = works();\nfor (const work of works()) run(work);\nexport const list = [first, ...works()];',
  ],
  [
    'iterators that are no generators',
    "const kept = new Map([['a', page('a')]]);\nconst anything: Iterable<unknown> = urls;\nanything[Symbol.iterator]();\nkept.values();\nexport function* iterators() {\n  yield* sleep(1);\n  return kept.values();\n}",
  ],
  [
    'a variable that may be emptied',
    "let work: Effect<string> | undefined = page('a');\nexport const stop = () => (work = undefined);\nif (work) run(work);",
  ],
  ['an assignment', "let work: Effect<string>;\nwork = page('a');\nexport const same = () => (work = page('b'));"],
  [
    'a type parameter',
    'export function* both<A extends Awaitable<unknown>>(work: A) {\n  const result = yield* call(work);\n  return result;\n}',
  ],
  [
    'another Effect',
    'export function draw() {\n  class Effect {\n    readonly kind = 1;\n  }\n  const paint = () => new Effect();\n  paint();\n  if (paint()) paint();\n}',
  ],
  [
    'promises',
    'export async function main() {\n  const all = await Promise.all(urls.map(async (url) => url.length));\n  Promise.resolve(1).then((n) => n + all.length);\n  return Promise.all([1]);\n}',
  ],
  ['a resource', 'export function* main() {\n  yield* lock.with(began.wait());\n  lock.release();\n  began.set();\n}'],
  ['an asynchronous generator', 'export async function* works() {\n  yield page(urls[0]!);\n}'],
  [
    'a function that gives back what it was given',
    "const noted = <T>(effect: Effect<T>): Effect<T> => effect;\nconst checked = <A extends Awaitable<unknown>>(work: A): A => work;\nexport const start = <A extends Awaitable<unknown>>(work: A) => {\n  checked(work);\n  checked(page('a'));\n  const kept = page('b');\n  noted(kept);\n  return run(work);\n};",
  ],
  [
    "co's coroutines",
    'const resolved = Promise.resolve(1);\nfunction* child() {\n  yield resolved;\n}\nexport function* main(): Generator<unknown, void, number[]> {\n  const ns = yield urls.map(() => child());\n  console.log(ns.length);\n}',
  ],
  [
    'a generator whose author wants no types',
    "export function* main(): Generator<any, number, any> {\n  const text = yield page('a');\n  return text.length;\n}",
  ],
];
