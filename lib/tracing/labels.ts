// The texts of a recording: what tasks wait on, the names of frames, errors. Each is kept once, under a number. What a
// task waits on is a kind, `sleep`, and mostly a number that varies, which is written beside the label: a million
// different sleeps have one label. Nothing that a program made is kept alive, no effect, no task and no long text, and
// no text is put together before somebody asks for it. Relies on words and the kernel.

import { Effect } from '../kernel/effect.ts';
import { Outcome } from '../kernel/outcome.ts';
import { Task } from '../kernel/task.ts';
import { oneLine } from '../words/show.ts';

/** Different texts are kept up to this many. From then on waits have their kinds only, and errors `...`. */
const MOST = 10_000;
/** Longer texts are cut. */
const LONGEST = 200;

/** What stands in the brackets: nothing; the number beside the label; a task whose id that is; a text; something. */
type Form = 'nothing' | 'number' | 'task' | 'text' | 'other';

interface Label {
  readonly kind: string;
  readonly form: Form;
  readonly text: string;
  /** There are more arguments. */
  readonly more: boolean;
}

export class Labels {
  /** Of the wait that `of` was asked for last: the number that varies, or NaN. */
  detail = NaN;
  private readonly all: Label[] = [{ kind: '...', form: 'text', text: '', more: false }];
  private readonly byForm: Readonly<Record<Exclude<Form, 'text'>, Map<string, number>[]>> = {
    nothing: [new Map(), new Map()],
    number: [new Map(), new Map()],
    task: [new Map(), new Map()],
    other: [new Map(), new Map()],
  };
  private readonly texts = new Map<string, Map<string, number>>();

  /** The label of what a task waits on. The number that goes with it is then in `detail`. */
  of(on: unknown): number {
    this.detail = NaN;
    if (isWaitForChildren(on)) return this.plain('its children');
    if (on instanceof Effect) return this.ofEffect(on.kind, on.payload);
    if (on instanceof Task) return this.ofArgument('', on, false);
    return this.plain(on instanceof Outcome ? 'a future' : 'a promise');
  }

  private ofEffect(kind: string, payload: unknown): number {
    if (payload === undefined) return this.byKind(kind, 'nothing', false);
    return Array.isArray(payload) ?
        this.ofArgument(kind, payload[0], payload.length > 1)
      : this.ofArgument(kind, payload, false);
  }

  private ofArgument(kind: string, argument: unknown, more: boolean): number {
    if (typeof argument === 'number') {
      this.detail = argument;
      return this.byKind(kind, 'number', more);
    }
    if (argument instanceof Task) {
      this.detail = argument.id;
      return this.byKind(kind, 'task', more);
    }
    if (typeof argument === 'string') return this.text(kind, argument, more);
    return this.byKind(kind, 'other', more);
  }

  /** The label of a frame that was called by yielding this. */
  ofFrame(yielded: unknown): number {
    if (!(yielded instanceof Effect)) return this.plain('a coroutine');
    const { kind, payload } = yielded;
    return this.plain(kind === 'call' && payload instanceof Effect ? payload.kind : kind);
  }

  /** A text that stands for itself, such as a name. */
  plain(text: string): number {
    return this.text(text, '', false);
  }

  private byKind(kind: string, form: Exclude<Form, 'text'>, more: boolean): number {
    const labels = this.byForm[form][more ? 1 : 0] as Map<string, number>;
    const known = labels.get(kind);
    if (known !== undefined) return known;
    if (this.all.length >= MOST) return TOO_MANY;
    const label = this.add({ kind: cut(kind), form, text: '', more });
    labels.set(kind, label);
    return label;
  }

  private text(kind: string, text: string, more: boolean): number {
    const short = cut(text);
    const labels = this.texts.get(kind);
    const known = labels?.get(short);
    if (known !== undefined) return known;
    if (this.all.length >= MOST) return text === '' ? TOO_MANY : this.byKind(kind, 'other', more);
    const label = this.add({ kind: cut(kind), form: 'text', text: short, more });
    if (labels) labels.set(short, label);
    else this.texts.set(kind, new Map([[short, label]]));
    return label;
  }

  private add(label: Label): number {
    return this.all.push(label);
  }

  /** What a label says, in one line: `sleep(100)`, `join(#2 slow)`, `fetch('http://localhost/')`. */
  textOf(label: number, detail: number, nameOf: (task: number) => string): string {
    const { kind, form, text, more } = this.all[label - 1] as Label;
    if (form === 'text' && text === '') return oneLine(kind);
    const argument =
      form === 'nothing' ? ''
      : form === 'number' ? String(Math.round(detail * 1_000) / 1_000)
      : form === 'task' ? `#${detail} ${nameOf(detail)}`
      : form === 'text' ? `'${text}'`
      : '...';
    if (kind === '') return oneLine(argument); // a task that was yielded as it is
    return oneLine(`${kind}(${argument}${more && form !== 'other' ? ', ...' : ''})`);
  }
}

/** The label 1 is there from the beginning. */
const TOO_MANY = 1;

/** A short text, of characters of its own: one that is cut out of a long one keeps the long one alive. */
export function cut(text: string): string {
  return text.length <= LONGEST ? text : JSON.parse(JSON.stringify(`${text.slice(0, LONGEST - 3)}...`));
}

/** At the end of a task, or within a combinator, which waits by an effect of its own. */
function isWaitForChildren(on: unknown): boolean {
  return Array.isArray(on) || (on instanceof Effect && on.kind === 'children');
}
