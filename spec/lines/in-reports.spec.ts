// Deadlock reports with the lines where the tasks are suspended.
import { coroutine, Lock, Queue, runSync, sleep, spawn } from 'treadle';
import 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { program } from '../support/programs.ts';
import { thrown } from '../support/errors.ts';
import { lineHere, withoutBuiltins } from '../support/lines.ts';

const test = suite('deadlock reports with lines');

const a = () => new Lock({ name: 'a' });

test('tell below each task where it is suspended, frame by frame', () => {
  const lines: number[] = [];
  const [first, second] = [a(), new Lock({ name: 'b' })];
  const take = coroutine('take', function* (one: Lock, other: Lock) {
    yield* one.acquire();
    yield* sleep(1);
    lines[0] = lineHere() + 1;
    yield* other.with(sleep(1));
  });
  const error = thrown(() =>
    runSync(
      (function* main() {
        yield* spawn(take(first, second), { name: 'save' });
        lines[1] = lineHere() + 1;
        yield* take(second, first);
      })(),
    ),
  );
  const report = error.message.replace(/file:\S*\//g, '').replace(/:\d+(?=\)?$)/gm, '');
  assert.is(
    report,
    `every task waits and nothing can wake them:
  <Task #1 main waiting on a.acquire()>, held by #2 save
      at in-reports.spec.ts:${lines[0]}
      at main (in-reports.spec.ts:${lines[1]})
  <Task #2 save waiting on b.acquire()>, held by #1 main
      at in-reports.spec.ts:${lines[0]}`,
  );
});

test('are as they were where there is no inspector', () => {
  const error = withoutBuiltins(() => thrown(() => runSync(new Queue(1, { name: 'jobs' }).get())));
  assert.is(error.message, 'every task waits and nothing can wake them:\n  <Task #1 main waiting on jobs.get()>');
});

test('have no lines in a program that imports neither treadle/tracing nor treadle/debug', async () => {
  const text = (imports: string) =>
    `import { run, Queue } from 'treadle'; ${imports}
run((function* main() { yield* new Queue(1, { name: 'jobs' }).get(); })()).then(null, (error) => console.log(error.message));`;
  const [without, tracing, debug] = await Promise.all(
    ['', "import 'treadle/tracing';", "import 'treadle/debug';"].map((imports) =>
      program(text(imports), { env: { TREADLE_DEBUG: '' } }),
    ),
  );
  assert.not.match(without!.out, / at /);
  assert.match(tracing!.out, /^ {6}at main \(.*:2:\d+\)$/m);
  assert.is(debug!.out, tracing!.out);
});

test.run();
