// Who has come last is served first.
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
    const mine = new Future<void>((yield* currentTask()).loop);
    this.line.push(mine);
    let isMine = false;
    try {
      yield* mine;
      isMine = true;
    } finally {
      if (!isMine && mine.done) this.release();
      else if (!isMine) this.line.splice(this.line.indexOf(mine), 1);
    }
  }

  release(): void {
    const next = this.line.pop();
    if (next) next.setResult(undefined);
    else this.free++;
  }
}
