// The whole list of rules; the name is what a report and a marker in the bad tree say.
import { coreGlobals } from './rules/core-globals.ts';
import { coreImports } from './rules/core-imports.ts';
import { cycles } from './rules/cycles.ts';
import { declaredDependencies } from './rules/declared-dependencies.ts';
import { deepImports } from './rules/deep-imports.ts';
import { fileLength } from './rules/file-length.ts';
import { layers } from './rules/layers.ts';
import { moduleMocks } from './rules/module-mocks.ts';
import { names } from './rules/names.ts';
import { nest } from './rules/nest.ts';
import { packageNames } from './rules/package-names.ts';
import { processEnv } from './rules/process-env.ts';
import { projectFields } from './rules/project-fields.ts';
import { singleIndex } from './rules/single-index.ts';
import { skippedTests } from './rules/skipped-tests.ts';
import { testKit } from './rules/test-kit.ts';
import { zones } from './rules/zones.ts';
import type { Rule } from './tree.ts';

export const RULES: Readonly<Record<string, Rule>> = {
  'project-fields': projectFields,
  layers,
  'test-kit': testKit,
  zones,
  'core-imports': coreImports,
  'core-globals': coreGlobals,
  nest,
  'process-env': processEnv,
  'package-names': packageNames,
  'declared-dependencies': declaredDependencies,
  'deep-imports': deepImports,
  'single-index': singleIndex,
  cycles,
  'file-length': fileLength,
  names,
  'skipped-tests': skippedTests,
  'module-mocks': moduleMocks,
};
