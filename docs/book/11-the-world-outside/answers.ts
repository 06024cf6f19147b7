// Somebody outside is asked six times, and answers in six ways.
import { cancel, run, sleep, spawn, suspend, yieldNow } from './engine.ts';

type Resume = (value: string) => void;
type Start = (resume: Resume, fail: (error: unknown) => void) => (() => void) | void;

function* ask(name: string, start: Start): Generator<any, void, any> {
  try {
    console.log(`${name}: ${yield* suspend(start)}`);
  } catch (error) {
    console.log(`${name}: ${(error as Error).message}`);
  }
}

function* main() {
  yield ask('at once', (resume) => resume('yes'));
  yield ask('later', (resume) => void setTimeout(resume, 5, 'yes'));
  yield ask('twice', (resume, fail) => {
    setTimeout(resume, 5, 'yes');
    setTimeout(fail, 5, new Error('no, after all'));
  });
  yield ask('with an error', (_resume, fail) => void setTimeout(fail, 5, new Error('no')));

  const never = yield* spawn(ask('never', () => () => console.log('never: the question is taken back')));
  yield* sleep(5);
  yield* cancel(never);

  let answer!: Resume;
  const tooLate = yield* spawn(
    ask('too late', (resume) => {
      answer = resume;
      return () => console.log('too late: the answer is given back');
    }),
  );
  yield* yieldNow();
  answer('yes');
  yield* cancel(tooLate);
}

run(main());
