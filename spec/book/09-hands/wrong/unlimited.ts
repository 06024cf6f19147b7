// Nobody ever waits.
export class Semaphore {
  free: number;

  constructor(permits: number) {
    this.free = permits;
  }

  *acquire(): Generator<any, void, any> {
    this.free--;
  }

  release(): void {
    this.free++;
  }
}
