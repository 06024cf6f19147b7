// What the benchmark installs: the peers, and the library that draws charts. The other specs need neither.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { barChart, lineChart } from '../../../demos/bench/chart.ts';
import { read, root } from '../../support/package.ts';

const test = suite('what the benchmark installs');
/** echarts is one of the packages. */
const withCharts = existsSync(join(root, 'demos/bench/node_modules/echarts')) ? test : test.skip;

test('is pinned to one version each, locked without addresses, and unknown to the root', () => {
  const { dependencies } = JSON.parse(read('demos/bench/package.json')) as {
    dependencies: Record<string, string>;
  };
  const lock = read('demos/bench/package-lock.json');
  assert.not.match(lock, /"resolved"/);
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string }> };
  for (const [name, version] of Object.entries(dependencies))
    assert.is(packages[`node_modules/${name}`]?.version, version, name);
  const manifest = read('package.json');
  assert.equal(
    Object.keys(dependencies).filter((name) => manifest.includes(`"${name}"`)),
    [],
  );
});

withCharts('charts are the same for the same data, on a white background, whatever was drawn before', async () => {
  const bars = {
    title: 'Bars',
    subtitle: 'of ratios',
    unit: 'times',
    log: true,
    groups: [
      {
        name: 'ping-pong',
        bars: [
          { name: 'treadle', value: 0.5 },
          { name: 'effect', value: 34 },
          { name: 'co', value: Number.NaN },
        ],
      },
    ],
  };
  const lines = {
    title: 'Lines',
    subtitle: '',
    x: { name: 'n', log: true },
    y: { name: 'ns' },
    series: [
      {
        name: 'switch',
        points: [
          [1, 2],
          [10, 3],
        ] as const,
      },
    ],
  };
  const first = [await barChart(bars), await lineChart(lines)];
  const second = [await lineChart(lines), await barChart(bars)].reverse();
  assert.equal(second, first);
  for (const svg of first) {
    assert.match(svg, /^<svg [^>]*viewBox="0 0 \d+ \d+">\n<rect [^>]*fill="#ffffff"/);
    assert.not.match(svg, /NaN|undefined|class=/);
  }
  for (const text of ['Bars', 'of ratios', 'ping-pong', 'treadle', 'effect', '0.5', '34'])
    assert.match(first[0]!, `>${text}</text>`);
  assert.not.match(first[0]!, '>co</text>'); // it has no value
});

test.run();
