// What `run(main())` gives a program of the playground. treadle gives the main task, on which one may call `then`; what
// that is given would be called by the host, when the log is closed long since. Here it is called when the run is over.
// Relies on nothing.

type Callback = ((value: unknown) => unknown) | null | undefined;

export class Pending {
  private readonly reactions: { readonly onValue: Callback; readonly onError: Callback }[] = [];

  then(onValue?: Callback, onError?: Callback): this {
    this.reactions.push({ onValue, onError });
    return this;
  }

  catch(onError?: Callback): this {
    return this.then(undefined, onError);
  }

  finally(callback: () => unknown): this {
    return this.then(callback, callback);
  }

  /** Does the work, and then calls what is to be called. An error goes to the first one that wants it. */
  settle(work: () => unknown): void {
    let outcome = attempt(work);
    for (const { onValue, onError } of this.reactions) {
      const reaction = outcome.isError ? onError : onValue;
      const { value } = outcome;
      if (reaction) outcome = attempt(() => reaction(value));
    }
    if (outcome.isError) throw outcome.value;
  }
}

function attempt(work: () => unknown): { readonly isError: boolean; readonly value: unknown } {
  try {
    return { isError: false, value: work() };
  } catch (error) {
    return { isError: true, value: error };
  }
}
