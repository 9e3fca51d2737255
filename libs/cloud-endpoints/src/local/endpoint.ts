// Machines on this computer: each a folder and a process group that runs what cloud-init would run on a cloud's VM.
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cloud, CloudError, type LaunchOrder, type Machine } from '@pilotfish/fleet';
import { isVmId, type VmId } from '@pilotfish/model';
import type { CloudHost, Driver } from '../driver.ts';
import { Turns } from '../wrappers/turns.ts';
import { boot, bootFacts } from './boot.ts';
import { checkCapacity } from './capacity.ts';
import { parseCloudConfig } from './cloud-config.ts';
import { type LocalSettings, localSettings } from './config.ts';
import { inCloudWords } from './errors.ts';
import { install } from './install.ts';
import * as machines from './machine.ts';
import { powerOff } from './power-off.ts';
import { type ProcessSurvey, surveyProcesses } from './process-survey.ts';
import { machineStatus } from './status.ts';

type MachineRecord = machines.MachineRecord;

const CONSOLE_BYTES = 65_536;

export const local: Driver<LocalSettings> = { settings: localSettings, open: openLocal };

function openLocal(settings: LocalSettings, host: CloudHost): Cloud {
  const root = settings.root ?? join(host.dataDir, 'vms');
  const turns = new Turns();
  const folderOf = (vmId: VmId) => machines.folderOf(root, vmId);

  async function described(record: MachineRecord, survey: ProcessSurvey): Promise<Machine> {
    const { vmId } = record;
    const facts = await bootFacts(folderOf(vmId), record);
    const isRunning = survey.of(vmId, facts.group).length > 0;
    const status = machineStatus(record, { ...facts, isRunning }, settings.bootDelayS, new Date());
    return { vmId, providerId: machines.providerIdOf(vmId), status, createdAt: new Date(record.createdAt) };
  }

  async function known(vmId: VmId): Promise<MachineRecord> {
    const record = isVmId(vmId) ? await machines.readMachine(root, vmId) : undefined;
    if (!record) throw new CloudError('gone', `There is no machine ${vmId} here.`);
    return record;
  }

  /** Does what is missing of an intended boot; for one that has begun that is only to write it down. */
  async function finishBoot(record: MachineRecord): Promise<MachineRecord> {
    if (record.power !== 'on' || record.bootedAt !== null) return record;
    await boot(folderOf(record.vmId), record.vmId, record.boot, settings.bootDelayS);
    const booted: MachineRecord = { ...record, bootedAt: new Date().toISOString() };
    await machines.writeMachine(folderOf(record.vmId), booted);
    host.log.info({ vmId: record.vmId, boot: record.boot }, 'local machine switched on');
    return booted;
  }

  async function create(order: LaunchOrder): Promise<MachineRecord> {
    const config = parseCloudConfig(order.userData);
    const record = newRecord(order);
    return turns.run('create', async () => {
      const others = (await machines.readMachines(root)).filter((one) => one.vmId !== order.vmId);
      checkCapacity(others, record, settings);
      const creation = machines.createFolder(root, record, (folder) => install(folder, config));
      const isNew = await inCloudWords('launch', () => creation, 'capacity');
      return isNew ? record : known(order.vmId);
    });
  }

  async function switchOff(record: MachineRecord, power: 'off' | 'leaving'): Promise<void> {
    const folder = folderOf(record.vmId);
    const isLess = record.power === 'on' || power === 'leaving';
    if (isLess) await machines.writeMachine(folder, { ...record, power });
    await powerOff(record.vmId, (await bootFacts(folder, record)).group);
  }

  async function launch(order: LaunchOrder): Promise<Machine> {
    if (!isVmId(order.vmId)) throw new CloudError('refused', `“${order.vmId}” is not a VM's id.`);
    const record = (await machines.readMachine(root, order.vmId)) ?? (await create(order));
    return described(await finishBoot(record), surveyProcesses());
  }

  async function start(vmId: VmId): Promise<void> {
    const record = await known(vmId);
    if (record.power === 'leaving') throw new CloudError('gone', `Machine ${vmId} is being removed.`);
    const { group } = await bootFacts(folderOf(vmId), record);
    const isIntended = record.power === 'on' && record.bootedAt === null;
    if (isIntended || surveyProcesses().of(vmId, group).length > 0) {
      await finishBoot(record);
      return;
    }
    const next: MachineRecord = { ...record, power: 'on', boot: record.boot + 1, bootedAt: null };
    await machines.writeMachine(folderOf(vmId), next);
    await finishBoot(next);
  }

  async function terminate(vmId: VmId): Promise<void> {
    const record = isVmId(vmId) ? await machines.readMachine(root, vmId) : undefined;
    if (!record) return;
    await switchOff(record, 'leaving');
    await machines.removeFolder(root, vmId);
    host.log.info({ vmId }, 'local machine removed');
  }

  async function list(): Promise<Machine[]> {
    const records = await machines.readMachines(root);
    await machines.sweepLeftovers(root, new Date());
    const survey = surveyProcesses();
    return Promise.all(records.map((record) => described(record, survey)));
  }

  const forVm = <T>(verb: string, vmId: VmId, call: () => Promise<T>) =>
    turns.run(`vm ${vmId}`, () => inCloudWords(`${verb} of ${vmId}`, call));
  return {
    list: () => inCloudWords('list', list),
    launch: (order) => forVm('launch', order.vmId, () => launch(order)),
    terminate: (vmId) => forVm('terminate', vmId, () => terminate(vmId)),
    stop: (vmId) => forVm('stop', vmId, async () => switchOff(await known(vmId), 'off')),
    start: (vmId) => forVm('start', vmId, () => start(vmId)),
    consoleLog: (vmId) =>
      inCloudWords(`console log of ${vmId}`, async () => {
        await known(vmId);
        return tail(machines.consoleFile(folderOf(vmId)));
      }),
  };
}

function newRecord({ vmId, vo, profile }: LaunchOrder): MachineRecord {
  const { processors } = profile.capacity;
  const createdAt = new Date().toISOString();
  return { vmId, vo, profile: profile.name, processors, createdAt, power: 'on', boot: 1, bootedAt: null };
}

async function tail(path: string): Promise<string> {
  const file = await openFile(path, 'r');
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(CONSOLE_BYTES),
      0,
      CONSOLE_BYTES,
      Math.max(0, size - CONSOLE_BYTES),
    );
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
