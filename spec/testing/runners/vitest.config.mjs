// Read by vitest. Plain, because the configuration lies where vitest is not installed.
export default { test: { include: ['with-vitest.mjs'] } };
