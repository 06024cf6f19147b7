// A loop that tells its recorder what it is asked for, and which tasks become ready. Relies on the loop and
// instruments.

import '../../instruments/attach.ts'; // so that the option instruments works
import type { Task } from '../../kernel/task.ts';
import type { Waiter } from '../../kernel/waiting.ts';
import { Loop } from '../../loop/loop.ts';
import type { LoopOptions } from '../../loop/loop.ts';
import type { Recorder } from './recorder.ts';

export class RecordingLoop extends Loop {
  private readonly recorder: Recorder | undefined;

  /** Without a recorder it is only an example of its class (host/keep-compiled.ts). */
  constructor(options: LoopOptions, recorder?: Recorder) {
    super(recorder ? { ...options, instruments: [recorder, ...(options.instruments ?? [])] } : options);
    this.recorder = recorder;
  }

  /** Rounded up to a microsecond, so that a line is short and no sleep is too short. */
  override now(): number {
    const time = Math.ceil(super.now() * 1_000) / 1_000;
    this.recorder?.drawn('now', time);
    return time;
  }

  override random(): number {
    const number = super.random();
    this.recorder?.drawn('random', number);
    return number;
  }

  /** @internal */ override _scheduleAt(time: number, waiter: Waiter): void {
    if (time <= this.now()) return waiter._wake();
    if (time === Infinity) return;
    const park = () => this._clock._park(time, waiter);
    if (this.recorder) this.recorder.timerSet(waiter, park);
    else park();
  }

  /** @internal */ override _schedule(waiter: Waiter): void {
    this.recorder?.scheduled(waiter);
    super._schedule(waiter);
  }

  /** @internal */ override _pause(task: Waiter, answers: number): void {
    if (this.recorder) this.recorder.paused = task as Task;
    super._pause(task, answers);
  }
}
