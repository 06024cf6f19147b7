// Results in the order of their items, although they come in any order: one that comes early is held back until those
// before it are there. Relies on sync/deque.

import { Deque } from '../sync/deque.ts';

/** The place of an item in the line; later its result. */
interface Place<R> {
  result: R | undefined;
}

export class InOrder<R> {
  private readonly line = new Deque<Place<R>>();
  private first: Place<R> | undefined = undefined;
  /** How many results are held back. */
  held = 0;
  private readonly release: (result: R) => void;

  /** `release` is called with the results, in order. */
  constructor(release: (result: R) => void) {
    this.release = release;
  }

  /** An item goes on its way. Gives the function to be called with its result. */
  enter(): (result: R) => void {
    const place: Place<R> = { result: undefined };
    if (this.first) this.line.push(place);
    else this.first = place;
    return (result) => {
      place.result = result;
      this.held++;
      this.letOut();
    };
  }

  private letOut(): void {
    for (let result; (result = this.first?.result) !== undefined;) {
      this.held--;
      this.first = this.line.size > 0 ? this.line.shift() : undefined;
      this.release(result);
    }
  }
}
