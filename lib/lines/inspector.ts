// The inspector of this very process: a session with the thread that asks, which answers at once. It is Node's alone,
// and it is loaded when somebody asks. To connect takes 0.1 ms, a generator 0.1 ms, and to learn the names of scripts
// 5 to 50 ms, once for each script that is new. While nobody asks, no session is open. Relies on answers.

import { readFunction, readGenerator } from './answers.ts';
import type { Location, Properties, RemoteObject, ScriptParsed, Suspended } from './answers.ts';

/** What is needed of `node:inspector`. */
interface Session {
  connect(): void;
  disconnect(): void;
  on(event: 'Debugger.scriptParsed', listener: (message: { readonly params: ScriptParsed }) => void): void;
  post(method: string, params: object, answered: (error: unknown, answer: unknown) => void): void;
}
interface Inspector {
  readonly Session: new () => Session;
}

/** `undefined` in browsers, and in Node before 20.16, which cannot load a module of its own at once. */
function inspector(): Inspector | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: 'node:inspector'): Inspector | undefined };
  };
  return process?.getBuiltinModule?.('node:inspector');
}

/** By its id. A script keeps its id as long as the process lives. */
const scripts = new Map<string, ScriptParsed>();

/** Where generators are suspended and functions are defined. */
export interface Answers {
  /** For each generator, in their order. */
  readonly generators: readonly (Suspended | undefined)[];
  readonly functions: readonly (Location | undefined)[];
  readonly scripts: ReadonlyMap<string, ScriptParsed>;
}

/** Asks about these. `undefined` when there is no inspector here, or it refuses. */
export function askInspector(generators: readonly unknown[], functions: readonly unknown[]): Answers | undefined {
  try {
    const { Session } = inspector() ?? {};
    if (Session === undefined) return undefined;
    const session = new Session();
    session.connect();
    try {
      return answer(session, generators, functions);
    } finally {
      session.disconnect();
    }
  } catch {
    return undefined; // Bun and Deno have the module, and not all of it
  }
}

function answer(session: Session, generators: readonly unknown[], functions: readonly unknown[]): Answers {
  const answers = {
    generators: propertiesOf(session, generators).map(readGenerator),
    functions: propertiesOf(session, functions).map(readFunction),
    scripts,
  };
  const places = [...answers.generators.map((one) => one?.location), ...answers.functions];
  if (places.some((place) => place !== undefined && !scripts.has(place.scriptId))) {
    session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params));
    ask(session, 'Debugger.enable', {});
  }
  return answers;
}

/** On globalThis for a moment: the only way to hand objects to a session. */
const HANDED_OVER = '@@treadle.askInspector';

function propertiesOf(session: Session, objects: readonly unknown[]): Properties[] {
  const shared = globalThis as { [HANDED_OVER]?: readonly unknown[] };
  shared[HANDED_OVER] = objects;
  try {
    const { result } = ask<{ readonly result: RemoteObject }>(session, 'Runtime.evaluate', {
      expression: `globalThis['${HANDED_OVER}']`,
    });
    const items = ask<Properties>(session, 'Runtime.getProperties', { objectId: result.objectId, ownProperties: true });
    return items.result.flatMap(({ value }) =>
      value?.objectId === undefined ?
        []
      : [ask<Properties>(session, 'Runtime.getProperties', { objectId: value.objectId, ownProperties: true })],
    );
  } finally {
    delete shared[HANDED_OVER];
  }
}

/** A session with the own thread answers before `post` returns. */
function ask<T>(session: Session, method: string, params: object): T {
  let found: { error: unknown; answer: unknown } | undefined;
  session.post(method, params, (error, answered) => (found = { error, answer: answered }));
  if (found === undefined || found.error) throw new Error(`the inspector does not answer ${method}`);
  return found.answer as T;
}
