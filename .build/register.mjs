// Node 22.15 and later have hooks in the program's own thread and mean to drop the older kind, which
// is all that Node 20 has.
import * as module from 'node:module';

export async function register(name) {
  const url = new URL(name, import.meta.url).href;
  if (module.registerHooks) {
    const { resolve, load } = await import(url);
    module.registerHooks({ ...(resolve && { resolve }), ...(load && { load }) });
  } else module.register(url);
}
