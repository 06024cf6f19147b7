// The permit is put back, and the next one is woken to look for it: somebody else may be faster.
import { currentTask, Future } from 'treadle';

export class Semaphore {
  private free: number;
  private readonly line: Future<void>[] = [];

  constructor(permits: number) {
    this.free = permits;
  }

  *acquire(): Generator<any, void, any> {
    if (this.free > 0) {
      this.free--;
      return;
    }
    // Woken, it tries again, at the end of the line.
    const mine = new Future<void>((yield* currentTask()).loop);
    this.line.push(mine);
    let isMine = false;
    try {
      yield* mine;
      isMine = true;
      yield* this.acquire();
    } finally {
      if (!isMine && !mine.done) this.line.splice(this.line.indexOf(mine), 1);
    }
  }

  release(): void {
    const next = this.line.shift();
    this.free++;
    next?.setResult(undefined);
  }
}
