import "@mantine/core/styles.css";
import "@fontsource-variable/inter";
import "./app/app.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { Bus } from "./rpc/bus";
import { Client } from "./rpc/client";

// The host sends whoever returns from a bank to "?flow=ID".
const flow = new URLSearchParams(location.search).get("flow");
if (flow && /^\d+$/.test(flow)) history.replaceState(null, "", `${location.pathname}#/connect/flow/${flow}`);

const root = document.getElementById("root");
if (root) createRoot(root).render(<App services={{ client: new Client(), newBus: () => new Bus() }} />);
