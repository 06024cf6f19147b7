// Who is cancelled in the line gives back what it never had.
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
      if (!isMine) {
        const place = this.line.indexOf(mine);
        if (place >= 0) this.line.splice(place, 1);
        this.release();
      }
    }
  }

  release(): void {
    const next = this.line.shift();
    if (next) next.setResult(undefined);
    else this.free++;
  }
}
