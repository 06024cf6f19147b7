// forEach with `whenBusy`: what becomes of an item that comes while all hands are full. Relies on together, source,
// effects/in-scope.
//
// One child pulls the items, and at most `concurrency` runners work on them. An item runs in a scope of its own on its
// runner's stack. So a newer item can end it, and the runner goes on with the newer one when the old one, with the
// tasks that it has spawned, has cleaned up.

import { inScope } from '../effects/in-scope.ts';
import type { Awaitable, Coroutine } from '../kernel/awaitable.ts';
import type { CancelScope } from '../kernel/cancel-scope.ts';
import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { CancelledError } from '../words/errors.ts';
import type { Group } from './group.ts';
import { isWork, leave, open } from './source.ts';
import type { Next, Puller, Source } from './source.ts';
import type { Plan } from './together.ts';

/**
 * What becomes of an item that comes while `concurrency` works are running:
 * - `wait`, the default: the item is pulled only when there is room for it;
 * - `drop`: it is dropped;
 * - `latest`: it waits for room, in the place of an older one that waits;
 * - `restart`: the work that has run longest is cancelled, and the item runs when that has cleaned up.
 */
export type WhenBusy = 'wait' | 'drop' | 'latest' | 'restart';

/** Ends the scope of a work when a newer item takes its place. Its runner sees that, and the signals in the work. */
class Superseded extends CancelledError {}

export class WhenBusyPlan implements Plan {
  private readonly source: Puller;
  private readonly work: (item: unknown, index: number) => unknown;
  private readonly concurrency: number;
  private readonly whenBusy: WhenBusy;
  private count = 0;
  private runners = 0;
  /** The scopes of the works that run, the oldest first. */
  private readonly running: CancelScope[] = [];
  /** An item that waits for room, with its index. */
  private newest: [item: unknown, index: number] | undefined = undefined;
  private pulling = false;
  private exhausted = false;

  constructor(
    items: Source<unknown>,
    work: (item: unknown, index: number) => unknown,
    concurrency: number,
    whenBusy: WhenBusy,
  ) {
    this.source = open(items);
    this.work = work;
    this.concurrency = concurrency;
    this.whenBusy = whenBusy;
  }

  start(group: Group): void {
    group.start(this.pull(group), { name: 'source' });
  }

  private *pull(group: Group): Coroutine<void> {
    for (;;) {
      this.pulling = true;
      const { done, value } = (yield this.source.next() as Awaitable<Next>) as Next;
      this.pulling = false;
      if (done) break;
      this.arrive(group, value, this.count++);
    }
    this.exhausted = true;
  }

  private arrive(group: Group, item: unknown, index: number): void {
    if (this.runners < this.concurrency) {
      this.runners++;
      group.start(this.run(item, index), { name: 'item' });
    } else if (this.whenBusy !== 'drop') {
      this.newest = [item, index];
      if (this.whenBusy === 'restart') this.running[0]?.cancel(new Superseded('a newer item has come'));
    }
  }

  /** A runner: works on the item, and then on the one that has come meanwhile. */
  private *run(item: unknown, index: number): Coroutine<void> {
    // One that has come before this task's first step found no work to cancel.
    if (this.whenBusy === 'restart' && this.newest) [item, index] = this.takeNewest();
    for (;;) {
      try {
        yield this.inScopeOfItsOwn(item, index);
      } catch (error) {
        if (!(error instanceof Superseded)) throw error;
      }
      if (this.newest === undefined) break;
      [item, index] = this.takeNewest();
    }
    this.runners--;
  }

  private takeNewest(): [item: unknown, index: number] {
    const newest = this.newest as [item: unknown, index: number];
    this.newest = undefined;
    return newest;
  }

  private inScopeOfItsOwn(item: unknown, index: number): Effect<unknown> {
    // The function is called within the scope: what it spawns belongs to the item.
    const call = new Effect('item', undefined, (task: Task) => {
      const work = this.work(item, index);
      return isWork(work) ? task._perform(work) : work;
    });
    return new Effect('item', [item], (task: Task) =>
      task._call(
        inScope(task, call, (scope) => {
          this.running.push(scope);
          return () => void this.running.splice(this.running.indexOf(scope), 1);
        }),
      ),
    );
  }

  decided(group: Group): boolean {
    return group.failed.length > 0;
  }

  answer(group: Group): void {
    group.throwFailures();
  }

  leave(): Awaitable<unknown> | void {
    if (!this.exhausted) return leave(this.source, this.pulling);
  }
}
