// Calls within calls, 1,000 to 1,000,000 deep: what a level costs, there and back, and what it costs to be resumed at
// the bottom. Every level adds 1 to what the level below gives, and the sum is checked.
//
// Libraries that call on the host's own stack overflow it. Their figures end there, and `deepest` is the depth that
// still worked, give or take 5 % (it also depends on how much of the code is optimised by then). Relies on nothing.
import type { Figures, Workload } from '../workload.ts';

const DEPTHS = { '1e3': 1_000, '1e4': 10_000, '1e5': 100_000, '1e6': 1_000_000 };

/** What the bottom does: it takes its turns, and notes when it was reached and when it was left. */
interface Bottom {
  readonly resumes: number;
  arrived: number;
  left: number;
}

type Descend = (depth: number, bottom: Bottom) => PromiseLike<number>;

/** Nanoseconds per level and per resume. False if it overflows the stack. */
type Cost = { readonly level: number; readonly resume: number } | false;

const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;

function once(descend: Descend, depth: number, resumes: number): Promise<Cost> {
  const bottom = { resumes, arrived: 0, left: 0 };
  const begin = performance.now();
  return Promise.resolve()
    .then(() => descend(depth, bottom))
    .then((sum) => {
      const end = performance.now();
      if (sum !== depth) throw new Error(`${sum} of ${depth} levels`);
      const { arrived, left } = bottom;
      return { level: ((arrived - begin + end - left) * 1e6) / depth, resume: ((left - arrived) * 1e6) / resumes };
    })
    .catch((error) => {
      if (error instanceof RangeError) return false;
      throw error;
    });
}

/** The medians of a few descents: enough that 1,000 levels are warm, few enough that 1,000,000 do not take all day. */
function several(descend: Descend, depth: number): Promise<Cost> {
  const rounds = Math.max(3, Math.min(100, 200_000 / depth));
  const levels: number[] = [];
  const resumes: number[] = [];
  const next = (): Promise<Cost> =>
    once(descend, depth, 2_000).then((cost) => {
      if (!cost) return false;
      levels.push(cost.level);
      resumes.push(cost.resume);
      return levels.length < rounds ? next() : { level: middle(levels), resume: middle(resumes) };
    });
  return next();
}

/**
 * Goes in small steps towards the next depth, and gives the deepest that works. It comes from below, because some
 * libraries can do nothing after an overflow: redux-saga does not answer any more.
 */
function climb(descend: Descend, from: number, to: number): Promise<number> {
  const depth = Math.min(to, Math.ceil(from * (from < 10_000 ? 1.05 : 2)));
  return once(descend, depth, 1).then((cost) =>
    cost === false ? from
    : depth === to ? to
    : climb(descend, depth, to),
  );
}

/** Goes no deeper than `most`: a quick run has no time for a million levels. */
const measure =
  (descend: Descend) =>
  (most: number): Promise<Figures> => {
    const figures: Record<string, number> = {};
    const next = (depths: [string, number][], works: number): Promise<Figures> => {
      const [first, ...deeper] = depths;
      if (!first) {
        const growth = (figures['resume 1e6'] as number) / (figures['resume 1e3'] as number);
        return Promise.resolve({ ...figures, ...(growth > 0 && { growth }), deepest: works });
      }
      const [name, depth] = first;
      return climb(descend, works, depth).then((deepest) =>
        deepest < depth ?
          { ...figures, deepest }
        : several(descend, depth).then((cost) => {
            if (!cost) return { ...figures, deepest: works };
            figures[`level ${name}`] = cost.level;
            figures[`resume ${name}`] = cost.resume;
            return next(deeper, depth);
          }),
      );
    };
    // Warms up, so that the first depth does not pay for the compiler.
    return several(descend, 500).then(() =>
      next(
        Object.entries(DEPTHS).filter(([, depth]) => depth <= most),
        500,
      ),
    );
  };

export default {
  id: 'depth',
  title: 'nested calls',
  n: 1_000_000,
  warmUp: 0,
  samples: 1,
  timeoutMs: 120_000,
  figures: {
    'level 1e3': 'ns',
    'level 1e4': 'ns',
    'level 1e5': 'ns',
    'level 1e6': 'ns',
    'resume 1e3': 'ns',
    'resume 1e4': 'ns',
    'resume 1e5': 'ns',
    'resume 1e6': 'ns',
    growth: '×',
    deepest: 'levels',
  },
  variants: {
    // A coroutine that calls itself, with a frame for each call. The bottom's turns are turns of the ready queue.
    treadle: () =>
      import('treadle').then(({ coroutine, run, yieldNow }) => {
        const down: (depth: number, bottom: Bottom) => import('treadle').Effect<number> = coroutine(
          'down',
          function* (depth, bottom) {
            if (depth > 0) return 1 + (yield* down(depth - 1, bottom));
            bottom.arrived = performance.now();
            for (let i = 0; i < bottom.resumes; i++) yield* yieldNow();
            bottom.left = performance.now();
            return 0;
          },
        );
        return measure((depth, bottom) => run(down(depth, bottom)));
      }),

    'treadle bare': () =>
      import('treadle').then(({ coroutine, run, yieldNow }) => {
        const down: (depth: number, bottom: Bottom) => import('treadle').Effect<number> = coroutine(
          'down',
          function* (depth, bottom) {
            if (depth > 0) return 1 + ((yield down(depth - 1, bottom)) as number);
            bottom.arrived = performance.now();
            for (let i = 0; i < bottom.resumes; i++) yield yieldNow();
            bottom.left = performance.now();
            return 0;
          },
        );
        return measure((depth, bottom) => run(down(depth, bottom)));
      }),

    // An async function that calls itself. A turn is a microtask. Only the innermost is resumed, so a resume
    // costs the same at any depth that the stack allows.
    native: () => {
      async function down(depth: number, bottom: Bottom): Promise<number> {
        if (depth > 0) return 1 + (await down(depth - 1, bottom));
        bottom.arrived = performance.now();
        for (let i = 0; i < bottom.resumes; i++) await undefined;
        bottom.left = performance.now();
        return 0;
      }
      return Promise.resolve(measure(down));
    },

    // Its combinators, which are twice as fast here as its generators: `suspend` makes the call, `map` adds. A turn is
    // `yieldNow`, which is a turn of the host.
    effect: () =>
      import('effect/Effect').then(({ map, runPromise, suspend, whileLoop, yieldNow }) => {
        const turns = (bottom: Bottom) => {
          let i = 0;
          bottom.arrived = performance.now();
          return map(whileLoop({ while: () => i++ < bottom.resumes, body: () => yieldNow, step: () => {} }), () => {
            bottom.left = performance.now();
            return 0;
          });
        };
        const down = (depth: number, bottom: Bottom): any =>
          depth > 0 ?
            map(
              suspend(() => down(depth - 1, bottom)),
              (sum: number) => sum + 1,
            )
          : turns(bottom);
        return measure((depth, bottom) => runPromise(down(depth, bottom)));
      }),

    // The same with its generators, to compare like with like. `fnUntraced` costs a third of `gen`.
    'effect gen': () =>
      import('effect/Effect').then(({ fnUntraced, runPromise, yieldNow }) => {
        const down = fnUntraced(function* (depth: number, bottom: Bottom): Generator<any, number, any> {
          if (depth > 0) return 1 + (yield* down(depth - 1, bottom));
          bottom.arrived = performance.now();
          for (let i = 0; i < bottom.resumes; i++) yield* yieldNow;
          bottom.left = performance.now();
          return 0;
        });
        return measure((depth, bottom) => runPromise(down(depth, bottom)));
      }),

    // Operations call each other with the language's own `yield*`. A turn is an action that resolves at once and
    // goes through the library's queue.
    effection: () =>
      import('effection').then(({ action, run }) => {
        const turn = action((resolve: () => void) => {
          resolve();
          return () => {};
        });
        function* down(depth: number, bottom: Bottom): Generator<any, number, any> {
          if (depth > 0) return 1 + (yield* down(depth - 1, bottom));
          bottom.arrived = performance.now();
          for (let i = 0; i < bottom.resumes; i++) yield* turn;
          bottom.left = performance.now();
          return 0;
        }
        return measure((depth, bottom) => run(() => down(depth, bottom)));
      }),

    // `yield call(saga)`, with an iterator for each level. A turn is that of a promise, because an answer that is
    // there at once takes no turn.
    'redux-saga': () =>
      Promise.all([import('redux-saga'), import('redux-saga/effects')]).then(([{ runSaga }, { call }]) => {
        function* down(depth: number, bottom: Bottom): Generator<any, number, any> {
          if (depth > 0) return 1 + (yield call(down, depth - 1, bottom));
          bottom.arrived = performance.now();
          for (let i = 0; i < bottom.resumes; i++) yield Promise.resolve();
          bottom.left = performance.now();
          return 0;
        }
        // We report errors ourselves.
        return measure((depth, bottom) => runSaga({ onError: () => {} }, down, depth, bottom).toPromise());
      }),

    // A yielded generator is run by a co of its own, so a resume costs the same at any depth that the stack allows.
    // With `yield*` a level is cheaper, but the cost of a resume grows with the depth.
    co: () =>
      import('co').then(({ default: co }) => {
        function* down(depth: number, bottom: Bottom): Generator<any, number, any> {
          if (depth > 0) return 1 + (yield down(depth - 1, bottom));
          bottom.arrived = performance.now();
          for (let i = 0; i < bottom.resumes; i++) yield Promise.resolve();
          bottom.left = performance.now();
          return 0;
        }
        return measure((depth, bottom) => co(down, depth, bottom));
      }),

    // Its coroutines give promises. A turn is that of a resolved promise.
    bluebird: () =>
      import('bluebird').then(({ default: Bluebird }) => {
        const down = Bluebird.coroutine(function* (depth: number, bottom: Bottom): Generator<any, number, any> {
          if (depth > 0) return 1 + (yield down(depth - 1, bottom));
          bottom.arrived = performance.now();
          for (let i = 0; i < bottom.resumes; i++) yield Bluebird.resolve();
          bottom.left = performance.now();
          return 0;
        });
        return measure((depth, bottom) => down(depth, bottom));
      }),

    // A hand-written stack of generators and `next()`, without tasks, errors, cancellation or a queue.
    floor: () => {
      function* down(depth: number, bottom: Bottom): Generator<any, number, any> {
        if (depth > 0) return 1 + (yield down(depth - 1, bottom));
        bottom.arrived = performance.now();
        for (let i = 0; i < bottom.resumes; i++) yield undefined;
        bottom.left = performance.now();
        return 0;
      }
      const descend: Descend = (depth, bottom) => {
        const stack = [down(depth, bottom)];
        let answer: unknown;
        for (let top; (top = stack.at(-1));) {
          const { done, value } = top.next(answer);
          answer = undefined;
          if (done) {
            stack.pop();
            answer = value;
          } else if (value !== undefined) stack.push(value);
        }
        return Promise.resolve(answer as number);
      };
      return Promise.resolve(measure(descend));
    },
  },
  goals: [
    { variant: 'treadle', to: 'effect gen', figure: 'level 1e6', limit: 0.6 },
    { variant: 'treadle', to: 'effect', figure: 'level 1e6', limit: 1.3 },
    { variant: 'treadle', figure: 'growth', limit: 3 },
    { variant: 'treadle', figure: 'deepest', limit: 1_000_000, atLeast: true },
  ],
} satisfies Workload;
