// Exercise 10: circlesIn(report). Copy this file, write the function, and have it checked:
//
//   node demos book check 10 FILE
//
// It is given the text of a report, such as this one:
//
//   DeadlockError: every task waits and nothing can wake them:
//     <Task #1 main waiting on its children>
//     <Task #2 ada waiting on cash.acquire()>, held by #3 bob
//     <Task #3 bob waiting on join(#2 ada)>
//     <Task #4 eve waiting on #3 bob>
//     <Task #5 tom waiting on queue.get()>
//
// - `ada` waits for `bob`, who holds the lock. `bob` and `eve` have joined a task, and wait for that one. For `main` and
//   `tom` the report does not say for whom they wait.
// - It gives all circles. Each is a list: `[['#2 ada', '#3 bob']]`. A circle begins with the one of its tasks that the
//   report lists first, and then comes the task that this one waits for, and so on.
// - The circle comes first whose first task is listed first. If there is no circle, the list is empty.
// - `eve` is not to blame: she waits for a circle, and is not in it.
// - A task may wait for itself. Two tasks may have the same name, and a name may be several words.

export function circlesIn(report: string): string[][] {
  throw new Error(`to find the circles in ${report.length} characters is not written yet`);
}
