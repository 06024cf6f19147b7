// Runs a demo: node plain-demo.js URL ARGUMENTS, where the URL is that of its module as plain JavaScript. See `plainDemo`
// in demo.ts.
const [, , url = '', ...argv] = process.argv;
const { default: run } = (await import(url)) as { default: (argv: string[]) => void };
run(argv);
