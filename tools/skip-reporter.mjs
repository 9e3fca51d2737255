// A vitest reporter that notes which tests were skipped and why; vitest's JSON report leaves the reason out.
import { writeFileSync } from 'node:fs';

export default class SkipReporter {
  onTestRunEnd(modules) {
    const path = process.env.WMS_SKIPS_FILE;
    if (path !== undefined) writeFileSync(path, JSON.stringify(modules.flatMap(skipsIn)));
  }
}

function skipsIn(module) {
  return [...module.children.allTests('skipped')].map((test) => ({
    file: module.relativeModuleId ?? module.moduleId,
    name: test.fullName,
    reason: test.result().note ?? '',
  }));
}
