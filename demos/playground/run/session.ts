// One load of a program, recorded: what stands at its top is run, and with it the program, under the schedule that was
// asked for. Relies on program, modules, drive and the desk.

import { runSync } from 'treadle';
import type { Awaitable } from 'treadle';
import { Activations } from './activations.ts';
import { consoleFor } from './console.ts';
import { Desk } from './desk.ts';
import { drive, Halt } from './drive.ts';
import type { Course } from './drive.ts';
import { FaultLine } from './fault-line.ts';
import { errorAtLoad } from './load-error.ts';
import { requireWith } from './modules.ts';
import { NotePad } from './note-pad.ts';
import { Pending } from './pending.ts';
import { Places } from './places.ts';
import { called, load } from './program.ts';
import { withNames } from './with-names.ts';
import type { CodeError, RunAnswer } from './request.ts';
import { isInstance, showNamesOf } from './show.ts';
import type { Script } from './translate.ts';

const AGAIN = 'The playground shows one run, and a second one is started here: let one main call both, with yield*';
const WITHIN = 'run starts a loop of its own, and this program is within one: use spawn';

export class Session {
  private readonly script: Script;
  private readonly course: Course;
  private readonly desk: Desk;
  private readonly faultLine: FaultLine;
  private readonly activations = new Activations();
  private state: 'loading' | 'running' | 'over' = 'loading';
  private pending: (() => void) | undefined = undefined;
  /** What the program itself threw: that is told by the log. */
  private thrown: { readonly error: unknown } | undefined = undefined;

  constructor(script: Script, course: Course) {
    this.script = script;
    this.course = course;
    const pad = new NotePad(course.limits);
    this.desk = new Desk(pad, this.activations, new Places());
    this.faultLine = new FaultLine(pad, course.faults ?? []);
  }

  run(): RunAnswer {
    const { desk, faultLine } = this;
    const { pad, places } = desk;
    let error: CodeError | undefined;
    showNamesOf(this.script.code);
    try {
      const { main, check } = load(this.script, {
        require: requireWith(places, { run: this.start, runSync: this.startSync }),
        console: consoleFor((level, text) => {
          if (pad.stopped !== undefined) throw new Halt(); // it may print for ever, within one step
          pad.print(level, text, desk.running?.id);
        }),
        activations: this.activations,
      });
      if (this.pending) this.pending();
      else if (this.state === 'loading') this.startSync(called(main), { check });
    } catch (thrown) {
      if (!isInstance(thrown, Halt) && thrown !== this.thrown?.error) error = errorAtLoad(thrown);
    }
    const { requests, timers } = faultLine;
    const hasRun = desk.tasks.size > 0 && error?.kind !== 'schedule';
    return {
      kind: 'run',
      log: hasRun ? { events: withNames(pad.events), places: places.places } : undefined,
      error,
      ended: hasRun ? endOf(pad) : undefined,
      output: pad.output,
      requests,
      timers,
    };
  }

  // ---- What the program is given

  /** `runSync` within the program is the real one: its loop is not the one that is shown. */
  private readonly startSync = (work: Awaitable<unknown>, options: object = {}): unknown => {
    if (this.state === 'running') return runSync(work, options);
    this.begins();
    return this.drive(work, options);
  };

  private readonly start = (work: Awaitable<unknown>, options: object = {}): Pending => {
    if (this.state === 'running') throw new TypeError(WITHIN);
    this.begins();
    const pending = new Pending();
    this.pending = () => pending.settle(() => this.drive(work, options));
    return pending;
  };

  private begins(): void {
    if (this.state === 'over' || this.pending) throw new TypeError(AGAIN);
    this.state = 'over';
  }

  private drive(work: Awaitable<unknown>, { check, ...options }: { check?: Course['check'] }): unknown {
    this.state = 'running';
    const { desk, course, faultLine } = this;
    try {
      return drive(work, options, { ...course, check }, desk, faultLine);
    } catch (error) {
      if (desk.pad.events.at(-1)?.kind === 'ended') this.thrown = { error };
      throw error;
    } finally {
      this.state = 'over';
    }
  }
}

function endOf({ stopped, events }: NotePad): RunAnswer['ended'] {
  if (stopped !== undefined) return 'stopped';
  for (const event of events) if (event.kind === 'ended') return event.state;
  return undefined;
}
