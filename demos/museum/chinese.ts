// The museum in Chinese: what is told of each piece, in their order. `english` is a hash of the English texts that it
// was written from: node .build/chinese.mjs says which of those have changed since. It has no imports but of types, so
// that a page can show it, too. A line break in a text means nothing.
import type { Story } from './piece.ts';

export interface ChinesePiece {
  /** The hash of the English title, names and story. */
  readonly english: string;
  /** The English texts have changed, and these have not followed yet: readers are told so. */
  readonly behind?: true;
  readonly title: string;
  readonly project: string;
  /** The names of the links, in their order. */
  readonly history: readonly string[];
  readonly story: Story;
}

export const chinese: readonly ChinesePiece[] = [
  {
    english: 'b9f7ba93',
    title: '许可空着，却谁也拿不到',
    project: 'asyncio',
    history: ['gh-90155，即原来的 bpo-45997', '修复', '2015 年的一个近亲'],
    story: {
      wanted: `信号量只有一个许可，三个任务都想要。holder 拿着它；hasty 在等它，而且可能被取消；late 等另外两个都走了才来。`,
      killedBy: `holder 释放许可，唤醒了 hasty。还没轮到 hasty，它就被取消了。然后 late 来要许可，许可明明空着，它却永远等下去。`,
      because: `释放时会留下一个标记：已经唤醒了一个任务，别人不许拿这个许可。被唤醒的任务等完之后才清除标记。被取消的任务走不到那一行，
        标记就一直留着。`,
      mended: `这个标记是 2022 年 3 月加的，为了不让任务插队。后来用户发现信号量会卡住：标记竖着，却没有任务在等。现在的做法是，
        释放时直接把许可交给等待者；被取消的等待者把许可还回去，再唤醒下一个。`,
      inTreadle: `释放出来的许可，从那一刻起就归下一个等待者。它要是还没轮到就被取消，内核会把许可移交给再下一个。没有什么标记需要任务记得清除。`,
    },
  },
  {
    english: '21a48133',
    title: '谁也没有收到的通知',
    project: 'asyncio、anyio',
    history: ['gh-112202', '修复', 'anyio 1075'],
    story: {
      wanted: `两个消费者在一个条件变量上等，等到有一项为止。生产者放进一项，通知其中一个。就在同一时刻，第一个消费者被取消，
        所以这一项应该归第二个。`,
      killedBy: `notify() 唤醒第一个消费者。还没轮到它，它就被取消了。第二个消费者接着睡，旁边放着一项没有人拿的东西。`,
      because: `唤醒第一个消费者，通知就用掉了。它没有去看有没有东西就走了，也没有告诉别人自己收到过通知。`,
      mended: `asyncio 从 Python 3.13 起：wait() 收到通知之后如果以错误结束，就去通知下一个等待者。2026 年 anyio 也报告了同样的问题，
        它的等待者是事件，不是 future。`,
      inTreadle: `Condition.wait 被唤醒之后如果被取消，会把通知传下去。treadle 的测试在这类程序的每一步取消每一个任务，再数一数丢了什么。`,
    },
  },
  {
    english: '629ad169',
    title: '锁空着，还有任务在等它',
    project: 'asyncio',
    history: ['bpo-27585', '第一次修复，2016 年', '第二次修复，2017 年'],
    story: {
      wanted: `holder 拿着锁。hasty 和 patient 在等它，其中 hasty 可能被取消。`,
      killedBy: `holder 释放锁，唤醒了 hasty。还没轮到 hasty，它就被取消了。锁空着，patient 永远等下去。`,
      because: `release() 并没有把锁交给谁。它只是把锁标成空闲，再唤醒第一个等待者，等轮到了自己去拿。那一轮要是永远不来，
        就没有谁会去唤醒第二个。`,
      mended: `第一次修复让 release() 跳过已经被取消的等待者。十个月后的第二次修复处理了相反的顺序：唤醒之后才被取消的等待者，如果锁空着，
        就去唤醒下一个。`,
      inTreadle: `release() 是移交：下一个等待者从那一刻起就拥有锁，尽管它还没有运行。它要是还没轮到就被取消，内核把锁移交给排在它后面的那一个。`,
    },
  },
  {
    english: '5cf2db1f',
    title: '取消了，却还在继续的任务',
    project: 'asyncio',
    history: ['gh-86296', 'bpo-37658', 'bpo-32751', '因此卡住的一个程序'],
    story: {
      wanted: `一个服务逐个处理请求，每个都用 wait_for(request) 加上时限。程序结束时，取消这个服务。`,
      killedBy: `一个请求的答复到了，唤醒了服务。还没轮到它，它就被取消了。wait_for 捕获了取消，发现答复已经有了，就把答复返回。
        服务接着处理下一个请求，再也没有人来取消它。`,
      because: `在 Python 里，取消是一个错误，只在 await 那里抛出一次，中间的任何代码都可以把它捕获。这里捕获它的那个函数，
        手里正好有更好的东西可以返回。`,
      mended: `改过三个方向。Python 3.7 让 wait_for 等它所取消的东西清理完（bpo-32751）。2020 年又让它返回已经有了的结果，免得丢失（bpo-37658），
        结果把取消藏了起来。Python 3.12 用 asyncio.timeout 重写了它，取消不再被拦下。`,
      inTreadle: `取消不是错误。内核用 return() 逐个关闭帧，没有哪个 catch 看得到。timeout() 是任务自己的栈上的一个作用域，
        不需要把结果从一个任务带到另一个任务。`,
    },
  },
  {
    english: '861e1e3f',
    title: '丢了原因的取消',
    project: 'asyncio',
    history: ['gh-111693', '修复'],
    story: {
      wanted: `一个任务在条件变量上等，取消它时给出的原因是 "shutdown"。它要靠这个原因决定怎么做。`,
      killedBy: `任务收到了通知，正在等锁，因为 wait() 返回之前必须重新拿到锁。这时来了取消。wait() 抛出的却是另一个错误，里面没有原因。`,
      because: `锁无论如何都得拿到。所以有一个循环捕获每一次取消，记下“有过取消”，然后再试。循环结束后它抛出一个新的 CancelledError，
        因为原来的那个没有留下。`,
      mended: `循环留下最后捕获的那个错误，最后抛出的就是它（Python 3.13）。`,
      inTreadle: `原因属于任务，不属于路上的某个错误。join 这个任务的，都会得到带着这个原因的 CancelledError。而且清理不会再次被取消，
        所以拿锁用不着循环。`,
    },
  },
  {
    english: 'd19f5530',
    title: '取消之后还在执行的代码',
    project: 'effection、redux-saga',
    history: ['effection 1190', '它的建议', 'redux-saga 1986'],
    story: {
      wanted: `一张订单先询价，再付款。询价的请求有一段清理，需要一点时间。询价期间订单要是被取消，就什么都不该付。`,
      killedBy: `订单在询价里面等待时被取消。清理开始执行，并且等待。然后，订单付款了。`,
      because: `调度器取消任务的办法是调用一次 return()。这次调用穿过 yield*，到达里面的生成器。它的 finally 里有 yield，
        所以 return() 带回来的是一个 effect，而不是结束。effect 做完之后，调度器调用 next()。里面的生成器结束了，在外面的生成器看来，
        就是它的 yield* 正常完成了。JavaScript 的规范就是这样定的。`,
      mended: `redux-saga 的回答是“这是预期的行为”：请写 yield call(request)，让请求作为单独的生成器运行。给 effection 的报告还没有关闭。
        它的建议是，需要等待的清理写进 ensure()，不要写进 finally。`,
      inTreadle: `调用 coroutine() 包出来的函数，会得到单独的一帧，call() 也一样。内核先把里面的一帧关闭到底，再关闭外面的一帧。
        直接 yield* 一个普通的生成器，陷阱仍然在，因为内核看不见里面的那个。docs/semantics.md 的 “The trap of native yield*” 一节有演示。`,
    },
  },
  {
    english: '569e8598',
    title: '先检查再睡，唤醒正好落在中间',
    project: 'tokio、blog_os',
    history: ['poem 1140，基于 tokio', 'pingora 983，基于 tokio', 'blog_os 的 “Sleep If Idle” 一节'],
    story: {
      wanted: `服务器要体面地关机：只要还有连接，就等着，直到有人告诉它最后一个连接也断了。`,
      killedBy: `服务器一检查：还有一个连接。接着那个连接断了，唤醒所有在等的，而这时还没有谁在等。然后服务器才开始等。`,
      because: `检查和等待是两步，两步之间发生的事就错过了。线程永远有这道缝。协程只有在两步之间夹着一个 yield 时才有，这里是为了写一行日志。`,
      mended: `poem 和 pingora 的做法：先登记要被唤醒，再检查，然后才等。操作系统内核没事做就让 CPU 停机，也有同样的缝，
        中断可能正好落在里面。blog_os 从另一边把缝堵上：检查期间关着中断，再用一条指令同时打开中断并停机。`,
      inTreadle: `两个 yield 之间不会有别的任务运行，所以 "if (busy) yield* idle.wait()" 没有缝。Event 记得自己被设置过，
        Condition.waitFor 每次醒来都再检查一遍。要是在检查和等待之间放一个 yield，那道缝就是你自己的了。`,
    },
  },
  {
    english: '31ecf475',
    title: '被时限丢下的发送者',
    project: 'Kubernetes',
    history: ['kubernetes 83333', 'Istio 里同样的问题'],
    story: {
      wanted: `服务器为每个请求启动一个处理任务，然后等它的答复，或者等到时限，哪个先来算哪个。`,
      killedBy: `时限先到。服务器回答 504，接着做别的。后来处理任务做完了，要交出答复，可是永远不会有人来拿。`,
      because: `通道没有空位，所以要等到有人接收，发送才算完成。唯一的接收者已经走了。每超时一次就留下一个处理任务，连同它占着的一切，
        而过载的服务器会有许多次超时。`,
      mended: `Kubernetes：时限到了之后再启动一个 goroutine，它只做一件事，就是把答复收下。Istio 则给通道留出放一个答复的空位。`,
      inTreadle: `timeout(100, handler()) 拥有它所运行的东西：先取消处理任务、等它清理完，才报告超时。这里是在旁边另外创建处理任务，bug 就又回来了，
        只是不再悄无声息：死锁报告会说出那个处理任务和那条通道。`,
    },
  },
  {
    english: '1e8bb3db',
    title: '两头都不在的消息',
    project: 'tokio',
    history: ['tokio 5947'],
    story: {
      wanted: `pump 从一个队列取出消息，放进另一个队列，后者只有一个空位。pump 随时可能被取消，消息一条也不能丢。`,
      killedBy: `pump 取出了第二条消息。另一个队列是满的，所以 pump 在等，这时被取消了。消息哪个队列里都没有，谁的手里也没有。`,
      because: `单看每一半都是安全的：取被取消了，就什么也没取走；放被取消了，就什么也没放进去。可是在两者之间，消息在 pump 的一个变量里，
        pump 没了，消息也就没了。`,
      mended: `tokio 能做的只有写进文档：被取消的发送会丢掉它的消息。作者说，这件事“咬过我们团队好几次”。建议是先用 reserve() 占好空位，再取消息，
        然后不必等待就能发送。`,
      inTreadle: `effect 已经拿到的东西会归还：all([inbox.get(), slow()]) 被取消时什么也不会丢。但变量里的消息是你自己的。可以像这里一样先占好空位，
        或者在 finally 里把消息放回去，或者用 shield 把两步包起来。`,
    },
  },
  {
    english: '8de177c1',
    title: '没有人在听的时候来的事件',
    project: 'Node.js',
    history: ['node 32431', '写进文档的说明'],
    story: {
      wanted: `客户端等服务器连上，然后等它准备好。`,
      killedBy: `服务器紧接着发出两个事件。"connected" 唤醒客户端。还没轮到客户端，"ready" 就已经过去了。然后客户端才开始等它。`,
      because: `once() 从调用的那一刻才开始听。两次等待之间没有人在听，而发出事件的一方不会把事件留着。`,
      mended: `代码没有改：“除了写进文档，恐怕我们也做不了什么。”events.once 的文档给出了这种情况和出路：第一个事件来之前，
        就用 Promise.all 同时开始两个等待。`,
      inTreadle: `once() 在这里也一样，这件展品用的就是它。all() 会同时开始两个等待。on(emitter, name) 给出一条通道，从那时起一直在听，
        每个事件都留着，直到有人来拿。`,
    },
  },
  {
    english: '74326c96',
    title: '一声不响就结束的程序',
    project: 'Node.js',
    history: ['node 22088', '希望有个报告', '顶层 await，退出码 13'],
    story: {
      wanted: `程序等一个答复，打印出来，然后结束。答复永远不会来，因为有人忘了兑现一个 promise。`,
      killedBy: `什么顺序都一样。程序打印出第一行，就在那里结束，退出码是 0，好像一切正常。调用它的脚本接着往下走。`,
      because: `再也不会有什么事发生时，Node 就结束：没有定时器，也没有套接字。未敲定的 promise 不算数，也没有谁去检查有没有剩下的。
        于是从外面看，“做完了”和“永远卡住了”一个样。`,
      mended: `只有模块顶层的 await 改了：那里的退出码是 13，新一些的版本还会打印警告。在函数里一切照旧，而且是有意的：promise 属于语言，
        事件循环属于 Node。`,
      inTreadle: `事件循环知道自己有哪些任务。Node 就要退出、却还有任务在等的时候，每个任务都会做清理，程序以 DeadlockError 失败，写明谁在等什么。
        退出码是 1。`,
    },
  },
  {
    english: 'd88a9a78',
    title: '把同一页加载了一遍又一遍的缓存',
    project: 'Facebook 等',
    history: ['Facebook，2010 年 9 月 23 日', '这类 bug 的介绍'],
    story: {
      wanted: `三个读者想要同一页。第一个去加载，很慢；另外两个应该在缓存里找到它。`,
      killedBy: `第一次加载还没完成，又有一个读者来看缓存。缓存里没有，于是它也去加载。`,
      because: `查缓存和写缓存是两步，中间隔着整个加载过程。加载越慢，中间来的读者越多；加载的读者越多，就越慢。在 Facebook，
        每个客户端看到缓存里的值不对，就去查数据库，全都同时去查。要让它停下来，只能把网站关掉。`,
      mended: `要留下的不只是加载来的东西，还有加载这件事：第一个读者把它的任务留在别人找得到的地方，别人去 join 这个任务。Go 管这叫 singleflight。`,
      inTreadle: `一个任务，多少个任务去 join 都可以，结束之前和结束之后都行，各自都能得到结果。这里的加载任务是脱离的，
        免得碰巧启动它的读者一结束，它也跟着结束。`,
    },
  },
];
