// Every combinator with everything that can be acquired, cancelled at every millisecond and in many turns of it: no
// code behind the cancelled yield runs, every `finally` around it is whole, nobody is alive afterwards, and no lock,
// permit or item is lost or doubled. The programs are in every-moment.ts.
import { suite } from 'uvu';
import { cancelledAt, combinators, holding, moments, owners, provisions } from './every-moment.ts';
import type { Moment, Provision } from './every-moment.ts';

const test = suite('cancelled at every moment');

let salt = 0;

function at(moment: Moment, what: string, run: () => string | undefined, inFlight?: string): void {
  let fault: string | undefined;
  try {
    fault = run();
  } catch (error) {
    if ((error as Error).message === inFlight) return;
    fault = `the program throws ${error}`;
  }
  if (fault) throw new Error(`${what}, cancelled at ${JSON.stringify(moment)}: ${fault}`);
}

for (const [name, combinator] of Object.entries(combinators)) {
  test(`${name}: no code behind it runs, and what it acquired is handed over or given back`, () => {
    for (const [what, make] of Object.entries(provisions)) {
      const { once, around } = make();
      // Whoever leaves asCompleted does not wait for what is cancelled then, which would need the condition's lock.
      if (around && name.startsWith('asCompleted')) continue;
      for (const moment of moments(salt++)) {
        at(moment, what, () => cancelledAt(moment, make, (it) => combinator(() => it.acquire(), !once), true));
      }
    }
  });
}

for (const [name, owner] of Object.entries(owners)) {
  // It fails of itself. A cancellation that comes while it cleans up finds that error in flight, which is kept.
  const inFlight = name === 'taskGroup that fails' ? 'enough' : undefined;
  test(`${name} of a coroutine that acquires: no code behind it runs, and all of its clean-up does`, () => {
    for (const [what, make] of Object.entries(provisions)) {
      if (make().around) continue;
      for (const moment of moments(salt++)) {
        at(moment, what, () => cancelledAt(moment, make, (it, got) => owner(holding(it, got)), false), inFlight);
      }
    }
  });
}

// A limit that expires within another combinator fails a child: that error is in flight while the others clean up, and
// is kept. So these are pairs without limits.
const unlimited = Object.entries(combinators).filter(([name]) => !/timeout|deadline|withSignal|asCompleted/.test(name));

for (const [index, [name, outer]] of unlimited.entries()) {
  test(`${name} of other combinators: no code behind it runs, and what they acquired is handed over or given back`, () => {
    for (const what of ['a held lock', 'a queue with items', 'a channel of capacity 0']) {
      const make = provisions[what] as () => Provision;
      for (let next = 1; next <= 4; next++) {
        const [innerName, inner] = unlimited[(index + next * salt) % unlimited.length] as (typeof unlimited)[number];
        for (const moment of moments(salt++)) {
          at(moment, `${innerName}, ${what}`, () =>
            cancelledAt(moment, make, (it) => outer(() => inner(() => it.acquire(), false), false), true),
          );
        }
      }
    }
  });
}

test.run();
