// Exercise 11: once(emitter, event). Copy this file, write the function, and have it checked:
//
//   node demos book check 11 FILE
//
// - It waits until the emitter emits `event`, and gives the value that the listener is called with.
// - If the emitter emits 'error' before that, this value is thrown.
// - An emitter does what it likes. It may call a listener while that is being added, or later, or never. It may emit
//   several times in a row, before your task has its turn: the first time counts.
// - When the event has come, and when the wait is cancelled, the emitter has none of your listeners any more. Those of
//   others are still there.

export interface Emitter {
  on(event: string, listener: (value: any) => void): void;
  /** Removes a listener. Nothing happens if it is not there. */
  off(event: string, listener: (value: any) => void): void;
}

export function* once(emitter: Emitter, event: string): Generator<any, any, any> {
  throw new Error(`once of ${event} and ${emitter} is not written yet`);
}
