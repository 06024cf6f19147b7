// Seeing items being put into queues and channels, for instruments that have `itemPut`. A queue belongs to no loop, and
// `putNowait` is no effect, so no loop could tell. While a loop runs that has such an instrument, and only then, the
// method of `Exchange` that takes an item in is one that tells; afterwards it is what it was. Like effects-made.ts.
// Relies on sync/exchange and the watch.

import { runningLoops } from '../host/loops.ts';
import { Exchange } from '../sync/exchange.ts';
import type { ItemQueue } from './instrument.ts';
import type { Watch } from './watch.ts';

/** The loops that run, and have an instrument that wants to know. */
const curious = new Set<Watch>();

/** The class with its private method. */
interface Prototype {
  _add: (this: ItemQueue, item: unknown) => void;
}
const prototype = /* @__PURE__ */ (() => Exchange.prototype as unknown as Prototype)();

let original: Prototype['_add'] | undefined;

/** Called when a loop starts or ends, and when an instrument comes or goes. */
export function seeItemsPut(watch: Watch, wanted: boolean): void {
  if (wanted) curious.add(watch);
  else curious.delete(watch);
  if (curious.size > 0 && original === undefined) install();
  else if (curious.size === 0 && original !== undefined) {
    prototype._add = original;
    original = undefined;
  }
}

function install(): void {
  const { _add } = prototype;
  original = _add;
  prototype._add = function (item) {
    _add.call(this, item);
    for (const watch of listeners()) watch.tell(watch.listeners.itemPut, this, watch.running);
  };
}

/** The loop whose task or callback runs. Outside of all loops, as in a server's handler, all loops are told. */
function listeners(): Iterable<Watch> {
  const running = [...curious].filter((watch) => watch.running !== undefined && runningLoops.has(watch.loop));
  const innermost = running.at(-1);
  return innermost ? [innermost] : curious;
}
