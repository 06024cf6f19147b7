// The program that runs in a worker, thread or process alike. It takes orders, calls exported functions and answers.
// Relies on line, ahead, arrivals, perform, engine, leaving, group-signals, packed-error, worker-state.

import { show } from '../words/messages.ts';
import { AheadInThread } from './ahead.ts';
import { noteArrivals } from './arrivals.ts';
import { withoutRefused } from './call-each.ts';
import { CallSignal } from './call-signal.ts';
import { withEngine } from './engine.ts';
import { askAboutSignals, heed } from './group-signals.ts';
import { crash, isOrphaned, leaveByOrder, leaveIfOrphaned, leaveOrphaned } from './leaving.ts';
import { hold, isThread, listen, send } from './line.ts';
import type { ItemOutcome } from './outcomes.ts';
import { pack } from './packed-error.ts';
import { perform } from './perform.ts';
import type { Answer, Call, Order, RunOrder, Unfit } from './protocol.ts';
import { transfersOf } from './transfer.ts';
import { refusedValue, unsendableValue } from './unsendable.ts';
import { workerState } from './worker-state.ts';

const kind = isThread ? 'thread' : 'process';

/** A call that is not over. */
interface Running {
  readonly call: Call;
  readonly signal: CallSignal;
  /** `unfit`: what it has started may still be there, and the worker is of no use. */
  fail(error: unknown, unfit?: Unfit): void;
}

const running = new Map<number, Running>();
/** The initializer's end, while it runs. */
let ready: Promise<unknown> | undefined;
let broken: Error | undefined;
let noteArrival: (() => number) | undefined;
/** The calls that were given ahead. */
let callsAhead: AheadInThread | undefined;

const failure = (id: number, { aborted }: CallSignal, error: unknown, unfit?: Unfit): Answer => ({
  treadle: 'error',
  id,
  error: pack(error),
  aborted,
  unfit,
});

function run(id: number, call: Call, progress: boolean): void {
  const signal = new CallSignal();
  const resolve = (value: unknown): void => {
    const what = () => `the result of ${call.export}`;
    const unsendable = call.each ? undefined : unsendableValue(what, value, kind); // a chunk has looked at each
    if (unsendable) return fail(unsendable);
    if (!over(id)) return;
    let refused = false;
    try {
      send({ treadle: 'value', id, value }, undefined, transfersOf([value]));
    } catch (cause) {
      refused = !call.each;
      if (refused) send(failure(id, signal, refusedValue(what, kind, cause)));
      else send({ treadle: 'value', id, value: withoutRefused(value as ItemOutcome[], call.export, kind, cause) });
    }
    callsAhead?.over(refused);
  };
  const fail = (error: unknown, unfit?: Unfit): void => {
    if (!over(id)) return;
    const heeded = signal.aborted && (error === signal.reason || (error as Error | undefined)?.name === 'AbortError');
    send(heeded ? { treadle: 'cancelled', id } : failure(id, signal, error, unfit));
    callsAhead?.over(true);
  };
  const report = (value: unknown): void => {
    if (running.get(id)?.signal !== signal) return;
    const what = () => `progress(${show(value)})`;
    const unsendable = unsendableValue(what, value, kind);
    if (unsendable) throw unsendable;
    try {
      send({ treadle: 'progress', id, value }, undefined, transfersOf([value]));
    } catch (cause) {
      throw refusedValue(what, kind, cause);
    }
  };
  const start = (): void => {
    if (broken) fail(broken, 'not prepared');
    else if (progress) workerState().reports.run(report, () => perform(call, kind, signal, resolve, fail));
    else perform(call, kind, signal, resolve, fail);
  };
  running.set(id, { call, signal, fail });
  if (ready) void ready.then(start);
  else start();
}

/** False when it was over before. */
function over(id: number): boolean {
  const was = running.delete(id);
  breaks = 0;
  if (running.size === 0) {
    hold(true);
    if (isOrphaned()) queueMicrotask(leaveIfOrphaned); // when its answer was given
  }
  return was;
}

function start(initializer: Call | undefined): void {
  if (!initializer) return;
  const initialized = new Promise((resolve, reject) =>
    perform(initializer, kind, new CallSignal(), resolve, reject),
  ).then(undefined, (cause) => {
    broken = new Error(
      `the initializer ${initializer.export} failed: ${cause instanceof Error ? cause.message : show(cause)}`,
      { cause },
    );
  });
  // The calls that wait start in the microtasks behind this one, and the next order comes behind those.
  ready = initialized.then(() => {
    ready = undefined;
    if (!broken) send({ treadle: 'ready' });
  });
}

function cancel(id: number, reason: unknown): void {
  running.get(id)?.signal.abort(reason);
  send({ treadle: 'heard', id });
}

// ---- Deadlocks (stuck.ts)

/** How many orders it was given, so that the program knows whether it got them before it was stuck. */
let orders = 0;
/** How often a deadlock was broken since a call was over. Clean-ups can wait for each other, too. */
let breaks = 0;
const MOST_BREAKS = 3;

/** Node has nothing left to do, and the line does not keep the worker alive: there are calls. */
function onBeforeExit(): void {
  if (running.size === 0) return;
  // The engine must not break a deadlock that the program can still end. If a module of the user's has loaded it, this
  // comes in time, because the engine lets one more turn of Node pass before it breaks anything.
  withEngine(({ waitForProgram }) => {
    if (running.size === 0) return;
    waitForProgram();
    hold(true);
    send({ treadle: 'stuck', orders });
  }, crash);
}

function breakDeadlock(): void {
  withEngine(({ goOn, deadlockOf }) => {
    if (breaks++ < MOST_BREAKS && goOn()) return;
    for (const { call, fail } of [...running.values()]) fail(deadlockOf(call.export), 'stuck');
  }, crash);
}

// ---- Orders

function receiveCall({ id, call, progress, ahead }: RunOrder): void {
  const number = noteArrival?.() ?? 0;
  if (!ahead) {
    callsAhead?.goOn();
    return run(id, call, progress);
  }
  callsAhead?.add(number, running.size === 0, () => {
    run(id, call, progress);
    hold(running.size === 0);
  });
}

function receive(order: Order | undefined): void {
  switch (order?.treadle) {
    case undefined:
      return; // a message of the user's own
    case 'signal':
      return heed(order.signal);
    case 'start':
      noteArrival = noteArrivals(order.arrivals);
      callsAhead = order.slots && new AheadInThread(order.slots);
      start(order.initializer);
      break;
    case 'run':
      receiveCall(order);
      break;
    case 'unreadable': // as with a smaller stack than the program's; which call it was, nobody knows
      noteArrival?.();
      crash(new RangeError('an order is too large or too deep to be read here'));
      break;
    case 'cancel':
      cancel(order.id, order.reason);
      break;
    case 'break':
      breakDeadlock();
      break;
    case 'end':
      leaveByOrder();
  }
  orders++;
  hold(running.size === 0);
}

workerState().crash = crash; // from now on this is a worker
process.prependListener('beforeExit', onBeforeExit); // before the engine's own
listen(receive);
if (!isThread) {
  process.on('disconnect', () => {
    leaveOrphaned([...running.values()].map(({ signal }) => signal));
    if (running.size === 0) leaveIfOrphaned();
  });
  askAboutSignals();
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') > 1) return; // somebody else knows what to do
    crash(error);
  });
}
