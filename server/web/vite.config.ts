import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Leaves NAME.gz beside every large text file as it was written, so that the host never packs at run time. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    writeBundle({ dir = "dist" }, bundle) {
      for (const fileName of Object.keys(bundle)) {
        if (!/\.(js|css|svg)$/.test(fileName)) continue;
        const path = join(dir, fileName);
        const plain = readFileSync(path);
        if (plain.length > 1024) writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
      }
    },
  };
}

const host = process.env.GIROSYNC_HOST ?? "http://127.0.0.1:8069";

export default defineConfig({
  base: "./",
  plugins: [react(), packed()],
  build: {
    target: "es2022",
    // light-dark() follows the page's scheme only when it is left as it is.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    reportCompressedSize: false,
    // Libraries change seldom: in a file of their own, browsers keep them across our versions.
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: "libraries", test: /node_modules\/(react|react-dom|scheduler|@mantine\/(core|hooks)|@tanstack|@floating-ui)\// }] },
      },
    },
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: {
      "/web": host,
      "/websocket": { target: host, ws: true, rewriteWsOrigin: true },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}", "test/**/*.test.{ts,tsx}"],
    setupFiles: ["test/setup.ts"],
    pool: "threads",
    maxWorkers: 2,
    css: false,
    testTimeout: 180_000,
  },
});
