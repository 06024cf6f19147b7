// Whoever is cancelled in the line stays in it.
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
    yield* mine;
  }

  release(): void {
    const next = this.line.shift();
    if (next) next.setResult(undefined);
    else this.free++;
  }
}
