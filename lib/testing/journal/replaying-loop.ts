// A loop that a replayer answers, instead of the world outside. Like that of `runSync` it runs to its end before its
// caller goes on. It asks the replayer after each step, and before each effect that could be put off, whether something
// is due. Relies on the loop and instruments.

import '../../instruments/attach.ts'; // so that the option instruments works
import type { Task } from '../../kernel/task.ts';
import type { Waiter } from '../../kernel/waiting.ts';
import { Loop } from '../../loop/loop.ts';
import type { LoopOptions } from '../../loop/loop.ts';
import type { Replayer } from './replayer.ts';

export class ReplayingLoop extends Loop {
  /** @internal */ override readonly _runsAtOnce = true;
  /** @internal */ override readonly _replays = true;
  private readonly replayer: Replayer | undefined;

  /** Without a replayer it is only an example of its class (host/keep-compiled.ts). */
  constructor(options: LoopOptions, replayer?: Replayer) {
    super(replayer ? { ...options, instruments: [replayer, ...(options.instruments ?? [])] } : options);
    this.replayer = replayer;
  }

  override now(): number {
    return this.replayer ? this.replayer.drawn('now') : 0;
  }

  override random(): number {
    return this.replayer ? this.replayer.drawn('random') : 0;
  }

  /** @internal */ override _scheduleAt(time: number, waiter: Waiter): void {
    this.replayer?.timerSet(time, waiter);
  }

  /** @internal */ override _schedule(waiter: Waiter): void {
    this.replayer?.scheduled(waiter);
    super._schedule(waiter);
  }

  /** @internal */ override _pause(task: Waiter, answers: number): void {
    if (this.replayer) this.replayer.paused = task as Task;
    super._pause(task, answers);
  }

  /** @internal */ override _refusePromise(task: Task, promise?: PromiseLike<unknown>): void {
    if (promise !== undefined) this.replayer?.promised(task, promise);
  }

  /** @internal Debug mode is loaded asynchronously, and nobody can wait for it here. */
  override _debugIsLate(): void {}

  /** @internal */ override _start(main: Task): void {
    main._observe(); // by replayJournal, which is about to look
    this._awake = true; // nobody need wake us
    this.replayer?.begin(main);
    super._start(main);
    this._slice();
  }

  /** @internal */ override _beginPass(): void {
    super._beginPass();
    this.replayer?.deliver(this);
  }

  /** @internal Asked again each time, in a step and behind it. The host never has its turn. */
  override _sliceIsOver(): boolean {
    this._budget = 0;
    const { replayer } = this;
    if (replayer === undefined || this._main?.done || this._endOfFront?._queued) return false;
    if (replayer.inside) return replayer.interrupts();
    replayer.deliver(this);
    return false;
  }

  /** @internal */ override _idle(): boolean {
    if (this._main?.done !== true && this.replayer?.goesOn(this)) return true;
    this._running = false; // also when even the clean-ups do not end
    this._unwatch();
    return super._idle();
  }
}
