import type { FullConfig } from "@playwright/test";
import { fileURLToPath } from "node:url";
import { serve } from "../test/fake/serve";

/** Starts the fake host, with three open questions, and returns how to stop it. */
export default async function fakeHost(config: FullConfig) {
  const dist = fileURLToPath(new URL("../dist", import.meta.url));
  const { host, close } = await serve(dist, Number(config.metadata["fakePort"]));
  host.reviews.ask("not_told", 2);
  host.reviews.ask("typed_by_hand", 1);
  host.reviews.ask("reissued", 1);
  return close;
}
