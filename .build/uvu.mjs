// uvu says nothing when a suite's `.run()` was forgotten: its specs are never run, and all is green.
// This cover counts what was declared and what was run, for spec.mjs to compare.
import * as uvu from 'uvu';

let tally;
/** For the next file. */
export const newTally = () => (tally = { declared: 0, passed: 0, failed: [], skipped: [], only: 0 });
export const { exec } = uvu;

export function suite(name = '', state = {}) {
  const inner = uvu.suite(name, state);
  const title = (spec) => (name ? `${name}: ${spec}` : spec);

  const declare = (add) => (spec, handler) => {
    tally.declared++;
    const entry = title(spec);
    // A spec counts as failed until it ends well: one that never ends stays so.
    tally.failed.push(entry);
    add(spec, async (context) => {
      await handler(context);
      tally.failed.splice(tally.failed.indexOf(entry), 1);
      tally.passed++;
    });
  };

  const test = declare(inner);
  test.only = (...args) => (tally.only++, declare(inner.only)(...args));
  test.skip = (spec, ...rest) => (tally.skipped.push(title(spec)), inner.skip(spec, ...rest));
  // uvu loses the error of a `before`: only the specs that were not run would tell of it.
  test.before = (hook) =>
    inner.before(async (context) => {
      try {
        await hook(context);
      } catch (error) {
        console.error(error);
        throw error;
      }
    });
  test.before.each = inner.before.each;
  test.after = inner.after;
  test.run = inner.run;
  return test;
}

export const test = suite();
