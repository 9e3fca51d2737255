import { Controller, Inject } from '@nestjs/common';
import { fleetRoutes } from '@pilotfish/api-contract';
import { settingsFlaws } from '@pilotfish/cloud-endpoints';
import { authorise, readScope } from '@pilotfish/identity';
import { type Caller, type CloudEndpoint, isVmId, type VmId, WmsError } from '@pilotfish/model';
import { putEndpoint, putProfile, retireProfile } from '@pilotfish/persistence';
import { type Input, On, Parsed, Who } from './http/on.ts';
import { nameOf } from './http/path-values.ts';
import type { UserCaller } from './prepare.ts';
import { at, endpointView, orderView, vmView } from './present.ts';
import { API, type Api } from './wiring.ts';

@Controller()
export class FleetController {
  readonly #api: Api;

  constructor(@Inject(API) api: Api) {
    this.#api = api;
  }

  @On(fleetRoutes.listProfiles)
  async profiles(@Who() caller: Caller, @Parsed() { query }: Input<typeof fleetRoutes.listProfiles>) {
    return { profiles: await this.#api.fleet.profiles(readScope(caller).vo ?? query.vo) };
  }

  @On(fleetRoutes.putProfile)
  async putProfile(@Who() caller: UserCaller, @Parsed() { params, body }: Input<typeof fleetRoutes.putProfile>) {
    authorise(caller, 'profiles.manage', { vo: params.vo });
    const profile = await putProfile(this.#api.db, params.vo, nameOf(params.name), body, caller.name);
    this.#api.wake.ring('plan');
    return profile;
  }

  @On(fleetRoutes.deleteProfile)
  async deleteProfile(@Who() caller: UserCaller, @Parsed() { params }: Input<typeof fleetRoutes.deleteProfile>) {
    authorise(caller, 'profiles.manage', { vo: params.vo });
    await retireProfile(this.#api.db, params.vo, params.name, caller.name);
    this.#api.wake.ring('plan');
  }

  @On(fleetRoutes.listEndpoints)
  async endpoints() {
    return { endpoints: (await this.#api.fleetReader.endpoints()).map(endpointView) };
  }

  @On(fleetRoutes.putEndpoint)
  async putEndpoint(@Who() caller: UserCaller, @Parsed() { params, body }: Input<typeof fleetRoutes.putEndpoint>) {
    authorise(caller, 'fleet.manage', { vo: null });
    const endpoint: CloudEndpoint = { name: nameOf(params.name), ...body };
    const flaws = settingsFlaws(endpoint.kind, endpoint.settings);
    if (flaws.length > 0)
      throw new WmsError(
        'bad-request',
        `the settings do not suit a ${endpoint.kind} endpoint; mend what is listed`,
        flaws,
      );
    await putEndpoint(this.#api.admin, endpoint, caller.name);
    this.#api.wake.ring('plan');
    return endpointView((await this.#api.fleetReader.endpoints()).find(({ name }) => name === endpoint.name)!);
  }

  @On(fleetRoutes.listVms)
  async vms(@Who() caller: Caller, @Parsed() { query }: Input<typeof fleetRoutes.listVms>) {
    const vo = readScope(caller).vo ?? query.vo;
    const vms = await this.#api.fleetReader.vms({ vo, states: query.state, ended: query.all, limit: query.limit });
    return { vms: vms.map(vmView) };
  }

  @On(fleetRoutes.showVm)
  async vm(@Who() caller: Caller, @Parsed() { params }: Input<typeof fleetRoutes.showVm>) {
    const vm = await this.#find(caller, params.id);
    const reader = this.#api.fleetReader;
    const [timeline, beats, attempts, consoleTail] = await Promise.all([
      reader.timeline(vm.id),
      reader.beats(vm.id),
      reader.attempts(vm.id),
      reader.console(vm.id),
    ]);
    return {
      ...vmView(vm),
      timeline: timeline.map((event) => ({ ...event, at: at(event.at) })),
      beats: beats.map((beat) => ({ ...beat, at: at(beat.at) })),
      attempts,
      consoleTail,
    };
  }

  @On(fleetRoutes.drainVm)
  async drain(@Who() caller: UserCaller, @Parsed() { params, body }: Input<typeof fleetRoutes.drainVm>) {
    const vm = await this.#find(caller, params.id);
    authorise(caller, 'fleet.manage', { vo: vm.vo });
    const done = await this.#api.fleet.drain(vm.id, because(caller, body.reason));
    if (!done) throw new WmsError('illegal-state', `VM ${vm.id} is ${vm.state}; only a running VM can be drained`);
    return this.#stepped(caller, vm.id);
  }

  @On(fleetRoutes.stopVm)
  async stop(@Who() caller: UserCaller, @Parsed() { params, body }: Input<typeof fleetRoutes.stopVm>) {
    const vm = await this.#find(caller, params.id);
    authorise(caller, 'fleet.manage', { vo: vm.vo });
    const done = await this.#api.fleet.stop(vm.id, because(caller, body.reason));
    if (!done) throw new WmsError('illegal-state', `VM ${vm.id} is ${vm.state} already`);
    this.#api.announceWork();
    return this.#stepped(caller, vm.id);
  }

  @On(fleetRoutes.listPilots)
  async pilots(@Who() caller: Caller, @Parsed() { query }: Input<typeof fleetRoutes.listPilots>) {
    const pilots = await this.#api.fleetReader.pilots(readScope(caller).vo ?? query.vo);
    return {
      pilots: pilots.map((pilot) => ({ ...pilot, startedAt: at(pilot.startedAt), lastBeatAt: at(pilot.lastBeatAt) })),
    };
  }

  @On(fleetRoutes.planDryRun)
  async dryRun(@Who() caller: Caller) {
    const { vo } = readScope(caller);
    const { at: now, actions } = await this.#api.dryRun();
    const mine = actions.filter((action) => vo === undefined || action.vo === vo);
    return {
      at: at(new Date(now)),
      actions: mine.map((action, index) => ({
        ...action,
        id: index + 1,
        orderedAt: null,
        endedAt: null,
        problem: null,
      })),
    };
  }

  @On(fleetRoutes.directorLog)
  async log(@Who() caller: Caller, @Parsed() { query }: Input<typeof fleetRoutes.directorLog>) {
    return { actions: (await this.#api.fleetReader.orders(readScope(caller).vo, query.limit)).map(orderView) };
  }

  async #stepped(caller: Caller, id: VmId) {
    this.#api.wake.ring('vms');
    this.#api.wake.ring('plan');
    return vmView(await this.#find(caller, id));
  }

  async #find(caller: Caller, id: string) {
    const vm = isVmId(id) ? await this.#api.fleetReader.vm(id, readScope(caller).vo) : undefined;
    if (vm === undefined)
      throw new WmsError('not-found', `there is no VM ${id} that you may see; \`wms vm list --all\` shows them`);
    return vm;
  }
}

const because = (caller: UserCaller, reason: string): string =>
  reason ? `${caller.name}: ${reason}` : `asked for by ${caller.name}`;
