// Exercise 2: tasks of two priorities. Copy this file, write the two methods, and have them checked:
//
//   node demos book check 2 FILE
//
// - Tasks of one priority take turns, in the order in which they were created.
// - As long as tasks of both priorities are ready, the 'high' ones have three turns between them, then the 'low' ones
//   have one, and so on. So what is urgent is quick, and nobody starves.
// - A task may create others while it runs.

export type Priority = 'high' | 'low';

export class PriorityLoop {
  createTask(work: Generator<unknown, unknown, any>, priority: Priority): void {
    throw new Error(`createTask is not written yet: ${work} with priority ${priority}`);
  }

  runForever(): void {
    throw new Error('runForever is not written yet');
  }
}
