// Jobs, a few at the same time, whose reports come in the order of the list. What takes long starts first, or the end
// would be a long wait for one of them.

function deferred() {
  const it = {};
  it.promise = new Promise((resolve) => (it.resolve = resolve));
  return it;
}

/** A job. `make` does it, and gives a function that reports it, which is told the seconds it took. `paths` say what of. */
export function job(title, make, paths = []) {
  const { promise: over, resolve } = deferred();
  const work = async () => {
    const start = performance.now();
    const tell = await make();
    const seconds = (performance.now() - start) / 1000;
    resolve();
    return () => tell(seconds);
  };
  return { title, paths, work, over };
}

/**
 * Does the jobs, `width` at a time, in the order in which they are to start. Each `work` gives a function that tells
 * what came of it, and these are called in the order of the list.
 *
 * Half of the width is for the jobs that mostly wait, as `isIdle` says, as long as there are both kinds. More of them
 * at a time, or some that are left at the end, would leave the processor without work.
 */
export async function pool(jobs, starts, width, isIdle = () => false) {
  const results = new Map(jobs.map((job) => [job, deferred()]));
  const rest = [...starts];
  let idle = 0;
  const worker = async () => {
    while (rest.length > 0) {
      const wanted = idle < width / 2;
      const found = rest.findIndex((one) => isIdle(one) === wanted);
      const [job] = rest.splice(Math.max(found, 0), 1);
      if (isIdle(job)) idle++;
      results.get(job).resolve(await job.work());
      if (isIdle(job)) idle--;
    }
  };
  const workers = Array.from({ length: width }, worker);
  let title;
  for (const job of jobs) {
    const tell = await results.get(job).promise;
    if (job.title !== title) console.log(`\n${(title = job.title)}`);
    tell();
  }
  await Promise.all(workers);
}
