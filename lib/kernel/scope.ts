// A scope: the children that one owner started and must see ended. The owner does not end before its
// scope is empty, and no failure in it is lost: a child that failed stays until somebody looks at how,
// or the owner takes it over at its own end. Relies on nothing.

/** What a scope asks of the tasks in it. */
export interface Child {
  readonly done: boolean;
  readonly _daemon: boolean;
  /** It failed, and nobody has seen how. */
  readonly _lost: boolean;
  /** Its place in the scope's array. */
  _index: number;
  cancel(reason?: unknown): boolean;
}

export class Scope<C extends Child> {
  /** The task that started the children; a loop's own scope has none. */
  readonly _task: C | undefined;
  /** Those who are not over, and those who are lost. One that leaves is replaced by the last: O(1), no allocation. */
  readonly _children: C[] = [];
  /** Children that are not over; and those of them that the owner waits for at its normal end. */
  _alive = 0;
  _foreground = 0;
  /** It was cancelled as a whole: whoever is started from now on is cancelled before its first step. */
  _closing = false;

  constructor(task?: C) {
    this._task = task;
  }

  _add(child: C): void {
    child._index = this._children.push(child) - 1;
    this._count(child, 1);
  }

  _ended(child: C): void {
    this._count(child, -1);
    if (!child._lost) this._remove(child);
  }

  /** Nothing of the child is left to see to. */
  _remove({ _index }: C): void {
    const last = this._children.pop() as C;
    if (last._index !== _index) this._children[(last._index = _index)] = last;
  }

  /** Asks every child to end. Each is over only after its clean-up. */
  _cancel(reason: unknown): void {
    this._closing = true;
    for (const child of [...this._children]) child.cancel(reason);
  }

  private _count({ _daemon }: C, by: number): void {
    this._alive += by;
    if (!_daemon) this._foreground += by;
  }
}
