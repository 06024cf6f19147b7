// Exercise 7: map(items, most, fn). Copy this file, write the function, and have it checked:
//
//   node demos book check 7 FILE
//
// - It calls the coroutine function `fn` for each item, and gives the results in the order of the items.
// - At most `most` of these calls run at the same time. As soon as one is over, the next one begins.
// - When a call fails, no further one begins. Those that are running are waited for, so that nothing is left running
//   when `map` is over. Then the error is thrown: the first one, if others have failed, too.

export function* map<A, T>(
  items: readonly A[],
  most: number,
  fn: (item: A) => Generator<unknown, T, any>,
): Generator<any, T[], any> {
  throw new Error(`map over ${items.length} items, ${most} at a time, with ${fn.name}, is not written yet`);
}
