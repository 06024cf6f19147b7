// Suspensions: a wait for the world outside, which may answer at once, twice, late or never.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Effect, SUSPENDED } from '../../lib/kernel/effect.ts';
import { suspendUntil } from '../../lib/kernel/suspension.ts';
import type { Start } from '../../lib/kernel/suspension.ts';
import type { Task } from '../../lib/kernel/task.ts';
import { collect } from '../support/collector.ts';
import { HandLoop } from '../support/hand-loop.ts';
import { hostTurns } from '../support/host.ts';

type Resume = Parameters<Start<unknown>>[0];
type Fail = Parameters<Start<unknown>>[1];

/** A task whose body waits once; the outside is in our hands. */
function waiting(start: (resume: Resume, fail: Fail) => (() => void) | void = () => {}) {
  const loop = new HandLoop();
  const log: unknown[] = [];
  let answer!: { resume: Resume; fail: Fail };
  const effect = new Effect<unknown>('wait', undefined, (task: Task<unknown>) =>
    suspendUntil(task, (resume, fail) => {
      answer = { resume, fail };
      return start(resume, fail);
    }),
  );
  const task = loop.task(
    (function* () {
      try {
        log.push(['answer', yield* effect]);
      } catch (error) {
        log.push(['error', error]);
      }
      yield* effect; // a second wait, of which an answer to the first one must know nothing
    })(),
  );
  loop.steps();
  return { loop, log, task, ...answer };
}

const test = suite('suspensions');

test('park the task, and the loop counts one that waits for the outside', () => {
  const { loop, task, log } = waiting();
  assert.equal([task.state, loop._outside, log], ['waiting', 1, []]);
  assert.is(loop.steps(), 0);
});

test('end with the answer, or with the error, in a turn of the task', () => {
  for (const how of ['answer', 'error']) {
    const { loop, task, log, resume, fail } = waiting();
    if (how === 'answer') resume('value');
    else fail('value');
    assert.equal([task.state, loop._outside, log], ['ready', 0, []]);
    loop.steps();
    assert.equal(log, [[how, 'value']]);
  }
});

test('end with the first answer: the wait that follows hears nothing of the others', () => {
  const { loop, task, log, resume, fail } = waiting();
  resume(1);
  resume(2);
  fail(3);
  loop.steps();
  resume(4);
  fail(5);
  assert.equal([task.state, loop._outside, loop.steps()], ['waiting', 1, 0]);
  assert.equal(log, [['answer', 1]]);
});

test('that are answered while they start end in a turn of the task, too, and never inline', () => {
  let answered = 0;
  const { loop, task, log } = waiting((resume) => {
    if (++answered === 1) resume('at once');
  });
  assert.equal([task.state, loop._outside, answered], ['waiting', 1, 2]);
  assert.equal(log, [['answer', 'at once']]);
});

test('throw what start throws, unless it has answered before', () => {
  let starts = 0;
  const thrown = waiting(() => {
    if (++starts === 1) throw 'no';
  });
  assert.equal(thrown.log, [['error', 'no']]);
  starts = 0;
  const answered = waiting((resume) => {
    if (++starts > 1) return;
    resume('yes');
    throw 'no';
  });
  assert.equal(answered.log, [['answer', 'yes']]);
});

test('call the clean-up when they are cancelled, once, and not when they are answered', () => {
  for (const cancelled of [true, false]) {
    let cleanUps = 0;
    const { loop, task, resume } = waiting(() => () => void cleanUps++);
    if (cancelled) task.cancel();
    resume('late');
    loop.steps();
    assert.is(cleanUps, cancelled ? 1 : 0);
    assert.is(loop._outside, cancelled ? 0 : 1, 'the second wait, if it has come so far');
    if (cancelled) assert.is(task.state, 'cancelled');
  }
});

test('call the clean-up also when the cancellation comes between the answer and the turn of the task', () => {
  let cleanUps = 0;
  const { loop, task, log, resume } = waiting(() => () => void cleanUps++);
  resume('value');
  task.cancel();
  loop.steps();
  assert.equal([cleanUps, loop._outside, task.state, log], [1, 0, 'cancelled', []]);
});

test('that are answered keep the task alive no more: a promise may keep their functions for ever', async () => {
  const kept: Resume[] = [];
  const gone = (() => {
    const { loop, task, resume } = waiting();
    kept.push(resume);
    resume('value');
    task.cancel();
    loop.steps();
    return new WeakRef(task);
  })();
  for (let i = 0; i < 10 && gone.deref(); i++) {
    await hostTurns(1);
    collect();
  }
  assert.is(gone.deref(), undefined);
  assert.is(kept.length, 1);
});

test('are what an effect gives that cannot be answered now', () => {
  const loop = new HandLoop();
  const task = loop.task((function* () {})());
  assert.is(
    suspendUntil(task, () => {}),
    SUSPENDED,
  );
});

test.run();
