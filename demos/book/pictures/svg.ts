// The little SVG that the pictures need. They have two sets of colours, for light and for dark pages, a title, and a
// description for those who cannot see them.

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export interface Picture {
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly parts: readonly string[];
}

export function svg({ title, description, width, height, parts }: Picture): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="13">
<title id="title">${escape(title)}</title>
<desc id="description">${escape(description)}</desc>
<style>
  .paper { fill: #ffffff } .ink { fill: #1f2328 } .faint { fill: #59636e } .line { stroke: #59636e; fill: none }
  .on { fill: #0550ae; stroke: #0550ae } .on-line { stroke: #0550ae; fill: none } .on-text { fill: #ffffff }
  .card { fill: #eef2f6; stroke: #59636e } .alarm { fill: #a40e26 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .ink { fill: #f0f6fc } .faint { fill: #9198a1 } .line { stroke: #9198a1 }
    .on { fill: #79c0ff; stroke: #79c0ff } .on-line { stroke: #79c0ff } .on-text { fill: #0d1117 }
    .card { fill: #21262d; stroke: #9198a1 } .alarm { fill: #ff9492 }
  }
</style>
<rect class="paper" width="${width}" height="${height}" rx="6"/>
${parts.join('\n')}
</svg>
`;
}

type Anchor = 'start' | 'middle' | 'end';

export const text = (x: number, y: number, what: string, look = 'ink', anchor: Anchor = 'start', more = ''): string =>
  `<text class="${look}" x="${x}" y="${y}" text-anchor="${anchor}"${more && ` ${more}`}>${escape(what)}</text>`;

export const code = (x: number, y: number, what: string, look = 'ink', anchor: Anchor = 'start'): string =>
  text(x, y, what, look, anchor, 'font-family="ui-monospace, monospace" font-size="12"');

export const line = (x1: number, y1: number, x2: number, y2: number, look = 'line', dashed = false): string =>
  `<path class="${look}" d="M${x1} ${y1}L${x2} ${y2}"${dashed ? ' stroke-dasharray="4 4"' : ''}/>`;

/** A line with a head at its end, horizontal or vertical. */
export function arrow(x1: number, y1: number, x2: number, y2: number, look = 'line'): string {
  const [dx, dy] = [Math.sign(x2 - x1) * 6, Math.sign(y2 - y1) * 6];
  const head = `M${x2 - dx - dy / 2} ${y2 - dy - dx / 2}L${x2} ${y2}L${x2 - dx + dy / 2} ${y2 - dy + dx / 2}`;
  return `<path class="${look}" stroke-width="1.5" d="M${x1} ${y1}L${x2} ${y2}${head}"/>`;
}

export const box = (x: number, y: number, width: number, height: number, look = 'card'): string =>
  `<rect class="${look}" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`;
