// All operations whose growth is measured, in the order of the table.
import { controls } from './controls.ts';
import { depth } from './depth.ts';
import type { Growth } from './kit.ts';
import { sync } from './sync.ts';
import { tasks } from './tasks.ts';
import { timers } from './timers.ts';

export const growths: readonly Growth[] = [...controls, ...tasks, ...timers, ...depth, ...sync];
