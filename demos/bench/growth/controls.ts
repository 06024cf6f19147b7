// What the machine itself does with n objects, without treadle. When the memory of n tasks no longer fits into the
// processor's caches, touching one of them gets slower, and the garbage collector has to copy a million live objects.
// No engine can be better than that. Only growth beyond it is the engine's own.
import { shuffled, since, TIMES } from './kit.ts';
import type { Growth } from './kit.ts';

interface Ring {
  next: Ring;
  readonly generator: Generator<undefined, void, undefined>;
}

function* endless(): Generator<undefined, void, undefined> {
  for (;;) yield;
}

/** An object of about a task's size. */
class Body {
  a = 0;
  b = 0;
  c = 0;
  d = 0;
  e: unknown;
  f: unknown;
  g: unknown;
  h: unknown;
  i = 0;
  j = 0;
  k: unknown;
  l: unknown;
  previous: Body | undefined;
  readonly generator = endless();
  constructor(previous: Body | undefined) {
    this.previous = previous;
  }
}

export const controls: readonly Growth[] = [
  {
    group: 'control',
    name: 'next() of n generators in a ring',
    nature: 'control',
    once: (n) => {
      const first = { generator: endless() } as Ring;
      let last = first;
      for (let i = 1; i < n; i++) last = last.next = { generator: endless() } as Ring;
      last.next = first;
      const times = Math.max(3 * n, TIMES);
      let at = first;
      for (let i = 0; i < n; i++, at = at.next) at.generator.next();
      const start = performance.now();
      for (let i = 0; i < times; i++, at = at.next) at.generator.next();
      return since(start, times);
    },
  },
  {
    group: 'control',
    name: 'make n objects that live',
    nature: 'control',
    once: (n) => {
      const start = performance.now();
      let last: Body | undefined;
      for (let i = 0; i < n; i++) (last = new Body(last)).generator.next();
      return { ...since(start, n), last } as never;
    },
  },
  {
    group: 'control',
    name: 'touch n objects, shuffled',
    nature: 'control',
    once: (n) => {
      let last: Body | undefined;
      const bodies = Array.from({ length: n }, () => (last = new Body(last)));
      const order = shuffled(n);
      for (const body of bodies) body.generator.next();
      const start = performance.now();
      for (const index of order) {
        const body = bodies[index]!;
        body.previous = undefined;
        body.generator.return();
      }
      return since(start, n);
    },
  },
];
