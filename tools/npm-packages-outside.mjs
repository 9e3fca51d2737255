// An esbuild plugin: an npm package stays outside the bundle when the bundle would find the very same file at run time.
// npm nests a package in a lib's own node_modules when versions differ; such a one is bundled in.

const SEEN = Symbol('resolved by this plugin');

/** `appFolder`: the folder the bundle will look for packages from. */
export function npmPackagesOutside(appFolder) {
  return {
    name: 'npm-packages-outside',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        const isOurs = path.startsWith('@pilotfish/') || path.startsWith('node:');
        if (isOurs || kind === 'entry-point' || pluginData === SEEN) return undefined;
        const options = { importer, kind, pluginData: SEEN };
        const here = await build.resolve(path, { ...options, resolveDir });
        if (here.errors.length > 0 || here.external) return here;
        const there = await build.resolve(path, { ...options, resolveDir: appFolder });
        return there.path === here.path ? { path, external: true } : here;
      });
    },
  };
}
