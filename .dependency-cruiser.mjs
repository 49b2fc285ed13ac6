/**
 * Which file may import which. The rules are proven in test/layers.test.ts: each is seeded with a violation there.
 * Node's own modules may be imported by the files that this list names, and by tests.
 */
const nodeFiles = [
  "^packages/engine/src/runtime/node[^/]*[.]ts$",
  "^packages/engine/src/read-file[^/]*[.]ts$",
  "[.]test(ing)?[.]ts$",
];

const named = (...packages) => packages.map((name) => `^(node_modules/)?${name}(/|$)`);

export default {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "Files that import each other cannot be read, tested or moved alone. Types may refer to each other.",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "engine-imports-no-package-below",
      severity: "error",
      comment: "Layers: engine, then lenses, then noema; each imports only those before it.",
      from: { path: "^packages/engine/" },
      to: { path: ["^packages/(lenses|noema)/", ...named("@noema/lenses", "noema")] },
    },
    {
      name: "lenses-imports-no-package-below",
      severity: "error",
      comment: "Layers: engine, then lenses, then noema; each imports only those before it.",
      from: { path: "^packages/lenses/" },
      to: { path: ["^packages/noema/", ...named("noema")] },
    },
    {
      name: "packages-by-their-name",
      severity: "error",
      comment: 'Another package is imported by its name ("@noema/engine"), never by a path into its sources.',
      from: { path: "^packages/([^/]+)/src/" },
      to: { path: "^packages/([^/]+)/src/", pathNot: "^packages/$1/src/" },
    },
    {
      name: "isomorphic",
      severity: "error",
      comment: "Engine and lenses run in a browser too: node: modules only in the files listed at the top.",
      from: { path: "^packages/(engine|lenses)/src/", pathNot: nodeFiles },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "native-runtime-behind-its-door",
      severity: "error",
      comment: "onnxruntime-node and sharp are native: the first belongs to engine/runtime/node*, the second to noema.",
      from: { path: "^packages/(engine|lenses)/src/", pathNot: nodeFiles },
      to: { path: named("onnxruntime-node", "sharp") },
    },
    {
      name: "no-test-in-product",
      severity: "error",
      comment: "What ships does not import tests or packages that are only there for tests.",
      from: { path: "^packages/[^/]+/src/", pathNot: "[.]test[.]ts$" },
      to: { path: ["[.]test[.]ts$", "^test/"] },
    },
    {
      name: "no-development-package-in-product",
      severity: "error",
      comment: "What ships imports only what its package.json lists under dependencies.",
      from: { path: "^packages/[^/]+/src/", pathNot: "[.]test(ing)?[.]ts$" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "resolvable",
      severity: "error",
      comment: "The import leads nowhere: a typing error, or a package missing from package.json.",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "/dist/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
    combinedDependencies: false,
  },
};
