import { Injectable } from '@nestjs/common'; // breaks: nest
import type { job } from '@pilotfish/model';

export type Job = typeof job;
export const service = Injectable;
