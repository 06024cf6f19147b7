// next, throw and return: all that a scheduler can do to a coroutine, done by hand.
import { isDeepStrictEqual } from 'node:util';
import { sleep } from 'treadle';
import { options } from '../support/options.ts';

export const summary = 'next, throw and return on a generator, with no scheduler at all';
export const help = `
A generator is a conversation: it yields a question and stops; whoever drives it
answers with next(value), refuses with throw(error), or ends it with return().
Here you see both sides. This is the whole machinery under treadle.

It has no options.
`;

// A generator talks in both directions: `yield question` hands a question out and IS the answer.
function* breakfast(): Generator<string, string, string> {
  try {
    inside('I begin, but only at the first next()');
    const drink = yield 'Tea or coffee?';
    inside(`I was sent "${drink}"`);
    try {
      yield 'With milk?';
    } catch (error) {
      inside(`I caught "${(error as Error).message}", and go on`);
    }
    yield 'Anything else?';
    inside('this line is never reached');
    return 'served';
  } finally {
    // treadle cancels a task with return(). No `catch` sees that, but every `finally` does: nothing
    // can swallow a cancellation by accident, and no clean-up is left out.
    inside('return() came: I clean up in `finally`');
  }
}

function* nap() {
  yield* sleep(60_000);
  return 'rested';
}

const inside = (text: string) => console.log(`${' '.repeat(34)}| ${text}`);
const outside = (call: string, answer: unknown) => console.log(call.padEnd(33), '->', answer);

export default function (argv: string[]): void {
  options(argv, {});

  const talk = breakfast();
  outside('breakfast()', talk);
  outside('.next()', talk.next());
  outside('.next("coffee")', talk.next('coffee'));
  outside('.throw(new Error("no milk"))', talk.throw(new Error('no milk')));
  outside('.return("closed")', talk.return('closed'));
  outside('.next()', talk.next());

  console.log('\nA coroutine of treadle is the same: its questions are effects, and you can be its scheduler.\n');

  // That is how a coroutine is tested step by step: a minute of sleep takes no time.
  const sleeper = nap();
  outside('nap()', sleeper);
  const { value } = sleeper.next();
  outside('.next().value', value);
  outside('  does it equal sleep(60_000)?', isDeepStrictEqual(value, sleep(60_000)));
  outside('.next()', sleeper.next());
}
