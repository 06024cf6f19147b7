// What the page says, in both languages: two objects of one type, so that the compiler finds what is missing in one.
// The sentences of the steps are not here but in walk/.

export type Language = 'en' | 'zh';

export interface Words {
  readonly playground: string;
  readonly skip: string;
  readonly otherLanguage: string;
  readonly example: string;
  readonly book: string;
  readonly museum: string;
  readonly chapterTitle: (number: number, title: string) => string;
  readonly pieceTitle: (number: number, title: string) => string;
  readonly ownCode: string;
  readonly begin: string;
  readonly noRun: string;
  readonly run: string;
  readonly share: string;
  readonly shared: string;
  readonly sharedByHand: string;
  readonly theme: (now: string) => string;
  readonly themes: Readonly<Record<Theme, string>>;
  readonly whatHappens: string;
  readonly views: string;
  readonly code: string;
  readonly read: string;
  readonly tasks: string;
  readonly ready: string;
  readonly clock: string;
  readonly log: string;
  readonly editor: string;
  readonly suspendedHere: string;
  readonly runsHere: string;
  readonly noTypes: string;
  readonly timeline: string;
  readonly position: string;
  readonly stepOf: (step: number, of: number) => string;
  readonly controls: string;
  readonly start: string;
  readonly back: string;
  readonly step: string;
  readonly turn: string;
  readonly play: string;
  readonly pause: string;
  readonly end: string;
  readonly startHint: string;
  readonly backHint: string;
  readonly stepHint: string;
  readonly turnHint: string;
  readonly playHint: string;
  readonly endHint: string;
  readonly schedule: string;
  readonly lateness: string;
  readonly latenessMeans: string;
  readonly latenessValue: (ms: number) => string;
  readonly order: string;
  readonly orderMeans: string;
  readonly orderValue: Readonly<Record<'fifo' | 'any', string>>;
  readonly seed: string;
  readonly seedMeans: string;
  readonly findSeed: string;
  readonly searching: string;
  readonly foundSeed: (seed: number, runs: number, message: string) => string;
  readonly foundNone: (runs: number) => string;
  readonly foundNoneAtAll: (runs: number) => string;
  readonly searchStopped: string;
  readonly childOf: (owner: string) => string;
  readonly cancelHere: string;
  readonly cancelTask: (task: string) => string;
  readonly lateTimer: (timer: string) => string;
  readonly late: string;
  readonly failRequest: (task: string) => string;
  readonly failIt: string;
  readonly remove: (what: string) => string;
  readonly fixedSchedule: string;
  readonly faultCancel: (task: number, turn: number) => string;
  readonly faultRequest: (number: number) => string;
  readonly faultTimer: (number: number, late: number) => string;
  readonly running: string;
  readonly stopped: (seconds: number) => string;
  readonly stoppedByLimit: (events: number) => string;
  readonly brokenAt: (line: number, message: string) => string;
  readonly broken: (message: string) => string;
  readonly nothingHappens: string;
  readonly nothingReady: string;
  readonly noTimers: string;
  readonly noTasks: string;
  readonly nothingLogged: string;
  readonly earlier: (lines: number) => string;
  readonly moreTasks: (tasks: number) => string;
  readonly until: (time: string) => string;
  readonly items: (size: number) => string;
  readonly heldBy: string;
  readonly waitsOn: string;
  readonly itsChildren: string;
  readonly waitedForBy: string;
  readonly insideTreadle: string;
  readonly line: (line: number) => string;
  readonly legend: Readonly<Record<'runs' | 'ready' | 'waits' | 'cleans' | 'over', string>>;
  readonly noChapter: string;
  readonly museumText: string;
  readonly englishOnly: string;
  readonly openCode: string;
  readonly address: {
    readonly unknown: (name: string) => string;
    readonly chapter: (value: string) => string;
    readonly museum: (value: string) => string;
    readonly number: (name: string, value: string) => string;
    readonly code: string;
    readonly fault: (value: string) => string;
  };
}

export type Theme = 'system' | 'light' | 'dark';

const english: Words = {
  playground: 'playground',
  skip: 'Skip to the controls',
  otherLanguage: '中文',
  example: 'Example',
  book: 'The book',
  museum: 'The museum of bugs',
  chapterTitle: (number, title) => `Chapter ${number}: ${title}`,
  pieceTitle: (number, title) => `Museum ${number}: ${title}`,
  ownCode: 'Your own code',
  noRun: 'There is no run to walk through.',
  begin: ' Press Step, or the right arrow key.',
  run: 'Run',
  share: 'Share',
  shared: 'The link is in the clipboard.',
  sharedByHand: 'The link is in the address bar.',
  theme: (now) => `Colours: ${now}`,
  themes: { system: 'as the system', light: 'light', dark: 'dark' },
  whatHappens: 'What happens in this step',
  views: 'Views',
  code: 'Code',
  read: 'Read',
  tasks: 'Tasks',
  ready: 'Ready',
  clock: 'Clock',
  log: 'Log',
  editor: 'Program. Press Tab to leave the editor.',
  suspendedHere: 'suspended here',
  runsHere: 'runs here',
  noTypes: 'Types are removed, not checked. Tab leaves the editor; Ctrl+Enter runs the program.',
  timeline: 'Timeline',
  position: 'Position in the run',
  stepOf: (step, of) => `step ${step} of ${of}`,
  controls: 'Walk through the run',
  start: 'Start',
  back: 'Back',
  step: 'Step',
  turn: 'Turn',
  play: 'Play',
  pause: 'Pause',
  end: 'End',
  startHint: 'To the start (Home)',
  backHint: 'One step back (Left arrow)',
  stepHint: 'One step on (Right arrow)',
  turnHint: 'To the next turn (Shift + Right arrow)',
  playHint: 'Play or pause (Space)',
  endHint: 'To the end (End)',
  schedule: 'Schedule and faults',
  lateness: 'Lateness',
  latenessMeans: 'Any machine may do this. A failure is a bug.',
  latenessValue: (ms) => (ms === 0 ? 'on time' : `0 to ${ms} ms`),
  order: 'Order',
  orderMeans: 'treadle never does this. Other schedulers may.',
  orderValue: { fifo: 'first in, first out', any: 'any ready task' },
  seed: 'Seed',
  seedMeans: '0 is the real schedule.',
  findSeed: 'Find a failing seed',
  searching: 'Searching …',
  foundSeed: (seed, runs, message) => `Seed ${seed} fails, after ${runs} ${runs === 1 ? 'run' : 'runs'}: ${message}`,
  foundNone: (runs) => `None of ${runs} runs failed.`,
  foundNoneAtAll: (runs) => `None of ${runs} runs failed, and there are no others.`,
  searchStopped: 'The search took too long and was stopped.',
  childOf: (owner) => `child of ${owner}`,
  cancelHere: 'Cancel here',
  cancelTask: (task) => `Cancel here: ${task}`,
  lateTimer: (timer) => `Be late: ${timer}`,
  late: 'Be late',
  failRequest: (task) => `Fail it: ${task}`,
  failIt: 'Fail it',
  remove: (what) => `Remove: ${what}`,
  fixedSchedule: 'a schedule that was found',
  faultCancel: (task, turn) => `task #${task} is cancelled after turn ${turn}`,
  faultRequest: (number) => `request ${number} fails`,
  faultTimer: (number, late) => `timer ${number} is ${late} ms late`,
  running: 'running',
  stopped: (seconds) =>
    `The program did not end within ${seconds} s, so it was stopped. Is there a loop in it that never yields?`,
  stoppedByLimit: (events) =>
    `The program was stopped by a limit. Its first ${events} events are here to walk through.`,
  brokenAt: (line, message) => `Line ${line}: ${message}`,
  broken: (message) => `The program cannot be run: ${message}`,
  nothingHappens: 'Nothing was recorded. Does the program call run() or runSync()?',
  nothingReady: 'Nothing is ready.',
  noTimers: 'No timer is set.',
  noTasks: 'There is no task yet.',
  nothingLogged: 'Nothing yet.',
  earlier: (lines) => `${lines} earlier ${lines === 1 ? 'line' : 'lines'}`,
  moreTasks: (tasks) => `${tasks} more ${tasks === 1 ? 'task' : 'tasks'}`,
  until: (time) => `until ${time}`,
  items: (size) => `${size} ${size === 1 ? 'item' : 'items'}`,
  heldBy: 'held by',
  waitsOn: 'waits on',
  itsChildren: 'its children',
  waitedForBy: 'waited for by',
  insideTreadle: 'inside treadle',
  line: (line) => `line ${line}`,
  legend: { runs: 'runs', ready: 'ready', waits: 'waits', cleans: 'cleans up', over: 'over' },
  noChapter: 'This page was built without the text. In a clone of treadle it is in docs/book/.',
  museumText: 'The story of this bug is told by node demos museum, in a clone of treadle.',
  englishOnly: '',
  openCode: 'Open in the editor',
  address: {
    unknown: (name) => `The address has "${name}", which means nothing here.`,
    chapter: (value) => `There is no chapter "${value}".`,
    museum: (value) => `There is no piece "${value}" in the museum.`,
    number: (name, value) => `"${name}" in the address needs a whole number, not "${value}".`,
    code: 'The code in the address cannot be read. Was the link cut off?',
    fault: (value) => `The address has a fault "${value}", which means nothing here.`,
  },
};

const chinese: Words = {
  playground: '演练场',
  skip: '跳到控制按钮',
  otherLanguage: 'English',
  example: '示例',
  book: '书',
  museum: 'bug 博物馆',
  chapterTitle: (number, title) => `第 ${number} 章：${title}`,
  pieceTitle: (number, title) => `博物馆 ${number}：${title}`,
  ownCode: '自己的代码',
  noRun: '还没有可以看的运行。',
  begin: '按“一步”或右箭头键开始。',
  run: '运行',
  share: '分享',
  shared: '链接已复制到剪贴板。',
  sharedByHand: '链接在地址栏里。',
  theme: (now) => `配色：${now}`,
  themes: { system: '跟随系统', light: '浅色', dark: '深色' },
  whatHappens: '这一步发生了什么',
  views: '视图',
  code: '代码',
  read: '正文',
  tasks: '任务',
  ready: '就绪',
  clock: '时钟',
  log: '日志',
  editor: '程序。按 Tab 键离开编辑器。',
  suspendedHere: '停在这里',
  runsHere: '正在运行',
  noTypes: '类型会被去掉，但不检查。Tab 离开编辑器，Ctrl+Enter 运行。',
  timeline: '时间线',
  position: '运行的位置',
  stepOf: (step, of) => `第 ${step} 步，共 ${of} 步`,
  controls: '在这次运行里前后走动',
  start: '开头',
  back: '后退',
  step: '一步',
  turn: '一轮',
  play: '播放',
  pause: '暂停',
  end: '结尾',
  startHint: '回到开头（Home）',
  backHint: '后退一步（左箭头）',
  stepHint: '前进一步（右箭头）',
  turnHint: '到下一轮（Shift + 右箭头）',
  playHint: '播放或暂停（空格）',
  endHint: '到结尾（End）',
  schedule: '调度与故障',
  lateness: '迟到',
  latenessMeans: '任何机器都可能这样。出了错，就是程序的 bug。',
  latenessValue: (ms) => (ms === 0 ? '准时' : `0 到 ${ms} 毫秒`),
  order: '顺序',
  orderMeans: 'treadle 从不这样，别的调度器可能会。',
  orderValue: { fifo: '先进先出', any: '任意就绪任务' },
  seed: '种子',
  seedMeans: '0 是真实的调度。',
  findSeed: '找一个出错的种子',
  searching: '正在寻找……',
  foundSeed: (seed, runs, message) => `试了 ${runs} 次，种子 ${seed} 会出错：${message}`,
  foundNone: (runs) => `试了 ${runs} 次，都没有出错。`,
  foundNoneAtAll: (runs) => `一共只有 ${runs} 种调度，都没有出错。`,
  searchStopped: '寻找的时间太长，已经停止。',
  childOf: (owner) => `${owner} 的子任务`,
  cancelHere: '在此取消',
  cancelTask: (task) => `在此取消：${task}`,
  lateTimer: (timer) => `让它迟到：${timer}`,
  late: '让它迟到',
  failRequest: (task) => `让它失败：${task}`,
  failIt: '让它失败',
  remove: (what) => `去掉：${what}`,
  fixedSchedule: '一个找到的调度',
  faultCancel: (task, turn) => `第 ${turn} 轮之后取消任务 #${task}`,
  faultRequest: (number) => `第 ${number} 个请求失败`,
  faultTimer: (number, late) => `第 ${number} 个定时器迟到 ${late} 毫秒`,
  running: '运行中',
  stopped: (seconds) => `程序运行了 ${seconds} 秒还没有结束，已被停止。里面是不是有一个从不让出的循环？`,
  stoppedByLimit: (events) => `程序超过了限制，已被停止。这里可以查看前 ${events} 个事件。`,
  brokenAt: (line, message) => `第 ${line} 行：${message}`,
  broken: (message) => `程序无法运行：${message}`,
  nothingHappens: '什么也没有记录到。程序里调用 run() 或 runSync() 了吗？',
  nothingReady: '没有就绪的任务。',
  noTimers: '没有定时器。',
  noTasks: '还没有任务。',
  nothingLogged: '还没有内容。',
  earlier: (lines) => `前面还有 ${lines} 行`,
  moreTasks: (tasks) => `还有 ${tasks} 个任务`,
  until: (time) => `到 ${time}`,
  items: (size) => `${size} 项`,
  heldBy: '占有者',
  waitsOn: '在等',
  itsChildren: '它的子任务',
  waitedForBy: '等它的有',
  insideTreadle: 'treadle 内部',
  line: (line) => `第 ${line} 行`,
  legend: { runs: '运行', ready: '就绪', waits: '等待', cleans: '清理', over: '结束' },
  noChapter: '这个页面构建时没有带上正文。正文在 treadle 仓库的 docs/book/ 里。',
  museumText: '这个 bug 的来龙去脉，可以在 treadle 仓库里用 node demos museum 查看。',
  englishOnly: '这一章还没有中文，下面是英文原文。',
  openCode: '在编辑器里打开',
  address: {
    unknown: (name) => `地址里的“${name}”在这里没有意义。`,
    chapter: (value) => `没有第“${value}”章。`,
    museum: (value) => `博物馆里没有第“${value}”件。`,
    number: (name, value) => `地址里的“${name}”要一个整数，而不是“${value}”。`,
    code: '地址里的代码读不出来。链接是不是不完整？',
    fault: (value) => `地址里的故障“${value}”在这里没有意义。`,
  },
};

export const words: Readonly<Record<Language, Words>> = { en: english, zh: chinese };
