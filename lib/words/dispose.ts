// The two symbols by which `using` and `await using` find how something ends. Relies on nothing.

declare global {
  // As lib.esnext.disposable and Node's types have them, for programs that are compiled without both.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }
}

// Where the platform lacks them, tools that translate `using` take these, too.
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
