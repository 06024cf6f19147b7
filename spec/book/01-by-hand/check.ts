// Exercise 1: the guesses are compared with what the generators really do.
import { must, NoAnswer } from '../../../demos/book/judge.ts';
import type { Answer } from '../../../demos/book/judge.ts';
import { questions } from '../../../docs/book/01-by-hand/exercise.ts';

/** What to think of when the guess is wrong, question by question. */
const hints = [
  'The first next() runs the body as far as its first yield, and gives what stands there.',
  'The value of a yield is what the next call hands in.',
  'The first next() has no yield to answer: what it is given is lost. And a next() without an argument answers undefined.',
  'The value of a return is given once; after that the generator is over, and has nothing more to say.',
  'throw() makes the yield, at which the generator stands, throw. There is a catch around that one.',
  'A generator that has not begun stands at no yield, so no catch is around it, and it is over.',
  'return() is no error: no catch sees it.',
  'return() runs the finally, and a yield in it is a yield like any other.',
  'When the finally is through, the return() that began it is completed, with the value that it was given.',
  'A generator that has not begun has entered no try, so there is no finally to run.',
  'A finally that leaves by continue, break or return takes the place of the return() that began it.',
  'A finally that returns takes the place of what began it, even of an error.',
];

function reality({ body, calls }: (typeof questions)[number]): string {
  try {
    const { value, done } = calls(body());
    return `${done ? 'returns' : 'yields'} ${value}`;
  } catch (error) {
    return `throws ${error}`;
  }
}

export function check({ guesses }: Answer): void {
  if (!Array.isArray(guesses) || guesses.length !== questions.length)
    throw new NoAnswer(`it must export guesses, an array of ${questions.length} strings`);
  for (const [i, question] of questions.entries()) {
    const guess = String(guesses[i]).trim();
    must(guess !== '?', `Question ${i + 1} has no guess yet.`);
    must(
      /^(yields|returns|throws) \S/.test(guess),
      `Question ${i + 1}: a guess is 'yields x', 'returns x' or 'throws x', and not '${guess}'.`,
    );
    must(guess === reality(question), `Question ${i + 1}: '${guess}' is not what happens. ${hints[i]}`);
  }
}
