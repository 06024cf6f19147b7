// A coroutine as part of a component: it runs for as long as the component is shown.
import { useEffect } from 'react';
import { run } from 'treadle';
import type { Coroutine } from 'treadle';

/**
 * Runs the coroutine when the component has been mounted, and cancels it, with all its tasks and requests, when the
 * component goes. It may set states of the component at any time.
 */
export function useCoroutine(program: () => Coroutine<void>): void {
  useEffect(() => {
    const task = run(program());
    return () => {
      task.cancel('the component has gone');
    };
    // With no dependency: it runs once. What changes in between is read from refs.
  }, []);
}
