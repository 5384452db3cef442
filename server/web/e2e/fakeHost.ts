import type { FullConfig } from "@playwright/test";
import { fileURLToPath } from "node:url";
import { serve } from "../test/fake/serve";

/** Starts the fake host and returns how to stop it. */
export default async function fakeHost(config: FullConfig) {
  const dist = fileURLToPath(new URL("../dist", import.meta.url));
  const { close } = await serve(dist, Number(config.metadata["fakePort"]));
  return close;
}
