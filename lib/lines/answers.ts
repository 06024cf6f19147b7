// What V8's inspector answers, as far as it is needed here, and how a suspended generator is read from it. The language
// has no way to ask where a generator is suspended. The inspector has: `[[GeneratorLocation]]`. The same answers come
// from the session of this process (inspector.ts) and over a socket from another one (lib/command/). Relies on nothing.

/** Something that the inspector can be asked about further. */
export interface RemoteObject {
  readonly objectId?: string;
  readonly value?: unknown;
  /** Of a function: its whole text. */
  readonly description?: string;
  /** `set` for a set. */
  readonly subtype?: string;
}

export interface Property {
  readonly name: string;
  readonly value?: RemoteObject;
}

/** The answer to `Runtime.getProperties`. */
export interface Properties {
  readonly result: readonly Property[];
  readonly internalProperties?: readonly Property[];
}

/** The event `Debugger.scriptParsed`. */
export interface ScriptParsed {
  readonly scriptId: string;
  readonly url: string;
  /** The address of its source map, which may be a `data:` URL. */
  readonly sourceMapURL?: string;
}

/** A place in a script, as the inspector counts: from 0. */
export interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number;
}

/** A generator that is suspended somewhere. */
export interface Suspended {
  /** The name of its function, or an empty text. */
  readonly name: string;
  readonly location: Location;
}

/** Reads the answer about a generator; `undefined` when it is over, or runs. */
export function readGenerator({ internalProperties = [] }: Properties): Suspended | undefined {
  const location = internal(internalProperties, '[[GeneratorLocation]]')?.value as Location | undefined;
  // Of one that runs, or is over, it is where it was suspended last.
  const state = internal(internalProperties, '[[GeneratorState]]')?.value;
  if (location === undefined || state === 'running' || state === 'closed') return undefined;
  const text = internal(internalProperties, '[[GeneratorFunction]]')?.description ?? '';
  return { name: nameIn(text), location };
}

/** Reads the answer about a function: where it is defined. */
export function readFunction({ internalProperties = [] }: Properties): Location | undefined {
  return internal(internalProperties, '[[FunctionLocation]]')?.value as Location | undefined;
}

function internal(properties: readonly Property[], name: string): RemoteObject | undefined {
  return properties.find((property) => property.name === name)?.value;
}

/** The name in the text of a generator function: `function* page(url) {`, or of a method, `*page(url) {`. */
function nameIn(text: string): string {
  return /^(?:static\s+)?(?:function\s*)?\*\s*([\w$#]*)/.exec(text)?.[1] ?? '';
}
