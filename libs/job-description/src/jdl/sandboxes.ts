// Sorts sandbox entries: local files to pack, the digest of an uploaded sandbox, and files of the grid.
import { WmsError } from '@pilotfish/model';
import type { Draft } from './draft.ts';
import type { JdlValue } from './parse.ts';
import { asList } from './values.ts';

const UPLOADED = /^(?:SB:)?(sha256:[0-9a-f]{64})$/i;

export function addInputSandbox(draft: Draft, value: JdlValue): void {
  for (const entry of asList(value)) {
    const digest = UPLOADED.exec(entry)?.[1];
    if (digest) draft.sandboxes.push(digest.toLowerCase());
    else if (/^(SB|sha256):/i.test(entry))
      throw new WmsError(
        'bad-description',
        `${entry} is no sandbox of this server: give the local files, or sha256:<64 hex digits> of an uploaded one`,
      );
    else if (/^LFN:/i.test(entry)) draft.inputData.push(entry);
    else draft.inputFiles.push(entry);
  }
}

export function addOutputSandbox(draft: Draft, value: JdlValue): void {
  const entries = asList(value);
  draft.outputData.push(...entries.filter((entry) => /^LFN:/i.test(entry)));
  draft.top.outputSandbox = entries.filter((entry) => !/^LFN:/i.test(entry));
}
