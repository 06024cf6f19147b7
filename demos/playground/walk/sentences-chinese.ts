// Each event as a Chinese sentence, in the words of docs/zh/glossary.md. Relies on told.

import type { By, LogEvent } from './log.ts';
import type { Sentences } from './sentence.ts';
import type { Doing } from './state.ts';
import { short, Told } from './told.ts';
import type { ByKind, Yielded } from './told.ts';

export const chinese: Sentences = {
  language: 'zh',
  beginning: '还什么都没有发生。',
  of(event, before, after) {
    const say = SENTENCES[event.kind] as (event: LogEvent, told: Told) => string;
    const text = say(event, new Told(before, after));
    const sentence = event.kind === 'clock' ? text : `${event.time} ms：${text}`;
    return sentence.replace(/([\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]) (?=[\u4e00-\u9fff])/g, '$1');
  },
  doing: (doing, closing) => (closing ? `清理中，${DOING[doing]}` : DOING[doing]),
};

const DOING: Readonly<Record<Doing, string>> = {
  ready: '就绪',
  running: '运行',
  waiting: '等待',
  succeeded: '成功',
  failed: '失败',
  cancelled: '已取消',
};

function list(names: readonly string[], more: number): string {
  const text = names.join('、');
  return more > 0 ? `${text} 等 ${names.length + more} 个任务` : text;
}

function yields({ task, text, line, inside, again }: Yielded, told: Told): string {
  const who = told.name(task);
  if (told.isWork(task)) return `${who} 执行交给它的 ${short(text)}`;
  const where = line === undefined ? '' : `第 ${line} 行`;
  const what = `${again ? '执行' : 'yield 出'} ${short(text)}`;
  if (inside === undefined) return `在 treadle 内部，${who} ${what}`;
  const frame = told.closingFrame(task);
  const from =
    !told.isClosing(task) ? who
    : frame === undefined ? `${who} 正在清理：它的 finally`
    : `${who} 正在清理：${frame} 的 finally`;
  return where === '' ? `${from} ${what}` : `${from} 在${where} ${what}`;
}

function by(cause: By | undefined, told: Told): string {
  return typeof cause === 'number' ? told.name(cause) : '一个回调';
}

const ON_RESUMPTION = {
  start: () => '开始运行',
  next: (value: string | undefined) => (value === undefined ? '恢复运行' : `恢复运行，得到答复 ${short(value)}`),
  throw: (value: string | undefined) => `恢复运行，在 yield 处抛出错误：${short(value ?? '')}`,
  close: () => '由 return() 恢复，开始清理',
  perform: (value: string | undefined) => `恢复运行，再次执行 ${short(value ?? '')}`,
  children: () => '得知子任务有了变化',
};

const SENTENCES: ByKind = {
  spawned({ task, by: cause, line }, told) {
    const who = told.name(task);
    if (cause === undefined) return `创建了 ${who}，它已就绪。`;
    const where = line === undefined ? '' : `在第 ${line} 行`;
    const { length } = told.after.ready;
    const place = length === 1 ? '就绪队列里只有它' : `它排在就绪队列的第 ${length} 位，也就是最后`;
    return `${by(cause, told)} ${where}创建了 ${who}，${place}。`;
  },
  begins({ task, how, value, switched }, told) {
    const what = ON_RESUMPTION[how](value);
    return `${told.name(task)} ${what}。${switched ? '这里换序了：还有排在它前面的任务。' : ''}`;
  },
  calls(event, told) {
    const { task, text, depth, due } = event;
    const until = due === undefined ? '' : `时限到 ${due} ms 为止。`;
    if (depth === 1) return `${told.name(task)} 运行 ${short(text)}，这是它的第一帧。${until}`;
    return `${yields(event, told)}。这是一次调用：压入一帧，栈上现在有 ${depth} 帧。${until}`;
  },
  returns({ task, depth }, told) {
    const gone = told.frame(task, depth + 1);
    const name = gone?.name ? ` ${gone.name} ` : '';
    const how = gone?.closing ? '关闭完毕' : '结束';
    if (depth === 0) return `${told.name(task)} 的帧${name}${how}，这是最后一帧。`;
    const next = told.frame(task, depth)?.name || '它的调用者';
    return `${told.name(task)} 的帧${name}${how}，最里面的一帧现在是 ${next}。`;
  },
  closes({ task, depth }, told) {
    const who = told.name(task);
    const { line } = told.after.tasks.get(task) ?? {};
    const where = line === undefined ? '' : `在第 ${line} 行`;
    const frame = told.frame(task, depth);
    const what = depth > 1 && frame?.name ? `${who} 的帧 ${frame.name}` : who;
    return `${what} ${where}被 return() 关闭，接着执行它的 finally。`;
  },
  answers(event, told) {
    const { answer, holds, place } = event;
    const what = answer === 'undefined' ? '当场完成' : `当场得到答复 ${short(answer)}`;
    return `${yields(event, told)}，${what}。${holds ? `它现在持有 ${told.place(place as number)}。` : ''}`;
  },
  throws(event, told) {
    return `${yields(event, told)}，在 yield 处抛出 ${short(event.error)}。`;
  },
  waits(event, told) {
    const { task, text, on, tasks = [], place, holder, due, late } = event;
    const who = told.name(task);
    const names = list(told.names(tasks), tasks.length - 5);
    if (on === 'children' && text === 'its children') return `${who} 已经没有帧了，等它的子任务：${names}。`;
    if (on === 'children') return `${who} 在 ${short(text)} 里等 ${names}。`;
    const what = yields(event, told);
    if (on === 'time') {
      const isLate = late === undefined ? '' : `定时器会晚 ${late} ms。`;
      return due === undefined ? `${what}，一直等下去。` : `${what}，等到 ${due} ms。${isLate}`;
    }
    if (on === 'tasks') return `${what}，等 ${names}。`;
    if (on === 'outside' || place === undefined) return `${what}，等外面的世界。`;
    if (holder !== undefined) return `${what}，只好等：${told.place(place)} 由 ${told.name(holder)} 持有。`;
    return `${what}，在 ${told.place(place)} 上等。`;
  },
  pauses(event, told) {
    if (event.forced) return `${told.name(event.task)} 这一步的答复已经够多，让其他任务先走。`;
    return `${yields(event, told)}，让其他任务先走。`;
  },
  woken({ task, by: cause, front, holds }, told) {
    const who = told.name(task);
    const isTimer = cause === undefined && told.task(task)?.wait?.on === 'time';
    const what =
      isTimer ? `${who} 的定时器到期，${who} 就绪`
      : cause === undefined ? `${who} 被唤醒，就绪`
      : cause === task ? `${who} 结束了自己的等待`
      : `${by(cause, told)} 唤醒 ${who}`;
    const first = front ? '它是优先唤醒的，紧跟在这一步之后。' : '';
    return `${what}。${holds === undefined ? '' : `${told.place(holds)} 移交给它，从现在起由它持有。`}${first}`;
  },
  cancels({ task, by: cause, reason }, told) {
    const why = reason === undefined ? '' : `原因是 ${short(reason)}。`;
    const who = told.name(task);
    if (cause === undefined) return `${who} 被取消。${why}`;
    return `${by(cause, told)} 取消${cause === task ? '自己' : ` ${who}`}。${why}`;
  },
  over({ task, state, value }, told) {
    const who = told.name(task);
    if (state === 'failed') return `${who} 失败：${short(value ?? 'undefined')}。`;
    if (state === 'cancelled') return `${who} 结束：已取消${value === undefined ? '' : `，原因是 ${short(value)}`}。`;
    return `${who} 成功结束${value === undefined ? '' : `，结果是 ${short(value)}`}。`;
  },
  clock: ({ from, time }) => `没有就绪的任务，时钟从 ${from} ms 推进到 ${time} ms。`,
  callback({ text, about }, told) {
    if (text === undefined || about === undefined) return '事件循环运行一个回调。';
    return `${told.name(about)} 里的 ${short(text)} 超时。`;
  },
  puts({ by: cause, place, size }, told) {
    const who = cause === undefined ? '外面' : by(cause, told);
    return `${who} 往 ${told.place(place)} 里放了一项，现在有 ${size} 项。`;
  },
  frees: ({ place }, told) => `${told.place(place)} 释放了，现在没有谁持有。`,
  prints({ task, text, level }, told) {
    const who = task === undefined ? '程序' : told.name(task);
    const how =
      level === 'log' ? '打印'
      : level === 'error' ? '打印错误'
      : '打印警告';
    return `${who} ${how}“${short(text)}”。`;
  },
  deadlock({ circle, tasks }, told) {
    if (circle.length === 1) return `死锁：${told.name(circle[0] as number)} 在等自己。`;
    if (circle.length > 1) {
      const names = told.names(circle);
      return `死锁：${names.map((name, at) => `${name} 等 ${names[at + 1] ?? names[0]}`).join('，')}。`;
    }
    return `死锁：${list(told.names(tasks), tasks.length - 5)} 在等，没有谁能唤醒。`;
  },
  fault({ what, task, text, late }, told) {
    const who = task === undefined ? '程序' : told.name(task);
    if (what === 'cancel') return `你取消了 ${who}。`;
    if (what === 'request') return `你让 ${who} 的 ${short(text ?? '')} 失败。`;
    return `你让 ${who} 的 ${short(text ?? '')} 晚 ${late} ms 到期。`;
  },
  stopped({ why, limit }) {
    const number = limit.toLocaleString('en');
    if (why === 'events') return `运行到此停止：记录已有 ${number} 个事件，不再写下去。`;
    if (why === 'time') return `运行到此停止：实际已经用了 ${number} ms。`;
    return `运行到此停止：已经打印了 ${number} 个字符。`;
  },
  ended({ state, value }) {
    if (state === 'failed') return `程序失败：${short(value ?? 'undefined')}。`;
    if (state === 'cancelled') return '程序结束：已取消。';
    return `程序成功结束${value === undefined ? '' : `，结果是 ${short(value)}`}。`;
  },
};
