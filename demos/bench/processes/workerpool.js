// The same for workerpool, whose workers name their functions themselves.
import workerpool from 'workerpool';
import { echo } from './jobs.js';

workerpool.worker({ echo });
