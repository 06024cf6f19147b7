// Everything a scheduler can do to a coroutine, done by hand: next, throw and return.
import { isDeepStrictEqual } from 'node:util';
import { sleep } from 'treadle';
import { options } from '../support/options.ts';

export const summary = 'next, throw and return on a generator, with no scheduler';
export const help = `
A generator is a conversation. It asks a question with yield, and stops. The
code that drives it answers with next(value), reports a failure with
throw(error), or ends the conversation with return(). Here you see both sides.
treadle is built on nothing else.

It has no options.
`;

// A generator talks both ways: `yield question` hands the question out, and the answer is its value.
function* breakfast(): Generator<string, string, string> {
  try {
    inside('I start, but only at the first next()');
    const drink = yield 'Tea or coffee?';
    inside(`I was sent "${drink}"`);
    try {
      yield 'With milk?';
    } catch (error) {
      inside(`I caught "${(error as Error).message}" and carry on`);
    }
    yield 'Anything else?';
    inside('this line is never reached');
    return 'served';
  } finally {
    // treadle cancels a task with return(). No `catch` sees that, but every `finally` does. So nothing can
    // swallow a cancellation by accident, and no clean-up is left out.
    inside('return() was called: I clean up in `finally`');
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

  console.log('\nA treadle coroutine is the same, except that its questions are effects.');
  console.log('Here you are its scheduler:\n');

  // This is how to test a coroutine step by step. A minute of sleep takes no time.
  const sleeper = nap();
  outside('nap()', sleeper);
  const { value } = sleeper.next();
  outside('.next().value', value);
  outside('  does it equal sleep(60_000)?', isDeepStrictEqual(value, sleep(60_000)));
  outside('.next()', sleeper.next());
}
