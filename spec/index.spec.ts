// The public face: exactly these names, and nothing happens when they are imported.
import * as treadle from 'treadle';
import * as instruments from 'treadle/instruments';
import * as testing from 'treadle/testing';
import * as tracing from 'treadle/tracing';
import * as distributed from 'treadle/distributed';
import * as workers from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { program } from './support/programs.ts';

const test = suite('public surface');

const names = [
  'run',
  'runSync',
  'main',
  'coroutine',
  'call',
  'spawn',
  'join',
  'cancel',
  'sleep',
  'sleepUntil',
  'now',
  'yieldNow',
  'currentTask',
  'abortSignal',
  'createContext',
  'suspend',
  'shield',
  'ensure',
  'use',
  'all',
  'allSettled',
  'any',
  'race',
  'wait',
  'asCompleted',
  'timeout',
  'random',
  'deadline',
  'start',
  'RateLimit',
  'debounce',
  'throttle',
  'pipe',
  'toReadableStream',
  'withSignal',
  'retry',
  'map',
  'forEach',
  'taskGroup',
  'Lock',
  'Semaphore',
  'Event',
  'Condition',
  'Barrier',
  'BrokenBarrierError',
  'Queue',
  'PriorityQueue',
  'LifoQueue',
  'Channel',
  'QueueEmptyError',
  'QueueFullError',
  'once',
  'on',
  'fetch',
  'fromPromise',
  'fromCallback',
  'toPromise',
  'fromAsyncIterable',
  'toAsyncIterable',
  'EventLoop',
  'Task',
  'Future',
  'CancelledError',
  'TimeoutError',
  'DeadlockError',
  'QueueClosedError',
  'InvalidStateError',
];

test('treadle exports exactly the names of the contract', () =>
  assert.equal(Object.keys(treadle).sort(), [...names].sort()));

test('treadle/testing exports simulation, exploration, interception and journals', () =>
  assert.equal(Object.keys(testing).sort(), [
    'CheckFailedError',
    'ExplorationError',
    'JournalError',
    'NotRepeatableError',
    'ScheduleError',
    'Simulation',
    'TooManyStepsError',
    'VirtualClock',
    'explore',
    'fakeFetch',
    'intercept',
    'record',
    'replay',
    'replayJournal',
    'seeded',
    'simulate',
    'step',
    'table',
    'virtually',
  ]));

test('treadle/instruments exports the ways to attach one', () =>
  assert.equal(Object.keys(instruments).sort(), ['attach', 'instrumentEveryLoop']));

test('treadle/tracing exports recorders, and what is made of recordings', () =>
  assert.equal(Object.keys(tracing).sort(), [
    'FlightRecorder',
    'Recorder',
    'dump',
    'measureTasks',
    'readRecording',
    'summarize',
    'toJsonLines',
    'toPerfetto',
    'toSvg',
    'toText',
  ]));

test('treadle/workers exports executors, the pool, and what code in workers needs', () =>
  assert.equal(Object.keys(workers).sort(), [
    'Pool',
    'WorkerDiedError',
    'inWorker',
    'processes',
    'progress',
    'runIn',
    'threads',
    'transfer',
    'workerSignal',
  ]));

test('treadle/distributed exports machines, serve, and their error', () =>
  assert.equal(Object.keys(distributed).sort(), ['MachinesError', 'machines', 'serve']));

test('every one is a function or a class', () => {
  for (const [name, value] of Object.entries(treadle)) assert.type(value, 'function', name);
});

test('the errors are errors, with their names', () => {
  for (const name of names.filter((name) => name.endsWith('Error'))) {
    const Class = (treadle as never as Record<string, new (message: string) => Error>)[name]!;
    const error = new Class('what happened');
    assert.instance(error, Error);
    assert.equal([error.name, error.message, String(error)], [name, 'what happened', `${name}: what happened`]);
    assert.match(error.stack ?? '', /what happened/);
  }
});

test('importing does nothing: no output, no listener, no global, nothing that keeps a process alive', async () => {
  const { code, out, err } =
    await program(`const state = () => JSON.stringify([process.eventNames().map((name) => [String(name), process.listenerCount(name)]), Reflect.ownKeys(globalThis).map(String)]);
void [process.stdout, process.stderr]; // node:util opens them
const resources = () => process.getActiveResourcesInfo().filter((name) => name !== 'CloseReq').length;
const before = state();
const held = resources();
await import('treadle');
await import('treadle/testing');
await import('treadle/tracing');
await import('treadle/workers');
await import('treadle/distributed');
process.exitCode = state() === before && resources() <= held ? 0 : 1;
if (process.exitCode) console.error(before + '\\n' + state() + process.getActiveResourcesInfo());`);
  assert.is(code, 0, err);
  assert.is(out, '');
});

test.run();
