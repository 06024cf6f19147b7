// treadle/debug: debug mode. It tells what was made and never yielded, which steps hold up everything else, which tasks
// wait for each other, which queues only grow, where tasks were spawned, and the whole way of an error. It is made of
// instruments, attached to each loop whose option `debug` says so. The import switches the option on
// (loop/watching.ts), and gives deadlock reports their lines. In a page, a switch from outside turns it on for all
// loops. Relies on instruments, lines.

import { giveReportsLines } from '../lines/in-reports.ts';
import { instrumentEveryLoop } from '../instruments/attach.ts';
import { watching } from '../loop/watching.ts';
import type { Debug } from '../loop/watching.ts';
import { debugLoop } from './debug-mode.ts';
import { isWantedByPage } from './page-switch.ts';

export type { Debug };

giveReportsLines();
instrumentEveryLoop(debugLoop);
watching.debug = true;
watching.wanted = isWantedByPage();
