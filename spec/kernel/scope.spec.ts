// Scopes: what a task owns, and in which order that ends.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { currentTask, join, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { ENDING, LAST_CALL, OPEN } from '../../lib/kernel/modes.ts';
import { innermostScope, rootScope, Scope } from '../../lib/kernel/scope.ts';
import { caught } from '../support/errors.ts';
import { same } from '../support/lists.ts';
import { seeded } from '../support/random.ts';
import { virtually } from '../support/virtual.ts';

/** The root of the task that runs. */
function* root(): Coroutine<Scope> {
  return rootScope((yield* currentTask()) as Task<any>);
}

/** Each child knows its place, and those that are no daemons are counted. */
function consistent(scope: Scope, daemons: number): void {
  scope.children.forEach((child, i) => assert.is(child._index, i));
  assert.is(scope.foreground, scope.children.length - daemons);
}

/** Waits until it is cancelled, notes that, and cleans up for a while. */
function* noting(log: string[], name: string, ms: number): Coroutine<void> {
  try {
    yield* sleep(Infinity);
  } finally {
    log.push(`${name} closes`);
    yield* sleep(ms);
    log.push(`${name} is closed`);
  }
}

const test = suite('scopes');

test('a task that never spawns has none; the first child makes the root', () => {
  virtually(function* () {
    const task = (yield* currentTask()) as Task<any>;
    assert.is(task._scope, undefined);
    const child = yield* spawn(sleep(1));
    const scope = task._scope as Scope;
    assert.equal([scope.task, scope.outer, scope.phase], [task, undefined, OPEN]);
    same(scope.children, [child]);
    same([innermostScope(task), rootScope(task), child._owner], [scope, scope, scope]);
  });
});

test('children that end in any order leave the others in place', () => {
  virtually(function* () {
    const scope = yield* root();
    const draw = seeded(5);
    const daemons: Task<void>[] = [];
    for (let i = 0; i < 200; i++) {
      const daemon = draw(3) === 0;
      const child = yield* spawn(sleep(1 + draw(50)), { daemon });
      if (daemon) daemons.push(child);
    }
    while (scope.children.length > 0) {
      consistent(scope, daemons.filter(({ done }) => !done).length);
      yield* sleep(1);
    }
    assert.is(scope.foreground, 0);
  });
});

test('a normal end waits for the children, and cancels the daemons when only they are left', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(noting(log, 'daemon', 5), { daemon: true });
        yield* spawn(sleep(20));
      })(),
    );
    yield* sleep(10);
    const scope = owner._scope as Scope;
    assert.equal([scope.phase, log], [OPEN, []]);
    yield* sleep(11);
    assert.equal([scope.phase, log], [LAST_CALL, ['daemon closes']]);
    yield* join(owner);
  });
  assert.equal(log, ['daemon closes', 'daemon is closed']);
});

test('a failure cancels the children, and their daemons when those have cleaned up', () => {
  const log: string[] = [];
  const phases: number[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* (): Coroutine<void> {
        yield* spawn(noting(log, 'daemon', 5), { daemon: true });
        yield* spawn(noting(log, 'child', 10));
        yield* sleep(1);
        throw new Error('no');
      })(),
    );
    yield* sleep(2);
    const scope = owner._scope as Scope;
    for (; !owner.done; yield* sleep(4)) phases.push(scope.phase);
    yield* caught(owner);
  });
  assert.equal(log, ['child closes', 'child is closed', 'daemon closes', 'daemon is closed']);
  assert.equal(phases, [ENDING, ENDING, ENDING, LAST_CALL]);
});

test('children are cancelled in the order in which they were spawned, also when some have left', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
          yield* spawn(name < 'c' ? sleep(1) : noting(log, name, 0), { name });
        yield* sleep(Infinity);
      })(),
    );
    yield* sleep(2);
    owner.cancel();
    yield* caught(owner);
  });
  assert.equal(
    log.filter((entry) => entry.endsWith('closes')),
    ['c closes', 'd closes', 'e closes', 'f closes'],
  );
});

test('a task that waits at its end goes on when the last child is over, and not before', () => {
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        for (const ms of [5, 10, 15]) yield* spawn(sleep(ms));
      })(),
    );
    const states = [];
    for (let i = 0; i < 4; i++) {
      yield* sleep(i === 0 ? 1 : 5);
      states.push(`${owner.state} ${owner.children.length}`);
    }
    assert.equal(states, ['waiting 3', 'waiting 2', 'waiting 1', 'succeeded 0']);
  });
});

test('who is spawned while it ends is cancelled at once: daemons only at the last call', () => {
  virtually(function* () {
    const scope = yield* root();
    assert.equal([scope.refuses(false), scope.refuses(true)], [false, false]);
    const child = yield* spawn(sleep(Infinity));
    scope.cancelChildren('why');
    assert.equal([scope.phase, scope.refuses(false), scope.refuses(true)], [ENDING, true, false]);
    assert.ok(!scope.drain());
    yield* caught(child);
    assert.ok(scope.drain());
    assert.equal([scope.phase, scope.refuses(false), scope.refuses(true)], [LAST_CALL, true, true]);
    scope.cancelChildren('again');
    assert.is(scope.phase, LAST_CALL, 'never back');
    const late = yield* spawn(sleep(Infinity));
    yield* caught(late);
    assert.is(late.state, 'cancelled');
  });
});

test('failures that nobody has seen are kept in the order in which they came', () => {
  const log: unknown[] = [];
  const failing = function* (ms: number): Coroutine<void> {
    yield* sleep(ms);
    throw ms;
  };
  virtually(function* () {
    const scope = yield* root();
    const children = [];
    for (const ms of [40, 10, 30, 20, 50]) children.push(yield* spawn(failing(ms)));
    yield* sleep(60);
    log.push(yield* caught(children[2]!)); // 30 is seen
    children[3]!.error(); // and so is 20
    log.push(scope.takeErrors(), scope.takeErrors());
  });
  assert.equal(log, [30, [10, 40, 50], []]);
});

test('the end waits one turn for joins that may be under way, and only when a failure is unseen', () => {
  virtually(function* () {
    const scope = yield* root();
    yield* spawn(yieldNow());
    yield* sleep(1);
    const calm = innermostScope(yield* currentTask());
    assert.is(calm, scope);
    const child = yield* spawn(
      (function* (): Coroutine<void> {
        throw new Error('no');
      })(),
    );
    yield* sleep(1);
    assert.equal([scope.awaitsJoins(), scope.awaitsJoins()], [true, false]);
    yield* caught(child);
  });
});

test('what is detached belongs to the topmost task', () => {
  virtually(function* () {
    const main = (yield* currentTask()) as Task<any>;
    const level = function* (depth: number): Coroutine<void> {
      const task = (yield* currentTask()) as Task<any>;
      assert.is(innermostScope(task).top, main);
      assert.is(new Scope(task, innermostScope(task)).top, main, 'of a scope that the task opens as well');
      if (depth > 0) return yield* join(yield* spawn(level(depth - 1)));
      const detached = yield* spawn(yieldNow(), { detached: true });
      assert.is(detached._owner, rootScope(main));
    };
    yield* level(5);
  });
});

test.run();
