// The priority is ignored.
type Work = Generator<unknown, unknown, any>;

export class PriorityLoop {
  private readonly queues: Record<'high' | 'low', Work[]> = { high: [], low: [] };

  createTask(work: Work, priority: 'high' | 'low'): void {
    void priority;
    this.queues.low.push(work);
  }

  runForever(): void {
    const { high, low } = this.queues;
    for (let urgent = 0; high.length + low.length > 0;) {
      const queue = high.length > 0 && (urgent < 3 || low.length === 0) ? high : low;
      urgent = queue === high ? urgent + 1 : 0;
      const work = queue.shift();
      if (work && !work.next().done) queue.push(work);
    }
  }
}
