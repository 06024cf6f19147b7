// The benchmark's charts: SVG text, drawn by echarts without a browser. echarts is one of the packages that
// demos/bench/package.json pins. It is loaded only when a chart is drawn, so it is not needed for the figures alone.
//
// The same data gives the same text, so a chart in the repository changes only when its figures do. The background is
// a white rectangle, because a README is also read in dark mode. Text is sized for a column of 900 pixels.

export interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  /** The name of the axis: what a value means. */
  readonly unit: string;
  /** One group for each workload, one bar for each peer. A bar whose value is not finite is left out. */
  readonly groups: readonly {
    readonly name: string;
    readonly bars: readonly { readonly name: string; readonly value: number }[];
  }[];
  /** For ratios: a logarithmic axis, with bars from 1 to the left for less and to the right for more. */
  readonly log?: boolean | undefined;
}

export interface Axis {
  readonly name: string;
  readonly log?: boolean | undefined;
}

export interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
}

const WIDTH = 900;
const INK = '#1b1f24';
const FAINT = '#57606a';
const GRID = '#e3e6ea';
const FONT = "-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";

/** treadle stands out, what it is compared with is black, and the others can be told apart. */
const OWN = ['#0b5cad', '#4f9be0', '#9ccbf5'];
const BASE = '#1b1f24';
const OTHERS = [
  '#d1495b',
  '#e08e1b',
  '#3a8f4d',
  '#8b5fbf',
  '#17a2a8',
  '#a0612d',
  '#d36fa8',
  '#7d8a1c',
  '#8a94a0',
  '#5a3e85',
  '#b8860b',
  '#2f6f6f',
];

function colours(names: readonly string[]): string[] {
  // `treadle` is the darkest, no matter which of its variants comes first.
  const own = names.filter((name) => name.startsWith('treadle')).sort();
  let others = 0;
  return names.map((name) =>
    own.includes(name) ? (OWN[own.indexOf(name) % OWN.length] as string)
    : name === 'native' || name === 'control' ? BASE
    : (OTHERS[others++ % OTHERS.length] as string),
  );
}

/** 34, 3.4, 0.034: at most three digits, and no exponent. */
function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(value < 0.1 ? 1 : 2)));
}

/** Each name once, in the order in which the names first occur. */
function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function header(title: string, subtitle: string): object {
  return {
    text: title,
    subtext: subtitle,
    left: 16,
    top: 12,
    itemGap: 6,
    textStyle: { fontSize: 19, color: INK, fontFamily: FONT },
    subtextStyle: { fontSize: 13, color: FAINT, fontFamily: FONT, lineHeight: 18 },
  };
}

/** The heights of title, subtitle and legend. */
function heights(subtitle: string, names: readonly string[]): { legend: number; top: number } {
  const legend = 46 + 18 * subtitle.split('\n').length;
  // About what echarts needs for a row of the legend, which it breaks where there is no more room.
  const rows = Math.ceil(names.reduce((sum, name) => sum + 48 + 6.8 * name.length, 0) / (WIDTH - 40));
  return { legend, top: legend + 25 * rows + 12 };
}

/** Fonts differ, so echarts can only guess how wide a name is. */
const padded = (name: string) => `${name}\u00a0\u00a0\u00a0\u00a0`;

function legend(names: readonly string[], top: number): object {
  return {
    data: names,
    top,
    left: 12,
    itemWidth: 14,
    itemHeight: 9,
    itemGap: 12,
    formatter: padded,
    textStyle: { fontSize: 13, color: INK, fontFamily: FONT },
  };
}

function axis({ name, log = false }: Axis, place: object): object {
  return {
    type: log ? 'log' : 'value',
    logBase: 10,
    name,
    nameLocation: 'middle',
    nameTextStyle: { fontSize: 13, color: FAINT, fontFamily: FONT },
    axisLabel: { fontSize: 12, color: FAINT, fontFamily: FONT, formatter: short },
    axisLine: { show: true, lineStyle: { color: FAINT } },
    splitLine: { lineStyle: { color: GRID } },
    ...place,
  };
}

async function draw(height: number, option: object): Promise<string> {
  const { init } = await import('echarts');
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption({ animation: false, backgroundColor: '#ffffff', ...option });
    // Its ids count the charts of this process. Its styles are for a pointer, which a picture does not have.
    return `${(chart.renderToSVGString() as string)
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/\bzr\d+-/g, 'zr-')
      .replace(/ class="[^"]*"/g, '')
      .replace(/ (?:ecmeta_\w+|data-[\w-]+)="[^"]*"/g, '')
      .replace(/></g, '>\n<')
      .trim()}\n`;
  } finally {
    chart.dispose();
  }
}

/**
 * Horizontal bars. Each has a row with its name, below the name of its group. Bars of the same name have the same
 * colour.
 */
export function barChart({ title, subtitle, unit, groups, log = false }: BarChart): Promise<string> {
  const names = distinct(groups.flatMap(({ bars }) => bars.map(({ name }) => name)));
  const colour = colours(names);
  // A row for the name of each group, then one for each of its bars. A missing bar leaves no gap.
  const empty = { heading: '', name: '', value: Number.NaN };
  const rows = groups.flatMap(({ name: heading, bars }, index) => [
    ...(index > 0 ? [empty] : []),
    { ...empty, heading },
    ...bars.filter(({ value }) => Number.isFinite(value)).map((bar) => ({ heading: '', ...bar })),
  ]);
  const row = 15;
  const top = 56 + 18 * subtitle.split('\n').length;
  return draw(top + rows.length * row + 52, {
    title: header(title, subtitle),
    grid: { left: 250, right: 60, top, bottom: 52 },
    xAxis: axis({ name: unit, log }, { nameGap: 28, ...(log && { startValue: 1 }) }),
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((_, index) => index),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: FAINT } },
      axisLabel: {
        interval: 0,
        fontSize: 12,
        color: FAINT,
        fontFamily: FONT,
        formatter: (index: string) =>
          rows[Number(index)]?.heading ? `{heading|${rows[Number(index)]?.heading}}` : rows[Number(index)]?.name,
        rich: { heading: { fontSize: 13, fontWeight: 'bold', color: INK, fontFamily: FONT } },
      },
    },
    series: [
      {
        type: 'bar',
        barWidth: row - 4,
        data: rows.map(({ name, value }) =>
          name === '' ? '-' : (
            {
              value,
              itemStyle: { color: colour[names.indexOf(name)] },
              label: { position: log && value < 1 ? 'left' : 'right' },
            }
          ),
        ),
        label: {
          show: true,
          distance: 4,
          fontSize: 11,
          color: INK,
          fontFamily: FONT,
          formatter: ({ value }: { value: number }) => short(value),
        },
        ...(log && {
          markLine: {
            silent: true,
            symbol: 'none',
            lineStyle: { color: INK, width: 1, type: 'solid' },
            label: { show: false },
            data: [{ xAxis: 1 }],
          },
        }),
      },
    ],
  });
}

/** Lines with points, each in its own colour. The line called `control` is dashed. */
export function lineChart({ title, subtitle, x, y, series }: LineChart): Promise<string> {
  const names = series.map(({ name }) => name);
  const colour = colours(names);
  const { legend: legendTop, top } = heights(subtitle, names);
  return draw(top + 400 + 56, {
    title: header(title, subtitle),
    legend: legend(names, legendTop),
    grid: { left: 78, right: 30, top, bottom: 56 },
    xAxis: axis(x, { nameGap: 30 }),
    yAxis: axis(y, { nameGap: 52 }),
    series: series.map(({ name, points }, index) => ({
      name,
      type: 'line',
      data: points,
      symbol: 'circle',
      symbolSize: points.length > 40 ? 0 : 6,
      itemStyle: { color: colour[index] },
      lineStyle: {
        color: colour[index],
        width: name === 'control' ? 3 : 2,
        type: name === 'control' ? 'dashed' : 'solid',
      },
    })),
  });
}
